package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.ops.runtime.pages.HostCheck;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketEndpoint;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketListener;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketRequest;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** {@code /ws}: each socket becomes a client of the feed when it subscribes. Pages of other sites are refused. */
public final class LiveEndpoint implements WebSocketEndpoint {
    private static final int FORBIDDEN = 403;
    private static final int MISDIRECTED = 421;

    private final LiveFeed feed;
    private final HostCheck hosts;
    private final Set<String> origins;

    /**
     * Serves the feed.
     *
     * @param hosts names answered to
     * @param origins origins allowed beside our own, lower case
     */
    public LiveEndpoint(LiveFeed feed, HostCheck hosts, Set<String> origins) {
        this.feed = feed;
        this.hosts = hosts;
        this.origins = Set.copyOf(origins);
    }

    @Override
    public Optional<Refusal> refuse(WebSocketRequest request) {
        if (!hosts.isAllowed(request.host())) {
            return Optional.of(new Refusal(MISDIRECTED, "this host name is not served here"));
        }
        return request.isForeign(origins)
                ? Optional.of(new Refusal(
                        FORBIDDEN, "origin is not allowed: " + request.origin().orElse("")))
                : Optional.empty();
    }

    @Override
    public WebSocketListener opened(WebSocketPeer peer) {
        FrameSink sink = new PeerSink(peer);
        return new WebSocketListener() {
            @Override
            public void text(String message) {
                try {
                    feed.subscribe(sink, LiveSubscription.parse(message, Visibility.EVERYTHING));
                } catch (IllegalArgumentException e) {
                    feed.refuse(sink, String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void closed(int code, String reason) {
                feed.leave(sink);
            }
        };
    }

    /** A socket as a sink; each is itself only. */
    private static final class PeerSink implements FrameSink {
        private final WebSocketPeer peer;

        private PeerSink(WebSocketPeer peer) {
            this.peer = peer;
        }

        @Override
        public void send(ByteBuffer utf8, Consumer<Boolean> done) {
            peer.send(utf8, done::accept);
        }

        @Override
        public void close(int code, String reason) {
            peer.close(code, reason);
        }

        @Override
        public String name() {
            return peer.request().remote().getHostAddress();
        }
    }
}

package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketEndpoint;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketListener;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketRequest;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code /feed}: takes one api at a time. The token is compared in constant time before anything else is spent on the
 * request; without one, only the same machine may feed. A second api is told {@code busy} by close code 1013.
 */
final class FeedEndpoint implements WebSocketEndpoint {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TRY_AGAIN_LATER = 1013;
    private static final String SCHEME = "Bearer ";

    private final RelayHub hub;
    private final Secret token;
    private final AtomicReference<WebSocketPeer> feed = new AtomicReference<>();

    FeedEndpoint(RelayHub hub, Secret token) {
        this.hub = hub;
        this.token = token;
    }

    @Override
    public Optional<Refusal> refuse(WebSocketRequest request) {
        if (request.isForeign(Set.of())) {
            return Optional.of(new Refusal(FORBIDDEN, "no page may feed the relay"));
        }
        if (token.isEmpty()) {
            return request.remote().isLoopbackAddress()
                    ? Optional.empty()
                    : Optional.of(new Refusal(FORBIDDEN, "without EDGE_TOKEN only this machine may feed the relay"));
        }
        String given = request.authorization().orElse("");
        boolean known = given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && token.matches(given.substring(SCHEME.length()).strip());
        return known ? Optional.empty() : Optional.of(new Refusal(UNAUTHORIZED, "wrong feed token"));
    }

    @Override
    public WebSocketListener opened(WebSocketPeer peer) {
        boolean taken = feed.compareAndSet(null, peer);
        if (taken) {
            hub.feedOpened(peer.request().remote().getHostAddress());
        } else {
            peer.close(TRY_AGAIN_LATER, "busy");
        }
        return new WebSocketListener() {
            @Override
            public void text(String message) {
                if (taken && !hub.feedFrame(message)) {
                    peer.close(TRY_AGAIN_LATER, "more than the relay can take");
                }
            }

            @Override
            public void closed(int code, String reason) {
                if (feed.compareAndSet(peer, null)) {
                    hub.feedClosed(code, reason);
                }
            }
        };
    }
}

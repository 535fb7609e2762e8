package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketEndpoint;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketListener;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketRequest;
import java.util.Optional;
import java.util.Set;

/** {@code /ws}: anyone may look, except that pages of other sites are refused. */
final class ViewerEndpoint implements WebSocketEndpoint {
    private static final int FORBIDDEN = 403;

    private final RelayHub hub;

    ViewerEndpoint(RelayHub hub) {
        this.hub = hub;
    }

    @Override
    public Optional<Refusal> refuse(WebSocketRequest request) {
        return request.isForeign(Set.of())
                ? Optional.of(new Refusal(FORBIDDEN, "origin is not allowed"))
                : Optional.empty();
    }

    @Override
    public WebSocketListener opened(WebSocketPeer peer) {
        return new WebSocketListener() {
            @Override
            public void text(String message) {
                try {
                    hub.subscribe(peer, ViewerSubscription.parse(message));
                } catch (IllegalArgumentException e) {
                    hub.refuse(peer, String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void closed(int code, String reason) {
                hub.leave(peer);
            }
        };
    }
}

package ar.mcrn.sysmonstm.ops.runtime.websocket;

import java.util.Optional;

/** What a service does with the sockets of one path. Methods may be called on several threads at once. */
public interface WebSocketEndpoint {

    /** Says why the upgrade is refused, before any resource is spent on it; empty = welcome. */
    default Optional<Refusal> refuse(WebSocketRequest request) {
        return Optional.empty();
    }

    /**
     * Whether permessage-deflate (RFC 7692) is granted where the client offers it. It costs memory and time per
     * connection, so the default grants it only beyond loopback.
     */
    default boolean compress(WebSocketRequest request) {
        return !request.remote().isLoopbackAddress();
    }

    /** A socket is open; the listener returned hears it until it is closed. Must not block. */
    WebSocketListener opened(WebSocketPeer peer);

    /**
     * Answer instead of an upgrade.
     *
     * @param status HTTP status, 4xx or 5xx
     * @param detail for people
     */
    record Refusal(int status, String detail) {}
}

package ar.mcrn.sysmonstm.ops.runtime.websocket;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The HTTP request that asks for the upgrade.
 *
 * @param path request path
 * @param remote address of the peer, as the socket says
 * @param host value of the Host header; empty where there is none
 * @param origin value of the Origin header: browsers always send one, programs seldom
 * @param authorization value of the Authorization header; never to be logged
 */
public record WebSocketRequest(
        String path, InetAddress remote, String host, Optional<String> origin, Optional<String> authorization) {

    /**
     * Whether a page of another site is asking: an Origin that names neither the host asked for nor one of
     * {@code allowed}. Without an Origin no browser is asking (RFC 6454, section 7.3; RFC 6455, section 10.2).
     *
     * @param allowed further origins, such as {@code https://status.example.org}, lower case
     */
    public boolean isForeign(Set<String> allowed) {
        if (origin.isEmpty()) {
            return false;
        }
        String asking = origin.get().toLowerCase(Locale.ROOT);
        if (allowed.contains(asking)) {
            return false;
        }
        try {
            String authority = URI.create(asking).getRawAuthority();
            return authority == null || !authority.equals(host.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException ignored) {
            return true; // not a URI, so it names no host of ours
        }
    }

    /** Masks the credential. */
    @Override
    public String toString() {
        return "WebSocketRequest[path=" + path + ", remote=" + remote.getHostAddress() + ", host=" + host + ", origin="
                + origin.orElse("") + "]";
    }
}

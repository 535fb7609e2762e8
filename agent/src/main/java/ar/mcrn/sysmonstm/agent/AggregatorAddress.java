package ar.mcrn.sysmonstm.agent;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where the aggregator is: {@code host:port}, {@code dns:///host:port} (round robin over all its addresses),
 * {@code http://host:port} or, by TLS against the system's authorities, {@code https://host:port}. Without a port 50051.
 *
 * @param host name or address; IPv6 in brackets
 * @param port 1 to 65,535
 * @param tls whether the connection is encrypted
 */
public record AggregatorAddress(String host, int port, boolean tls) {
    /** What an address may look like, for messages. */
    static final String FORMS =
            "host:port, dns:///host:port, http://host:port or https://host:port with a port of 1..65535";

    private static final int DEFAULT_PORT = 50051;
    private static final int PORTS = 65_535;

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException where it has none of the forms; the message is for people
     */
    public static AggregatorAddress parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean tls = lower.startsWith("https://");
        String rest = text;
        for (String scheme : new String[] {"https://", "http://", "dns:///", "dns:"}) {
            if (lower.startsWith(scheme)) {
                rest = text.substring(scheme.length());
                break;
            }
        }
        if (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        try {
            URI uri = new URI("sysmonstm://" + rest);
            boolean plain = uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && uri.getFragment() == null
                    && uri.getPath().isEmpty();
            int port = uri.getPort() == -1 && !rest.endsWith(":") ? DEFAULT_PORT : uri.getPort();
            if (plain && port >= 1 && port <= PORTS) {
                return new AggregatorAddress(uri.getHost(), port, tls);
            }
        } catch (URISyntaxException ignored) {
            // Said below, in the words of whoever set it.
        }
        throw new IllegalArgumentException("is not " + FORMS);
    }

    /** {@code host:port}. */
    @Override
    public String toString() {
        return host + ':' + port;
    }
}

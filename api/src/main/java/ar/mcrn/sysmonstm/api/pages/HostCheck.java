package ar.mcrn.sysmonstm.api.pages;

import java.util.Locale;
import java.util.Set;

/**
 * Which names this service answers to, so that a page of another site cannot reach it by pointing its own name here (DNS
 * rebinding). Ports do not matter.
 *
 * @param names allowed, lower case; none = every name
 */
public record HostCheck(Set<String> names) {
    /** Names of the loopback interface. */
    public static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Keeps its own copy. */
    public HostCheck {
        names = Set.copyOf(names);
    }

    /**
     * Whether a request is for us.
     *
     * @param host value of the Host header; empty = none
     */
    public boolean isAllowed(String host) {
        if (names.isEmpty()) {
            return true;
        }
        String name = host.toLowerCase(Locale.ROOT);
        int colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf(']')) {
            name = name.substring(0, colon);
        }
        return names.contains(name);
    }
}

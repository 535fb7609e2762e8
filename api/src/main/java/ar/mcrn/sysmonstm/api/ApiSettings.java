package ar.mcrn.sysmonstm.api;

import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.api.edge.EdgeSettings;
import ar.mcrn.sysmonstm.ops.runtime.configuration.DurationText;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What the api's assembly needs to know, whichever process it is in.
 *
 * @param maxSockets WebSocket clients at once, at least 1
 * @param maxSocketsPerAddress of one remote address, loopback excepted; 0 = no limit
 * @param frameGap least time between two frames of one client, 5 ms to 1 s
 * @param origins origins allowed to open WebSockets beside our own, lower case
 * @param hosts names answered to; none = every name
 * @param rules alert rules in force, for {@code /api/rules}
 * @param watchDatabase whether this service reports the database at {@code /ready}; false where another service of the
 *     process does
 * @param edge where the redacted feed is pushed; empty = nowhere
 */
public record ApiSettings(
        int maxSockets,
        int maxSocketsPerAddress,
        Duration frameGap,
        Set<String> origins,
        Set<String> hosts,
        RuleSet rules,
        boolean watchDatabase,
        Optional<EdgeSettings> edge) {

    /** @throws IllegalArgumentException naming the setting that is out of range */
    public ApiSettings {
        if (frameGap.toMillis() < 5 || frameGap.toMillis() > 1_000) {
            throw new IllegalArgumentException("API_FRAME_GAP=" + DurationText.of(frameGap) + ", allowed: 5ms to 1s");
        }
        origins = Set.copyOf(origins);
        hosts = Set.copyOf(hosts);
    }

    /** The same for a process in which another service reports database and hot state at {@code /ready}. */
    public ApiSettings withoutDependencyWatch() {
        return new ApiSettings(maxSockets, maxSocketsPerAddress, frameGap, origins, hosts, rules, false, edge);
    }
}

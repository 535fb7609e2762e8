package ar.mcrn.sysmonstm.api.edge;

import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where the redacted feed goes, and what it shows.
 *
 * @param url {@code ws://} or {@code wss://}; a path {@code /ws} or none is taken as {@code /feed}
 * @param token told to the relay; may be empty where the relay asks for none
 * @param machines globs over machine ids that are public, at least one
 * @param alias how machines are named: {@code pseudonym}, {@code id}, or {@code id=Name,id=Name}; a machine without a name
 *     there is not shown
 * @param fields keys and globs of series that are public, at least one
 * @param delay how much later the public sees what happens, 0 to 10 min
 * @param digits significant digits of values, 1 to 6
 */
public record EdgeSettings(
        URI url, Secret token, List<String> machines, String alias, List<String> fields, Duration delay, int digits) {

    /** Series that are public where nothing else is said: how busy machines are, and nothing of what they hold. */
    public static final List<String> FIELDS = List.of(
            "system.cpu.utilization",
            "system.memory.utilization",
            "system.cpu.load_average.1m",
            "system.filesystem.utilization.max",
            "system.disk.io{direction=read}",
            "system.disk.io{direction=write}",
            "system.network.io{direction=receive}",
            "system.network.io{direction=transmit}",
            "system.linux.pressure{resource=cpu,stall=some}");

    /** @throws IllegalArgumentException naming setting, value and what is allowed */
    public EdgeSettings {
        String scheme = String.valueOf(url.getScheme());
        if (!(scheme.equals("ws") || scheme.equals("wss")) || url.getHost() == null) {
            throw new IllegalArgumentException("EDGE_URL is not ws://host:port or wss://host:port");
        }
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("EDGE_URL must hold no user; the relay takes EDGE_TOKEN");
        }
        String path = url.getPath() == null ? "" : url.getPath();
        if (path.isEmpty() || path.equals("/") || path.equals("/ws")) {
            url = url.resolve("/feed");
        }
        if (delay.isNegative() || delay.toMinutes() > 10) {
            throw new IllegalArgumentException("EDGE_DELAY=" + delay + ", allowed: 0s to 10m");
        }
        if (digits < 1 || digits > 6) {
            throw new IllegalArgumentException("EDGE_DIGITS=" + digits + ", allowed: 1 to 6");
        }
        if (machines.isEmpty() || fields.isEmpty()) {
            throw new IllegalArgumentException("EDGE_MACHINES and EDGE_FIELDS must not be empty");
        }
        machines = List.copyOf(machines);
        fields = List.copyOf(fields);
    }
}

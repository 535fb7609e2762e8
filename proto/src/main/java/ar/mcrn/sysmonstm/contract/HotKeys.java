package ar.mcrn.sysmonstm.contract;

import java.time.Duration;

/**
 * Keys of hot state in Redis. Keys of one machine share a hash tag, so that they lie on one node of a cluster.
 *
 * <pre>
 * key                              type    holds                                         expires
 * sysmonstm:{ID}:sample            string  encoded LiveSample                            SAMPLE_TTL
 * sysmonstm:{ID}:inventory         string  encoded Inventory                             never
 * sysmonstm:{ID}:alerts            string  alert state of the machine's aggregator       ALERT_TTL
 * sysmonstm:machines               zset    machine id by last-seen, Unix milliseconds    never
 * </pre>
 */
public final class HotKeys {
    /** How long the newest sample of a silent machine is kept. */
    public static final Duration SAMPLE_TTL = Duration.ofHours(24);
    /** How long the alert state of a silent machine is kept. */
    public static final Duration ALERT_TTL = Duration.ofHours(24);
    /** Sorted set of all machines. */
    public static final String MACHINES = "sysmonstm:machines";

    private HotKeys() {}

    /** Key of a machine's newest sample. */
    public static String sample(MachineId machine) {
        return "sysmonstm:{" + machine + "}:sample";
    }

    /** Key of a machine's inventory. */
    public static String inventory(MachineId machine) {
        return "sysmonstm:{" + machine + "}:inventory";
    }

    /** Key of a machine's alert state. */
    public static String alerts(MachineId machine) {
        return "sysmonstm:{" + machine + "}:alerts";
    }
}

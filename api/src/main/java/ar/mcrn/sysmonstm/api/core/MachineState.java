package ar.mcrn.sysmonstm.api.core;

import java.util.Locale;

/** How fresh a machine's newest sample is. */
public enum MachineState {
    /** A sample came within 3 collect intervals, at least 3 s. */
    UP,
    /** Later than that. */
    STALE,
    /** Nothing for more than 60 s. */
    DOWN;

    private static final long LEAST_PATIENCE_MILLIS = 3_000;
    private static final long DOWN_MILLIS = 60_000;

    /**
     * State by age.
     *
     * @param ageMillis since the newest sample was heard
     * @param intervalMillis collect interval of the machine's agent; 0 = unknown
     */
    public static MachineState of(long ageMillis, long intervalMillis) {
        if (ageMillis <= Math.max(3 * intervalMillis, LEAST_PATIENCE_MILLIS)) {
            return UP;
        }
        return ageMillis <= DOWN_MILLIS ? STALE : DOWN;
    }

    /** Name in JSON. */
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }
}

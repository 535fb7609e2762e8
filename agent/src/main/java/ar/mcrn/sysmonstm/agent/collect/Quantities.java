package ar.mcrn.sysmonstm.agent.collect;

/** How measured quantities become the catalogue's integers. */
final class Quantities {
    private static final int BASIS = 10_000;

    private Quantities() {}

    /** Share of {@code part} in {@code whole} (at least 1) in basis points, rounded, held within 0 to 10,000. */
    static long basisPoints(long part, long whole) {
        return Math.clamp(Math.round((double) part * BASIS / (double) whole), 0, BASIS);
    }

    /**
     * What a counter grew by; -1 where it fell: it was set back, and how far it came before is not known (Prometheus and the
     * kernel's own tools hold the same).
     */
    static long delta(long previous, long current) {
        return current >= previous && previous >= 0 ? current - previous : -1;
    }

    /** As {@link #delta} for counters that the kernel prints with 32 bits, which begin again at 0 after 2^32. */
    static long delta32(long previous, long current) {
        boolean wrapped = current < previous && previous <= 0xffff_ffffL && previous >= 0xf000_0000L;
        return wrapped && current < 0x1000_0000L ? current + (1L << 32) - previous : delta(previous, current);
    }
}

package ar.mcrn.sysmonstm.aggregator.ring;

import java.time.Duration;

/**
 * How long one handler sleeps when nothing is there: its tick, and twice as long each time that nothing was there either,
 * up to its longest. One thread.
 */
final class HandlerSleep {
    private final long tickNanos;
    private final long longestNanos;
    private long nanos;

    /** @throws IllegalArgumentException unless the tick is positive and the longest no shorter */
    HandlerSleep(Duration tick, Duration longest) {
        if (!tick.isPositive() || longest.compareTo(tick) < 0) {
            throw new IllegalArgumentException("a handler cannot sleep for " + tick + " to " + longest);
        }
        tickNanos = tick.toNanos();
        longestNanos = longest.toNanos();
        nanos = tickNanos;
    }

    /** How long the next sleep is. */
    long nanos() {
        return nanos;
    }

    /** Says what the handler found. */
    void looked(boolean somethingThere) {
        nanos = somethingThere ? tickNanos : Math.min(nanos * 2, longestNanos);
    }
}

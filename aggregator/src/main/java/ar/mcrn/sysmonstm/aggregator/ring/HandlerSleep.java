package ar.mcrn.sysmonstm.aggregator.ring;

import java.time.Duration;

/**
 * How long one handler sleeps when nothing is there: its tick, and twice as long after each sleep that ended with nothing there
 * either, up to its longest. One thread.
 */
final class HandlerSleep {
    private final long tickNanos;
    private final long longestNanos;
    private long nanos;

    HandlerSleep(Duration tick, Duration longest) {
        tickNanos = tick.toNanos();
        longestNanos = longest.toNanos();
        nanos = tickNanos;
    }

    /** How long the next sleep is. */
    long nanos() {
        return nanos;
    }

    /** Says what the handler found when it woke. */
    void woke(boolean somethingThere) {
        nanos = somethingThere ? tickNanos : Math.min(nanos * 2, longestNanos);
    }
}

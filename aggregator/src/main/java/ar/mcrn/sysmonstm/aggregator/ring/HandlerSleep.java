package ar.mcrn.sysmonstm.aggregator.ring;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How long one handler sleeps when nothing is there: until the next moment of its {@link Beat} while samples come, for a
 * fixed, longer time once none is in the ring, and for {@link #URGENT_NANOS} while somebody waits for what it does. From a
 * long sleep producers may wake it; where they do so soon and again, it keeps its beat longer, for each such sleep costs a
 * wake-up more. Its handler's thread only, but for {@link #end} and {@link #isLong}.
 */
final class HandlerSleep {
    /** Sleep while somebody waits. */
    static final long URGENT_NANOS = Duration.ofMillis(2).toNanos();

    /** Times that the ring is found empty before a long sleep, at most. */
    static final int MOST_PATIENCE = 8;

    private final Beat beat;
    private final long longNanos;
    private final BooleanSupplier urgent;
    private int patience = 1;
    private int foundEmpty;
    private long longSinceNanos;
    /** The handler's thread, while its sleep under way, or the next one, is a long one. */
    private volatile Thread longSleeper;

    /**
     * @param urgent whether somebody waits for what the handler does; the handler's thread asks
     * @throws IllegalArgumentException unless the long sleep is at least a period of the beat
     */
    HandlerSleep(Beat beat, Duration longSleep, BooleanSupplier urgent) {
        if (longSleep.toNanos() < beat.periodNanos()) {
            throw new IllegalArgumentException("a handler cannot sleep for " + longSleep + " with " + beat);
        }
        this.beat = beat;
        this.urgent = urgent;
        longNanos = longSleep.toNanos();
    }

    /** How long the sleep is that begins at this moment of {@link System#nanoTime}. */
    long nanos(long nowNanos) {
        if (urgent.getAsBoolean()) {
            return URGENT_NANOS;
        }
        return isLong() ? longNanos : beat.nanosUntilNext(nowNanos);
    }

    /** The calling handler found something at this moment of {@link System#nanoTime}: it sleeps with its beat. */
    void found(long nowNanos) {
        foundEmpty = 0;
        if (isLong()) {
            boolean soon = nowNanos - longSinceNanos < 2 * beat.periodNanos();
            patience = soon ? Math.min(2 * patience, MOST_PATIENCE) : 1;
            longSleeper = null;
        }
    }

    /** The calling handler found the ring empty at this moment, once its sleep was over. */
    void foundNothing(long nowNanos) {
        if (!isLong() && ++foundEmpty >= patience) {
            longSinceNanos = nowNanos;
            // Seen by who publishes from here on; what was published before, the handler finds when it looks once more.
            longSleeper = Thread.currentThread();
        }
    }

    /** Whether the sleep under way, or the next one, is a long one. Any thread. */
    boolean isLong() {
        return longSleeper != null;
    }

    /** Ends a long sleep; one with the beat goes on. Any thread. */
    void end() {
        Thread thread = longSleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}

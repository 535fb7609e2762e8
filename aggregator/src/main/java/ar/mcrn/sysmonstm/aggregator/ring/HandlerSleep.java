package ar.mcrn.sysmonstm.aggregator.ring;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * How long one handler sleeps when nothing is there: until the next moment of its {@link Beat} while samples come, and for a
 * fixed, longer time once it has woken for nothing. From that one producers may wake it. Its handler's thread only, but
 * for {@link #end}.
 */
final class HandlerSleep {
    private final Beat beat;
    private final long longNanos;
    /** The handler's thread, while its sleep under way, or the next one, is a long one. */
    private volatile Thread longSleeper;

    /** @throws IllegalArgumentException unless the long sleep is at least a period of the beat */
    HandlerSleep(Beat beat, Duration longSleep) {
        if (longSleep.toNanos() < beat.periodNanos()) {
            throw new IllegalArgumentException("a handler cannot sleep for " + longSleep + " with " + beat);
        }
        this.beat = beat;
        longNanos = longSleep.toNanos();
    }

    /** How long the sleep is that begins at this moment of {@link System#nanoTime}. */
    long nanos(long nowNanos) {
        return longSleeper == null ? beat.nanosUntilNext(nowNanos) : longNanos;
    }

    /** The calling handler found something: it sleeps with its beat. */
    void found() {
        if (longSleeper != null) {
            longSleeper = null;
        }
    }

    /** The calling handler found nothing: it sleeps long, once it has looked once more. */
    void foundNothing() {
        longSleeper = Thread.currentThread();
    }

    /** Ends a long sleep; one with the beat goes on. Any thread. */
    void end() {
        Thread thread = longSleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}

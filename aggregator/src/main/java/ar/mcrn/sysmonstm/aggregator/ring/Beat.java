package ar.mcrn.sysmonstm.aggregator.ring;

import java.time.Duration;

/**
 * Moments at equal distances on the clock of {@link System#nanoTime}, the same for every thread: so what one thread gathers
 * until a moment another takes up shortly after it, and not up to a whole period later.
 *
 * @param periodNanos distance of two moments
 * @param offsetNanos how long after those of an offset of 0
 */
public record Beat(long periodNanos, long offsetNanos) {
    /** @throws IllegalArgumentException unless the period is positive and the offset within it */
    public Beat {
        if (periodNanos <= 0 || offsetNanos < 0 || offsetNanos >= periodNanos) {
            throw new IllegalArgumentException("no beat: periodNanos=" + periodNanos + ", offsetNanos=" + offsetNanos);
        }
    }

    /** A beat without offset. */
    public static Beat of(Duration period) {
        return new Beat(period.toNanos(), 0);
    }

    /**
     * A beat of that period, a multiple of this one's: its moments come so long after moments of this one.
     * If the period is no multiple they come at any distance from them.
     *
     * @throws IllegalArgumentException unless the period is longer than that and this one's offset together
     */
    Beat every(Duration period, Duration later) {
        return new Beat(period.toNanos(), offsetNanos + later.toNanos());
    }

    /** Number of the period in which a moment of {@link System#nanoTime} lies; a moment of the beat begins the next. */
    public long indexOf(long nanos) {
        return Math.floorDiv(nanos - offsetNanos, periodNanos);
    }

    /** From a moment of {@link System#nanoTime} to the next one of the beat, 1 to the period. */
    public long nanosUntilNext(long nanos) {
        return periodNanos - Math.floorMod(nanos - offsetNanos, periodNanos);
    }
}

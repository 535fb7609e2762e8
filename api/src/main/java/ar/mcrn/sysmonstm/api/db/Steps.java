package ar.mcrn.sysmonstm.api.db;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The grid of steps that rows are put into. Steps of 10 s and more begin at whole multiples, so that a moving window keeps
 * its steps; shorter ones begin a little before the machine's own stamps, so that a sample a few milliseconds early or late
 * stays in its step.
 */
final class Steps {
    private static final long ALIGNED_MILLIS = 10_000;
    private static final long SLACK_MILLIS = 250;
    /** Longest usual interval of rows, that of file systems. */
    private static final long REACH_MILLIS = 60_000;

    final long stepMillis;
    final long firstMillis;
    final int count;

    /** @param phase stamp of one of the machine's samples */
    Steps(long stepMillis, Instant from, Instant to, Optional<Instant> phase) {
        this.stepMillis = stepMillis;
        long origin = stepMillis >= ALIGNED_MILLIS
                ? 0
                : phase.map(Instant::toEpochMilli).orElse(0L) - Math.min(stepMillis / 4, SLACK_MILLIS);
        long start = from.toEpochMilli();
        this.firstMillis = start - Math.floorMod(start - origin, stepMillis);
        this.count = (int) ((to.toEpochMilli() - firstMillis + stepMillis - 1) / stepMillis);
    }

    private Steps(long stepMillis, long firstMillis, int count) {
        this.stepMillis = stepMillis;
        this.firstMillis = firstMillis;
        this.count = count;
    }

    /** The same and those after them whose rows may speak for the last of these. */
    Steps reaching() {
        return stepMillis >= REACH_MILLIS
                ? this
                : new Steps(stepMillis, firstMillis, count + Math.toIntExact(Math.ceilDiv(REACH_MILLIS, stepMillis)));
    }

    /** A column of {@link #reaching} steps as one of these; null where there is none. */
    double[] cut(double[] values) {
        return values == null || values.length == count ? values : Arrays.copyOf(values, count);
    }

    /** Number of the step that begins at a time given by the database. */
    int number(long startMillis) {
        return (int) ((startMillis - firstMillis) / stepMillis);
    }

    long start(int number) {
        return firstMillis + number * stepMillis;
    }

    long[] times() {
        long[] times = new long[count];
        Arrays.setAll(times, this::start);
        return times;
    }

    /** A column without values. */
    double[] empty() {
        double[] values = new double[count];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    /**
     * First step that the rows of a step speak for, where their interval is longer than a step: a row of n steps stands
     * for n rows that would have been stamped a step apart.
     *
     * @param durationMillis longest interval of the rows
     */
    int firstCovered(int number, long durationMillis) {
        long before = (durationMillis - stepMillis / 2) / stepMillis;
        return (int) Math.max(0, number - Math.max(0, before));
    }

    /** Gives the steps before one that its rows speak for too what that one has, unless they have rows of their own. */
    void fill(double[] least, double[] mean, double[] greatest, long[] coveredMillis) {
        for (int step = 0; step < count; step++) {
            if (Double.isNaN(mean[step])) {
                continue;
            }
            for (int before = firstCovered(step, coveredMillis[step]); before < step; before++) {
                if (Double.isNaN(mean[before])) {
                    least[before] = least[step];
                    mean[before] = mean[step];
                    greatest[before] = greatest[step];
                }
            }
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import org.HdrHistogram.Histogram;

/**
 * Percentiles of a latency, milliseconds; null where it was not measured.
 *
 * @param count values recorded
 * @param p50 median
 * @param p90 nine of ten
 * @param p99 99 of 100
 * @param p999 999 of 1,000
 * @param max longest
 */
record Latency(long count, Double p50, Double p90, Double p99, Double p999, Double max) {

    /** From a histogram of microseconds; null where it is empty. */
    static Latency ofMicros(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return null;
        }
        return new Latency(
                histogram.getTotalCount(),
                millis(histogram.getValueAtPercentile(50)),
                millis(histogram.getValueAtPercentile(90)),
                millis(histogram.getValueAtPercentile(99)),
                millis(histogram.getValueAtPercentile(99.9)),
                millis(histogram.getMaxValue()));
    }

    private static double millis(long micros) {
        return micros / 1_000.0;
    }
}

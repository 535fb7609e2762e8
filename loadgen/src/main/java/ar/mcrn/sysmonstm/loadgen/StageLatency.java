package ar.mcrn.sysmonstm.loadgen;

import org.HdrHistogram.Histogram;

/**
 * How long one stage took, milliseconds. Means of stages add up to the mean of the whole way; percentiles do not.
 *
 * @param count passages
 * @param mean average
 * @param p50 median
 * @param p90 nine of ten
 * @param p99 99 of 100
 * @param max longest
 */
record StageLatency(long count, double mean, double p50, double p90, double p99, double max) {

    /** From a histogram that is not empty; {@code perMilli} of its units are a millisecond. */
    static StageLatency of(Histogram histogram, double perMilli) {
        return new StageLatency(
                histogram.getTotalCount(),
                millis(histogram.getMean(), perMilli),
                millis((double) histogram.getValueAtPercentile(50), perMilli),
                millis((double) histogram.getValueAtPercentile(90), perMilli),
                millis((double) histogram.getValueAtPercentile(99), perMilli),
                millis((double) histogram.getMaxValue(), perMilli));
    }

    /** The same without its mean. */
    Latency latency() {
        return new Latency(count, p50, p90, p99, null, max);
    }

    private static double millis(double value, double perMilli) {
        return Math.round(value * 1_000 / perMilli) / 1_000.0;
    }
}

package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Rounding;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.Limits;

/**
 * Figures of one series in steps, put together of rows that come in any order: first {@link #add}, then {@link #finish}.
 * NaN where nothing was measured.
 */
final class StepValues {
    final double[] least;
    final double[] greatest;
    /** Sums until it is finished. */
    final double[] mean;

    private final double[] weights;

    StepValues(Steps steps) {
        least = steps.empty();
        greatest = steps.empty();
        mean = steps.empty();
        weights = new double[steps.count];
    }

    /** The four figures of {@link Measures} for rows of a step. */
    void add(int step, double low, double sum, double high, double weight) {
        if (weights[step] == 0) {
            least[step] = low;
            mean[step] = sum;
            greatest[step] = high;
        } else {
            least[step] = Math.min(least[step], low);
            mean[step] += sum;
            greatest[step] = Math.max(greatest[step], high);
        }
        weights[step] += weight;
    }

    /**
     * Turns sums into what people see, and fills the steps before one that its rows cover too.
     *
     * @param coveredMillis of each step, what the rows of its device cover
     */
    void finish(SeriesRequest series, Steps steps, long[] coveredMillis) {
        for (int step = 0; step < weights.length; step++) {
            if (weights[step] > 0) {
                show(series, step);
            }
        }
        steps.fill(least, mean, greatest, coveredMillis);
    }

    private void show(SeriesRequest series, int step) {
        if (series.column().isEmpty()) {
            least[step] = Rounding.shown(least[step] / Limits.CORE_LOAD);
            mean[step] = Rounding.shown(mean[step] / weights[step] / Limits.CORE_LOAD);
            greatest[step] = Rounding.shown(greatest[step] / Limits.CORE_LOAD);
            return;
        }
        Column column = series.column().get();
        least[step] = Measures.extreme(column, least[step]);
        mean[step] = Measures.mean(column, mean[step], weights[step]);
        greatest[step] = Measures.extreme(column, greatest[step]);
    }
}

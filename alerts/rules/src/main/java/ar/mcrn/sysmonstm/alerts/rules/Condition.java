package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.MetricKey;

/** What a rule asks of a machine. Each kind of rule is one more record here; switches over it are exhaustive. */
public sealed interface Condition {

    /**
     * A value beyond a threshold.
     *
     * @param metric series by catalogue key; attribute values may be globs, attribute names are exactly those of the series
     * @param comparison side on which it holds
     * @param threshold in the metric's REST unit
     * @param clear where a firing alert is resolved, in the same unit; equal to the threshold for none
     */
    record Threshold(MetricKey metric, Comparison comparison, double threshold, double clear) implements Condition {
        /** @throws IllegalArgumentException where a number is not finite or clear lies beyond the threshold */
        public Threshold {
            if (!Double.isFinite(threshold) || !Double.isFinite(clear)) {
                throw new IllegalArgumentException(
                        "threshold and clear are finite numbers: threshold=" + threshold + ", clear=" + clear);
            }
            if (comparison.beyond(clear, threshold)) {
                throw new IllegalArgumentException(
                        "clear lies beyond the threshold: " + comparison.text() + "=" + threshold + ", clear=" + clear);
            }
        }
    }

    /** No sample of the machine for the rule's {@code for}. */
    record MachineDown() implements Condition {}

    /** The disk under the history is short of room: raw history goes early, or will. */
    record HistoryDisk() implements Condition {}
}

package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTier;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.util.EnumMap;
import java.util.Map;

/** What retention and removal have done, and how full the disk is. */
final class RetentionMetrics {
    final Map<HistoryTier, Counter> dropped = new EnumMap<>(HistoryTier.class);
    final Counter early;
    final Counter forgottenRepairs;
    final Counter removed;
    final Counter failures;
    private volatile double diskUsedRatio = Double.NaN;

    RetentionMetrics(Telemetry telemetry) {
        for (HistoryTier tier : HistoryTier.values()) {
            dropped.put(
                    tier,
                    telemetry.counter(
                            "sysmonstm_retention_dropped_pieces", "Partitions or chunks dropped", "tier", tier.key()));
        }
        early = telemetry.counter(
                "sysmonstm_retention_early_drops", "Times that raw history went early because the disk was full");
        forgottenRepairs = telemetry.counter(
                "sysmonstm_retention_forgotten_repairs",
                "Dirty hours whose raw history went before they were repaired");
        removed = telemetry.counter("sysmonstm_retention_removed_machines", "Machines removed with all they had");
        failures = telemetry.counter("sysmonstm_retention_failures", "Runs of a job that failed and are tried again");
        telemetry.gauge(
                "sysmonstm_retention_disk_used_ratio",
                "Share of the database's disk that is used; NaN where it cannot be known",
                () -> diskUsedRatio);
    }

    void disk(double ratio) {
        diskUsedRatio = ratio;
    }
}

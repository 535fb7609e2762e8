package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.StageHistogram;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What happens to the samples of one lane. At rest
 *
 * <pre>received = stored + duplicate + rejected{time_collision, database, too_old, clock_ahead} + deferred + in_flight</pre>
 *
 * holds exactly, and within one batch under load; in_flight counts rows where they lie ({@link HeldRows}).
 */
final class LaneMetrics {
    private static final List<RejectReason> REASONS = List.of(
            RejectReason.REJECT_REASON_TIME_COLLISION,
            RejectReason.REJECT_REASON_DATABASE,
            RejectReason.REJECT_REASON_TOO_OLD,
            RejectReason.REJECT_REASON_CLOCK_AHEAD);

    final Counter received;
    final Counter stored;
    final Counter duplicate;
    final Counter deferred;
    final Counter batches;
    final Counter staged;
    final StageHistogram receivedToCommitted;
    final StageHistogram commit;

    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);

    LaneMetrics(Telemetry telemetry, String lane, HeldRows held) {
        received =
                telemetry.counter("sysmonstm_history_received_samples", "Samples offered to the history", "lane", lane);
        stored = telemetry.counter("sysmonstm_history_stored_samples", "Samples whose row went in", "lane", lane);
        duplicate = telemetry.counter(
                "sysmonstm_history_duplicate_samples", "Samples that were stored already", "lane", lane);
        deferred = telemetry.counter(
                "sysmonstm_history_deferred_samples", "Samples not taken, for the agent to send again", "lane", lane);
        for (RejectReason reason : REASONS) {
            rejected.put(reason, rejected(telemetry, lane, reason));
        }
        batches = telemetry.counter("sysmonstm_history_batches", "Transactions that stored samples", "lane", lane);
        staged = telemetry.counter(
                "sysmonstm_history_staged_batches",
                "Attempts by way of temporary tables, since rows might be stored already",
                "lane",
                lane);
        receivedToCommitted = telemetry.histogram(
                "sysmonstm_received_to_committed", "From receipt of a sample to its commit", "lane", lane);
        commit = telemetry.histogram("sysmonstm_history_commit", "One transaction of samples", "lane", lane);
        telemetry.gauge(
                "sysmonstm_history_in_flight_samples",
                "Samples taken and not yet committed or rejected",
                held::rows,
                "lane",
                lane);
        telemetry.gauge("sysmonstm_history_buffered_bytes", "Bytes of those", held::bytes, "lane", lane);
        telemetry.gauge(
                "sysmonstm_history_lag_seconds", "Age of the oldest of those", held::oldestSeconds, "lane", lane);
    }

    private static Counter rejected(Telemetry telemetry, String lane, RejectReason reason) {
        String name = reason.name().substring("REJECT_REASON_".length()).toLowerCase(Locale.ROOT);
        return telemetry.counter(
                "sysmonstm_history_rejected_samples", "Samples refused for ever", "lane", lane, "reason", name);
    }

    /** Samples refused for ever. */
    long rejected() {
        return rejected.values().stream().mapToLong(Counter::value).sum();
    }

    /** A sample of the writer's is refused for ever, by one of the reasons that the history has. */
    void reject(RejectReason reason, RowBuffer buffer, int row, String detail) {
        count(reason);
        buffer.outcomes(row).rejected(reason, buffer.run(row), buffer.sequence(row), detail);
    }

    /** A sample that was not even encoded is refused for ever. */
    void reject(RejectReason reason, SampleSlot slot, String detail) {
        count(reason);
        slot.outcomes().rejected(reason, slot.run(), slot.sequence(), detail);
    }

    private void count(RejectReason reason) {
        rejected.get(reason).increment();
    }
}

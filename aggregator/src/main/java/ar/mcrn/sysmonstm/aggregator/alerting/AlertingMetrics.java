package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;

/**
 * Self-metrics of alerting. What the rules found is either sent, waiting, or counted as dropped:
 *
 * <pre>
 * found = sent + waiting + dropped        (entries: one per sample that changed something, one per announcement)
 * </pre>
 */
final class AlertingMetrics {
    final Counter evaluatedSamples;
    final Counter transitions;
    final Counter found;
    final Counter sent;
    final Counter dropped;
    final Counter busFailures;
    final Counter stateFailures;
    final Counter restored;
    final Counter ruleFileFaults;

    AlertingMetrics(Telemetry telemetry) {
        evaluatedSamples =
                telemetry.counter("sysmonstm_alerting_evaluated_samples", "Live samples judged by the rules");
        transitions = telemetry.counter("sysmonstm_alerting_transitions", "Changes of alert state found");
        found = telemetry.counter("sysmonstm_alerting_found_entries", "Entries queued for sending, or dropped");
        sent = telemetry.counter("sysmonstm_alerting_sent_entries", "Entries appended to the transitions stream");
        dropped = telemetry.counter(
                "sysmonstm_alerting_dropped_entries",
                "Entries dropped since the queue was full; the next announcement heals");
        busFailures = telemetry.counter("sysmonstm_alerting_bus_failures", "Failed attempts to append");
        stateFailures = telemetry.counter(
                "sysmonstm_alerting_state_failures", "Alert states that hot state could not take or give");
        restored = telemetry.counter("sysmonstm_alerting_restored_machines", "Alert states taken over at Hello");
        ruleFileFaults = telemetry.counter(
                "sysmonstm_alerting_rule_file_faults", "Changed rule files refused; the old rules went on");
    }
}

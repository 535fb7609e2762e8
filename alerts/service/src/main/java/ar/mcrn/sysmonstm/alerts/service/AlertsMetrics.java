package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Self-metrics of the alerts service. For each channel, at rest:
 *
 * <pre>
 * queued = sent + failed + waiting
 * messages = changes' sources: transitions + announcements + unreadable
 * </pre>
 */
final class AlertsMetrics {
    final Counter transitions;
    final Counter announcements;
    final Counter unreadable;
    final Counter changes;
    final Counter publishFailures;
    final Counter databaseFailures;
    final Counter rowsDropped;

    private final Telemetry telemetry;
    private final Map<String, Counter> byName = new ConcurrentHashMap<>();

    AlertsMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        transitions = telemetry.counter("sysmonstm_alerts_transitions", "Transitions taken from the stream");
        announcements = telemetry.counter("sysmonstm_alerts_announcements", "Announcements taken from the stream");
        unreadable = telemetry.counter("sysmonstm_alerts_unreadable_messages", "Stream entries that could not be read");
        changes = telemetry.counter("sysmonstm_alerts_episode_changes", "Changes of episodes");
        publishFailures = telemetry.counter(
                "sysmonstm_alerts_publish_failures", "Changes that the live channel did not take; readers read again");
        databaseFailures = telemetry.counter("sysmonstm_alerts_database_failures", "Writes that are tried again");
        rowsDropped =
                telemetry.counter("sysmonstm_alerts_dropped_rows", "Rows not written: refused, or no room to wait");
    }

    /** Begins each count of a channel at 0, so that the first failure is a rise and not a series that appears. */
    void begin(String channel) {
        sent(channel);
        failed(channel);
        retries(channel);
        postponed(channel);
    }

    Counter sent(String channel) {
        return of("sysmonstm_alerts_notifications_sent", "Notifications told", channel);
    }

    Counter failed(String channel) {
        return of("sysmonstm_alerts_notifications_failed", "Notifications given up", channel);
    }

    Counter retries(String channel) {
        return of("sysmonstm_alerts_notification_retries", "Attempts that failed and are made again", channel);
    }

    Counter postponed(String channel) {
        return of("sysmonstm_alerts_notifications_postponed", "Notifications that found the queue full", channel);
    }

    private Counter of(String name, String help, String channel) {
        return byName.computeIfAbsent(name + channel, ignored -> telemetry.counter(name, help, "channel", channel));
    }
}

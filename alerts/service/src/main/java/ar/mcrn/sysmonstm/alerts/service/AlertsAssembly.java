package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import io.dropwizard.lifecycle.Managed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the alerts service:
 *
 * <pre>
 *  transitions stream ─▶ TransitionConsumer ─▶ EpisodeBook
 *                              │ changes
 *                              ├─▶ Notifications ─▶ NotificationQueue (one per channel) ─▶ Notifier ─▶ people
 *                              ├─▶ EpisodeWriter ─▶ alert_episode, notification
 *                              └─▶ channel alerts ─▶ api
 * </pre>
 *
 * Stops in the order: no more entries, no more attempts, last write.
 */
public final class AlertsAssembly implements Managed {
    /** Consumer group on the transitions stream; there is one member at a time. */
    static final String GROUP = "alerts";

    private static final String MEMBER = "alerts-1";
    private static final long SHOW_EVERY_LOOKS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(AlertsAssembly.class);

    private final AlertsSettings settings;
    private final EventBus bus;
    private final Optional<Dependency> webhook;
    private final EpisodeBook book = new EpisodeBook();
    private final List<NotificationQueue> queues = new ArrayList<>();
    private final Notifications notifications;
    private final EpisodeWriter writer;
    private final TransitionConsumer consumer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("alerts-clock").daemon().factory());
    private Optional<Subscription> subscription = Optional.empty();
    private long looks;

    private AlertsAssembly(AlertsSettings settings, ServiceContext context, Dependency database) {
        this.settings = settings;
        this.bus = context.bus();
        this.webhook = settings.webhook().map(address -> context.readiness().dependency("webhook", false));
        AlertsMetrics metrics = new AlertsMetrics(context.telemetry());
        List<Notifier> notifiers = new ArrayList<>();
        notifiers.add(new LogNotifier());
        settings.webhook().ifPresent(address -> notifiers.add(new WebhookNotifier(address, settings.webhookTimeout())));
        for (Notifier notifier : notifiers) {
            NotificationQueue queue = new NotificationQueue(
                    notifier, settings.retryPlan(), metrics, (channel, notification, sent, attempts, detail) -> {
                        (sent ? metrics.sent(channel) : metrics.failed(channel)).increment();
                        finished(channel, notification, sent, attempts, detail);
                    });
            queues.add(queue);
            metrics.begin(queue.channel());
            context.telemetry()
                    .gauge(
                            "sysmonstm_alerts_notifications_waiting",
                            "Notifications waiting",
                            queue::size,
                            "channel",
                            queue.channel());
        }
        this.notifications = new Notifications(queues, metrics);
        EpisodeStore store = new EpisodeStore(Jdbi.create(context.database()::connection));
        this.writer = new EpisodeWriter(store, this::loaded, database, metrics);
        this.consumer = new TransitionConsumer(book, notifications, writer, bus, metrics);
        context.telemetry()
                .gauge(
                        "sysmonstm_alerts_open_episodes",
                        "Open episodes",
                        () -> book.open().size());
        context.telemetry()
                .gauge("sysmonstm_alerts_refused_episodes", "Episodes beyond the book's room", book::refused);
        context.telemetry().gauge("sysmonstm_alerts_waiting_rows", "Rows waiting for the database", writer::waiting);
    }

    /**
     * Builds it and registers it with the context's lifecycle.
     *
     * @param database is told whether episodes can be written
     */
    public static AlertsAssembly assemble(AlertsSettings settings, ServiceContext context, Dependency database) {
        AlertsAssembly assembly = new AlertsAssembly(settings, context, database);
        context.environment().lifecycle().manage(assembly);
        return assembly;
    }

    private void finished(String channel, Notification notification, boolean sent, int attempts, String detail) {
        writer.write(new EpisodeStore.Outcome(
                new Notifications.Told(notification.episode().getId(), notification.kind(), channel),
                sent,
                attempts,
                Instant.now(),
                detail));
    }

    /** What the database knew, before anything is told again because of it. */
    private void loaded(List<AlertEpisode> rows, List<Notifications.Told> told) {
        told.forEach(notifications::done);
        for (AlertEpisode row : rows) {
            if (row.getResolvedMillis() != 0) {
                doneUnlessBegun(row);
            }
        }
        consumer.take(book.load(rows));
        notifications.showAll(book::remembered);
        LOG.info("episodes loaded: rows={}, open={}", rows.size(), book.open().size());
    }

    /** A channel that never told of the beginning, such as one configured since, does not tell of the end. */
    private void doneUnlessBegun(AlertEpisode row) {
        for (String channel : notifications.channels()) {
            Notifications.Told begun = new Notifications.Told(row.getId(), NotificationKind.FIRING, channel);
            if (!notifications.isDone(begun)) {
                notifications.done(begun);
                notifications.done(new Notifications.Told(row.getId(), NotificationKind.RESOLVED, channel));
            }
        }
    }

    private void look() {
        try {
            webhook.ifPresent(dependency -> {
                if (queues.getLast().isFailing()) {
                    dependency.degraded("the newest notification was not taken");
                } else {
                    dependency.up();
                }
            });
            if (++looks % SHOW_EVERY_LOOKS == 0) {
                notifications.showAll(book::remembered);
            }
        } catch (RuntimeException e) {
            LOG.error("BUG: alerts clock failed, goes on", e);
        }
    }

    @Override
    public void start() throws Exception {
        queues.forEach(NotificationQueue::start);
        writer.start();
        subscription = Optional.of(bus.consume(EventStream.ALERT_TRANSITIONS, GROUP, MEMBER, consumer));
        // look() lets nothing escape.
        Future<?> _ = clock.scheduleWithFixedDelay(
                this::look, 0, settings.lookInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() throws Exception {
        clock.shutdownNow();
        subscription.ifPresent(Subscription::close);
        for (NotificationQueue queue : queues) {
            queue.stop();
        }
        writer.stop();
    }
}

package ar.mcrn.sysmonstm.alerts.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NotificationQueueTest {
    private static final RetryPlan QUICK =
            new RetryPlan(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofSeconds(20));

    private final AlertsMetrics metrics = new AlertsMetrics(new Telemetry("alerts"));
    private final List<String> outcomes = new CopyOnWriteArrayList<>();
    private final List<NotificationQueue> queues = new ArrayList<>();
    private WebhookSink sink;

    @BeforeEach
    void start() throws Exception {
        sink = new WebhookSink();
    }

    @AfterEach
    void stop() throws Exception {
        for (NotificationQueue queue : queues) {
            queue.stop();
        }
        sink.close();
    }

    @Test
    void goesOnUntilTheReceiverRecoversWithTheSameIdOnEveryCopy() {
        sink.status(500);
        NotificationQueue queue = webhook(QUICK);
        queue.offer(new Notification(NotificationKind.FIRING, Episodes.firing("a")));
        queue.offer(new Notification(NotificationKind.RESOLVED, Episodes.resolved("a")));
        await().atMost(Duration.ofSeconds(10)).until(() -> sink.posts.size() >= 3);
        assertThat(queue.isFailing()).isTrue();
        assertThat(outcomes).isEmpty();
        sink.status(200);
        await().atMost(Duration.ofSeconds(10)).until(() -> outcomes.size() == 2);
        assertThat(outcomes).containsExactly("webhook a firing true", "webhook a resolved true");
        assertThat(sink.posts).extracting(WebhookSink.Post::idempotencyKey).containsOnly("a-firing", "a-resolved");
        assertThat(queue.isFailing()).isFalse();
    }

    @Test
    void aChannelThatHangsDelaysNoOther() {
        sink.hang();
        NotificationQueue hanging = webhook(QUICK);
        NotificationQueue log = queue(new LogNotifier(), QUICK);
        for (NotificationQueue queue : List.of(hanging, log)) {
            queue.offer(new Notification(NotificationKind.FIRING, Episodes.firing("a")));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> !outcomes.isEmpty());
        assertThat(outcomes).containsExactly("log a firing true");
    }

    @Test
    void aRefusalIsGivenUpAtOnce() {
        sink.status(404);
        webhook(QUICK).offer(new Notification(NotificationKind.FIRING, Episodes.firing("a")));
        await().atMost(Duration.ofSeconds(10)).until(() -> outcomes.contains("webhook a firing false"));
        assertThat(sink.posts).hasSize(1);
    }

    @Test
    void givesUpWhenItsTimeIsOver() {
        sink.status(503);
        RetryPlan brief = new RetryPlan(Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofSeconds(1));
        webhook(brief).offer(new Notification(NotificationKind.FIRING, Episodes.firing("a")));
        await().atMost(Duration.ofSeconds(10)).until(() -> outcomes.contains("webhook a firing false"));
        assertThat(sink.posts).hasSizeGreaterThan(1);
    }

    @Test
    void pausesDoubleUpToTheLongestWithJitter() {
        Random random = new Random(1);
        for (int attempt = 1; attempt < 100; attempt++) {
            long ceiling = attempt > 7 ? 120_000 : 1000L << (attempt - 1);
            assertThat(RetryPlan.USUAL.pause(attempt, random))
                    .isBetween(Duration.ofMillis(ceiling / 2), Duration.ofMillis(Math.min(ceiling, 120_000)));
        }
    }

    @Test
    void whatFoundNoRoomIsToldWhenShownAgain() {
        NotificationQueue full = new NotificationQueue(new LogNotifier(), QUICK, metrics, this::finished);
        queues.add(full);
        Notifications notifications = new Notifications(List.of(full), metrics);
        for (int i = 0; i < NotificationQueue.CAPACITY; i++) {
            notifications.show(Episodes.firing("e" + i));
        }
        notifications.show(Episodes.resolved("late"));
        assertThat(full.size()).isEqualTo(NotificationQueue.CAPACITY);
        assertThat(metrics.postponed("log").value()).isEqualTo(1);
        full.start();
        await().atMost(Duration.ofSeconds(10)).until(() -> full.size() == 0);
        notifications.showAll(() -> List.of(Episodes.resolved("late")));
        notifications.showAll(() -> List.of(Episodes.resolved("late")));
        await().atMost(Duration.ofSeconds(10)).until(() -> outcomes.contains("log late resolved true"));
        assertThat(outcomes).filteredOn(line -> line.contains(" late ")).hasSize(2);
    }

    private NotificationQueue webhook(RetryPlan plan) {
        return queue(new WebhookNotifier(sink.address(), Duration.ofMillis(500)), plan);
    }

    private NotificationQueue queue(Notifier notifier, RetryPlan plan) {
        NotificationQueue queue = new NotificationQueue(notifier, plan, metrics, this::finished);
        queues.add(queue);
        queue.start();
        return queue;
    }

    private void finished(String channel, Notification notification, boolean sent, int attempts, String detail) {
        outcomes.add(channel + " " + notification.episode().getId() + " "
                + notification.kind().text() + " " + sent);
    }
}

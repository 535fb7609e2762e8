package ar.mcrn.sysmonstm.alerts.service;

import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one channel has to tell, in order, on a thread of its own, so that a channel that hangs delays no other. Holds
 * {@value #CAPACITY} notifications; what does not fit stays with {@link Notifications}, which offers it again. Stopping ends
 * the attempt under way: what was not told is told after the next start.
 */
final class NotificationQueue implements Managed {
    static final int CAPACITY = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(NotificationQueue.class);

    private final Notifier notifier;
    private final RetryPlan plan;
    private final AlertsMetrics metrics;
    private final Outcomes outcomes;
    private final BlockingQueue<Notification> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Thread thread;

    /** Hears what became of each notification, on the channel's thread. */
    interface Outcomes {
        /** Told, or given up. */
        void finished(String channel, Notification notification, boolean sent, int attempts, String detail);
    }

    NotificationQueue(Notifier notifier, RetryPlan plan, AlertsMetrics metrics, Outcomes outcomes) {
        this.notifier = notifier;
        this.plan = plan;
        this.metrics = metrics;
        this.outcomes = outcomes;
        this.thread = Thread.ofVirtual().name("notify-" + notifier.channel()).unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    String channel() {
        return notifier.channel();
    }

    /** False where it is full. Any thread. */
    boolean offer(Notification notification) {
        return queue.offer(notification);
    }

    int size() {
        return queue.size();
    }

    /** Whether the newest attempt failed. */
    boolean isFailing() {
        return failing.get();
    }

    private void run() {
        try {
            while (true) {
                tell(queue.take());
            }
        } catch (InterruptedException ignored) {
            // stop() interrupts.
        }
    }

    private void tell(Notification notification) throws InterruptedException {
        long begun = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            Delivery delivery = attempt(notification);
            switch (delivery) {
                case Delivery.Sent sent -> {
                    failing.set(false);
                    outcomes.finished(channel(), notification, true, attempt, sent.detail());
                    return;
                }
                case Delivery.Refused refused -> {
                    failing.set(true);
                    giveUp(notification, attempt, refused.detail());
                    return;
                }
                case Delivery.Failed failed -> {
                    metrics.retries(channel()).increment();
                    if (!failing.getAndSet(true) || attempt == 1) {
                        LOG.warn(
                                "notification failed, trying again: channel={}, episode={}, kind={}, detail={}",
                                channel(),
                                notification.episode().getId(),
                                notification.kind().text(),
                                failed.detail());
                    }
                    Duration pause = plan.pause(attempt, random);
                    pause = pause.compareTo(failed.notBefore()) < 0 ? failed.notBefore() : pause;
                    if (System.nanoTime() - begun + pause.toNanos()
                            > plan.whole().toNanos()) {
                        giveUp(notification, attempt, failed.detail());
                        return;
                    }
                    Thread.sleep(pause);
                }
            }
        }
    }

    private Delivery attempt(Notification notification) throws InterruptedException {
        try {
            return notifier.deliver(notification);
        } catch (RuntimeException e) {
            LOG.error("BUG: notifier failed: channel={}", channel(), e);
            return new Delivery.Refused("BUG: " + e);
        }
    }

    private void giveUp(Notification notification, int attempts, String detail) {
        LOG.error(
                "notification given up: channel={}, episode={}, rule={}, machine={}, kind={}, attempts={}, detail={}",
                channel(),
                notification.episode().getId(),
                notification.episode().getRule(),
                notification.episode().getMachine(),
                notification.kind().text(),
                attempts,
                detail);
        outcomes.finished(channel(), notification, false, attempts, detail);
    }

    @Override
    public void stop() throws InterruptedException {
        thread.interrupt();
        if (thread.getState() != Thread.State.NEW) {
            thread.join(Duration.ofSeconds(6));
        }
        notifier.close();
    }
}

package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Decides what each channel is still to tell of an episode: that it fired, once it did, and that it ended, once it did.
 * Level-triggered: an episode may be shown here any number of times, and what is queued or done is not queued again; what
 * found no room is queued when it is shown the next time. All methods may be called from any thread.
 */
final class Notifications {
    private final List<NotificationQueue> queues;
    private final AlertsMetrics metrics;
    private final Map<Told, Boolean> queuedOrDone = new ConcurrentHashMap<>();

    /** One notification on one channel. */
    record Told(String episode, NotificationKind kind, String channel) {}

    Notifications(List<NotificationQueue> queues, AlertsMetrics metrics) {
        this.queues = List.copyOf(queues);
        this.metrics = metrics;
    }

    /** Queues what is missing. */
    void show(AlertEpisode episode) {
        if (episode.getFiredMillis() == 0) {
            return;
        }
        for (NotificationQueue queue : queues) {
            AlertEpisode firing = episode.toBuilder()
                    .setState(AlertState.ALERT_STATE_FIRING)
                    .setResolvedMillis(0)
                    .build();
            boolean first = require(queue, new Notification(NotificationKind.FIRING, firing));
            // In order: an end is never told before its beginning was queued.
            if (first && episode.getState() == AlertState.ALERT_STATE_RESOLVED) {
                require(queue, new Notification(NotificationKind.RESOLVED, episode));
            }
        }
    }

    private boolean require(NotificationQueue queue, Notification notification) {
        Told told = new Told(notification.episode().getId(), notification.kind(), queue.channel());
        if (queuedOrDone.putIfAbsent(told, true) != null) {
            return true;
        }
        if (queue.offer(notification)) {
            return true;
        }
        queuedOrDone.remove(told);
        metrics.postponed(queue.channel()).increment();
        return false;
    }

    /** What was told before this process began. */
    void done(Told told) {
        queuedOrDone.put(told, true);
    }

    boolean isDone(Told told) {
        return queuedOrDone.containsKey(told);
    }

    /** Names of all channels. */
    List<String> channels() {
        return queues.stream().map(NotificationQueue::channel).toList();
    }

    /**
     * Shows all remembered episodes again and forgets what belongs to none.
     *
     * @param remembered is asked after noting what is queued, so that an episode shown meanwhile is not forgotten
     */
    void showAll(Supplier<List<AlertEpisode>> remembered) {
        Set<Told> noted = Set.copyOf(queuedOrDone.keySet());
        List<AlertEpisode> episodes = remembered.get();
        Set<String> ids = new HashSet<>();
        episodes.forEach(episode -> ids.add(episode.getId()));
        noted.stream().filter(told -> !ids.contains(told.episode())).forEach(queuedOrDone::remove);
        episodes.forEach(this::show);
    }
}

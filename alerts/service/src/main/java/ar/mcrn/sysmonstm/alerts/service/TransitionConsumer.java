package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertMessage;
import ar.mcrn.sysmonstm.v1.AlertState;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes entries of the transitions stream: into the book, and what changed on to people, database and live channel. Never
 * throws, since an entry that throws comes again for ever; one that cannot be read is counted and passed over.
 */
final class TransitionConsumer implements Consumer<byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(TransitionConsumer.class);

    private final EpisodeBook book;
    private final Notifications notifications;
    private final EpisodeWriter writer;
    private final EventBus bus;
    private final AlertsMetrics metrics;

    TransitionConsumer(
            EpisodeBook book, Notifications notifications, EpisodeWriter writer, EventBus bus, AlertsMetrics metrics) {
        this.book = book;
        this.notifications = notifications;
        this.writer = writer;
        this.bus = bus;
        this.metrics = metrics;
    }

    @Override
    public void accept(byte[] entry) {
        try {
            take(changes(AlertMessage.parseFrom(entry)));
        } catch (InvalidProtocolBufferException e) {
            metrics.unreadable.increment();
            LOG.warn("unreadable entry passed over: bytes={}, reason={}", entry.length, e.getMessage());
        } catch (RuntimeException e) {
            metrics.unreadable.increment();
            LOG.error("BUG: an entry was passed over", e);
        }
    }

    private List<EpisodeChange> changes(AlertMessage message) {
        return switch (message.getMessageCase()) {
            case TRANSITION -> {
                metrics.transitions.increment();
                yield book.transition(message.getTransition());
            }
            case ANNOUNCEMENT -> {
                metrics.announcements.increment();
                yield book.announcement(message.getAnnouncement());
            }
            case MESSAGE_NOT_SET -> {
                metrics.unreadable.increment();
                yield List.of();
            }
        };
    }

    /** Passes changes on. Any thread. */
    void take(List<EpisodeChange> changes) {
        for (EpisodeChange change : changes) {
            metrics.changes.increment();
            AlertEpisode episode = change.episode();
            // First, so that the row is there when the outcome of a notification is written.
            writer.write(episode);
            if (episode.getState() != AlertState.ALERT_STATE_INACTIVE) {
                notifications.show(episode);
            }
            try {
                bus.publish(Channel.ALERTS, shown(episode).toByteArray());
            } catch (BusException e) {
                metrics.publishFailures.increment();
                LOG.debug("change not published: episode={}", episode.getId(), e);
            }
        }
    }

    /** Listeners know three states: one that ended before it fired is resolved without having fired. */
    private static AlertEpisode shown(AlertEpisode episode) {
        return episode.getState() == AlertState.ALERT_STATE_INACTIVE
                ? episode.toBuilder().setState(AlertState.ALERT_STATE_RESOLVED).build()
                : episode;
    }
}

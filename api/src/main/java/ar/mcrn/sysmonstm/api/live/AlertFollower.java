package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.api.AlertView;
import ar.mcrn.sysmonstm.api.db.AlertReads;
import ar.mcrn.sysmonstm.api.db.DatabaseDown;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dropwizard.lifecycle.Managed;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows alerts: each changed episode from the bus, and every 30 s, or when the bus is back, the open ones from the
 * database, so that what was not heard heals. Owns one thread for the database; stopping interrupts it.
 */
public final class AlertFollower implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(AlertFollower.class);
    private static final long EVERY_SECONDS = 30;
    private static final long AGAIN_SECONDS = 5;
    private static final long SETTLED_MILLIS = 5_000;

    private final EventBus bus;
    private final AlertReads reads;
    private final AlertBoard board;
    private final LiveFeed feed;
    private final Semaphore asked = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("alert-follower").unstarted(this::follow);
    private volatile boolean stopping;
    private volatile long heardMillis;
    private Subscription subscription;

    /** Tells the feed what changes. */
    public AlertFollower(EventBus bus, AlertReads reads, AlertBoard board, LiveFeed feed) {
        this.bus = bus;
        this.reads = reads;
        this.board = board;
        this.feed = feed;
    }

    @Override
    public void start() {
        subscription = bus.subscribe(Channel.ALERTS, new EventBus.Listener() {
            @Override
            public void message(byte[] message) {
                heardMillis = System.currentTimeMillis();
                try {
                    feed.alert(view(AlertEpisode.parseFrom(message)));
                } catch (InvalidProtocolBufferException e) {
                    LOG.debug("message is no AlertEpisode: bytes={}", message.length, e);
                }
            }

            @Override
            public void connected() {
                asked.release();
            }
        });
        thread.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        subscription.close();
        thread.interrupt();
        thread.join();
    }

    private void follow() {
        while (!stopping) {
            long pause = AGAIN_SECONDS;
            try {
                compare(reads.open());
                pause = EVERY_SECONDS;
            } catch (DatabaseDown e) {
                LOG.debug("open alerts not read", e); // told by the database's dependency
            }
            try {
                boolean now = asked.tryAcquire(pause, TimeUnit.SECONDS);
                LOG.trace("reading open alerts: asked={}", now);
                asked.drainPermits();
            } catch (InterruptedException ignored) {
                return; // only stop interrupts
            }
        }
    }

    /** Rows may be a moment behind what the bus just said: then the next comparison tells. */
    private void compare(List<AlertView> rows) {
        if (System.currentTimeMillis() - heardMillis < SETTLED_MILLIS) {
            rows.stream()
                    .filter(row ->
                            board.open().stream().noneMatch(known -> known.id().equals(row.id())))
                    .forEach(feed::alert);
            return;
        }
        Set<String> open = new HashSet<>();
        rows.forEach(row -> {
            open.add(row.id());
            feed.alert(row);
        });
        board.open().stream().filter(known -> !open.contains(known.id())).forEach(gone -> feed.alert(resolved(gone)));
    }

    private static AlertView resolved(AlertView gone) {
        return new AlertView(
                gone.id(),
                gone.rule(),
                gone.machine(),
                gone.series(),
                "resolved",
                gone.severity(),
                gone.message(),
                gone.startedAt(),
                gone.firedAt(),
                System.currentTimeMillis(),
                gone.value(),
                gone.threshold(),
                "notSeen");
    }

    static AlertView view(AlertEpisode episode) {
        return new AlertView(
                episode.getId(),
                episode.getRule(),
                episode.getMachine(),
                episode.getSeries(),
                state(episode.getState()),
                episode.getSeverity(),
                episode.getMessage(),
                episode.getStartMillis(),
                episode.getFiredMillis() == 0 ? null : episode.getFiredMillis(),
                episode.getResolvedMillis() == 0 ? null : episode.getResolvedMillis(),
                episode.getValue(),
                episode.getThreshold(),
                episode.getReason());
    }

    /** One that ended before it fired is resolved like any other, without a time at which it fired. */
    private static String state(AlertState state) {
        return switch (state) {
            case ALERT_STATE_FIRING -> "firing";
            case ALERT_STATE_RESOLVED, ALERT_STATE_INACTIVE -> "resolved";
            case ALERT_STATE_PENDING, ALERT_STATE_UNSPECIFIED, UNRECOGNIZED -> "pending";
        };
    }
}

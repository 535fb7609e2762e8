package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import io.dropwizard.lifecycle.Managed;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between one feed and all viewers. One thread owns the mirror, the groups and the viewers; sockets hand it what they hear
 * and hear from it without blocking.
 *
 * <pre>
 *   feed ──frames──▶ mirror ──changes──▶ group (one per subscription) ──body──▶ viewer, viewer, ...
 *                                                                     └─missed─▶ slow viewer: newest values later
 * </pre>
 *
 * The fleet is stale while there is no feed, while the feed has said nothing for 30 s (it says its status every 15 s), and
 * while the origin itself says so. A body is kept once for all viewers of a group that were told as much; the snapshots of many
 * groups are large together, so a crowd that asks for different things gets them one after the other: some 8 MiB are under way at a
 * time. Stopping ends the thread and waits for nothing.
 */
final class RelayHub implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(RelayHub.class);
    private static final long TICK_MILLIS = 50;
    private static final long SILENCE_MILLIS = 30_000;
    private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long SNAPSHOT_BYTES = 8L << 20;
    /** A viewer that does not take its snapshot must not keep others from theirs for longer. */
    private static final long SNAPSHOT_STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long WAITING_CHARS = 64L << 20;
    private static final int TRY_AGAIN_LATER = 1013;

    private final Mirror mirror;
    private final RelayFrames frames;
    private final RelayMetrics metrics;
    private final Dependency origin;
    private final InstantSource clock;
    private final Map<WebSocketPeer, Viewer> viewers = new LinkedHashMap<>();
    private final Map<ViewerSubscription, ViewerGroup> groups = new LinkedHashMap<>();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("relay-hub").factory(), new ThreadPoolExecutor.DiscardPolicy());
    private final AtomicLong waitingChars = new AtomicLong();
    /** Viewers whose snapshot waits for room, the first come first. */
    private final Set<Viewer> awaiting = new LinkedHashSet<>();

    /** Of snapshots under way, each once. */
    private long snapshotBytes;
    /** The newest snapshot made, for all of its group for a second or until something changes; null = none. */
    private SharedSnapshot snapshot;

    private boolean fed;
    private long heardMillis;
    private long toldStale;
    private List<String> toldDegraded = List.of();
    private long statusNanos = System.nanoTime();

    RelayHub(Mirror mirror, RelayMetrics metrics, Dependency origin, InstantSource clock) {
        this.mirror = mirror;
        this.frames = new RelayFrames(mirror);
        this.metrics = metrics;
        this.origin = origin;
        this.clock = clock;
        this.heardMillis = clock.millis();
        this.toldStale = heardMillis;
    }

    @Override
    public void start() {
        origin.down("no feed");
        Future<?> _ = thread.scheduleAtFixedRate(guarded(this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        thread.shutdownNow();
    }

    /** The feed is there. Any thread. */
    void feedOpened(String from) {
        run(() -> {
            LOG.info("feed opened: from={}", from);
        });
    }

    /**
     * One frame of the feed; the first has to be a snapshot. Any thread, one at a time, in order.
     *
     * @return false when too much waits to be taken: the frame is not, and the feed has to begin again
     */
    boolean feedFrame(String text) {
        if (waitingChars.get() > WAITING_CHARS) {
            return false;
        }
        waitingChars.addAndGet(text.length());
        run(() -> {
            waitingChars.addAndGet(-text.length());
            snapshot = null;
            try {
                Mirror.Applied applied = mirror.apply(text, fed);
                fed = true;
                heardMillis = clock.millis();
                metrics.feedFrames.increment();
                metrics.mirror(mirror.machines().size(), mirror.bytes(), mirror.refused());
                applied(applied);
            } catch (IllegalArgumentException e) {
                metrics.feedRefused.increment();
            }
        });
        return true;
    }

    /** The feed is gone. Any thread. */
    void feedClosed(int code, String reason) {
        run(() -> {
            fed = false;
            LOG.info("feed closed: code={}, reason={}", code, reason);
            tellStatus();
        });
    }

    /** A viewer subscribes, for the first time or again. Any thread. */
    void subscribe(WebSocketPeer peer, ViewerSubscription subscription) {
        run(() -> {
            Viewer viewer = viewers.computeIfAbsent(peer, p -> new Viewer(p, this));
            leaveGroup(viewer);
            viewer.group = groups.computeIfAbsent(subscription, s -> new ViewerGroup(s, System.nanoTime()));
            viewer.group.viewers.add(viewer);
            viewer.snapshotInstead();
            pump(viewer);
        });
    }

    /** A viewer said what we do not understand. Any thread. */
    void refuse(WebSocketPeer peer, String detail) {
        run(() -> {
            Viewer viewer = viewers.computeIfAbsent(peer, p -> new Viewer(p, this));
            viewer.error = detail;
            pump(viewer);
        });
    }

    /** A viewer is gone. Any thread. */
    void leave(WebSocketPeer peer) {
        run(() -> {
            Viewer viewer = viewers.remove(peer);
            if (viewer != null) {
                leaveGroup(viewer);
                awaiting.remove(viewer);
                snapshotLeft(viewer);
            }
        });
    }

    /** A frame has left for a viewer, or failed. Any thread. */
    void sent(Viewer viewer, boolean sent) {
        run(() -> {
            viewer.left();
            snapshotLeft(viewer);
            if (sent) {
                pump(viewer);
            }
        });
    }

    private void applied(Mirror.Applied applied) {
        if (!applied.changes().isEmpty()) {
            groups.values().forEach(group -> group.changed(applied.changes()));
        }
        if (!applied.alertId().isEmpty()) {
            viewers.values().stream().filter(viewer -> viewer.group != null).forEach(viewer -> {
                viewer.miss(applied.alertId(), applied.alert());
                pump(viewer);
            });
        }
        tellStatus();
        flushDue();
    }

    private void tick() {
        flushDue();
        tellStatus();
        if (snapshot != null && !snapshot.stands(clock.millis())) {
            snapshot = null;
        }
        long now = System.nanoTime();
        if (now - statusNanos >= STATUS_NANOS) {
            statusNanos = now;
            wantStatus();
        }
        for (Viewer viewer : Set.copyOf(viewers.values())) {
            boolean inTheWay = viewer.snapshot != null && !awaiting.isEmpty();
            if (!viewer.isClosing() && viewer.stuckNanos(now) > (inTheWay ? SNAPSHOT_STUCK_NANOS : STUCK_NANOS)) {
                metrics.slowClosed.increment();
                viewer.close(TRY_AGAIN_LATER, "frames are not taken");
            }
        }
    }

    private void flushDue() {
        long now = System.nanoTime();
        for (ViewerGroup group : groups.values()) {
            if (group.isDue(now)) {
                flush(group, now);
            }
        }
    }

    private void flush(ViewerGroup group, long now) {
        group.publish(now);
        boolean behind = false;
        for (Viewer viewer : new LinkedHashSet<>(group.viewers)) {
            if (!viewer.isIdle()) {
                metrics.conflated.increment();
            }
            pump(viewer);
            behind |= !viewer.isCurrent();
        }
        if (!behind) {
            group.log.forget();
        }
    }

    /** Tells an idle viewer the next thing that it has missed. */
    private void pump(Viewer viewer) {
        if (!viewer.isIdle() || viewer.isCurrent()) {
            return;
        }
        ViewerGroup group = viewer.group;
        if (group != null && viewer.told < group.log.wholeAt()) {
            viewer.snapshotInstead();
        }
        if (!viewer.error.isEmpty()) {
            String error = viewer.error;
            viewer.error = "";
            send(viewer, "error", frames.error(error));
        } else if (viewer.wantsSnapshot) {
            sendSnapshot(viewer);
        } else if (viewer.wantsStatus) {
            viewer.wantsStatus = false;
            send(viewer, "status", frames.status(staleSince()));
        } else if (!viewer.alerts.isEmpty()) {
            String id = viewer.alerts.keySet().iterator().next();
            send(viewer, "alert", frames.alert(viewer.alerts.remove(id)));
        } else if (viewer.toldInventories < group.log.inventoriesAt()) {
            byte[] body = group.inventory(viewer.toldInventories, frames);
            viewer.toldInventories = group.log.version();
            send(viewer, "inventory", body);
        } else {
            byte[] body = group.delta(viewer.told, frames);
            viewer.told = group.log.version();
            if (body.length > 0) {
                send(viewer, "delta", body);
            }
        }
    }

    private void sendSnapshot(Viewer viewer) {
        long now = clock.millis();
        boolean stands = snapshot != null && snapshot.group == viewer.group && snapshot.stands(now);
        // One that is under way already takes no more room.
        if (snapshotBytes >= SNAPSHOT_BYTES && !(stands && snapshot.isUnderWay())) {
            awaiting.add(viewer);
            return;
        }
        awaiting.remove(viewer);
        viewer.wantsSnapshot = false;
        if (!stands) {
            snapshot = new SharedSnapshot(frames.snapshot(viewer.group, staleSince(), now), viewer.group, now);
        }
        viewer.snapshot = snapshot;
        viewer.told = viewer.group.log.version();
        viewer.toldInventories = viewer.told;
        if (snapshot.goes()) {
            snapshotBytes += snapshot.body.length;
        }
        send(viewer, "snapshot", snapshot.body);
    }

    /** A snapshot is no longer under way, if there was one: the next viewers get theirs. */
    private void snapshotLeft(Viewer viewer) {
        if (viewer.snapshot != null && viewer.snapshot.left()) {
            snapshotBytes -= viewer.snapshot.body.length;
        }
        viewer.snapshot = null;
        while (snapshotBytes < SNAPSHOT_BYTES && !awaiting.isEmpty()) {
            Viewer next = awaiting.iterator().next();
            awaiting.remove(next);
            pump(next);
        }
    }

    private void send(Viewer viewer, String type, byte[] body) {
        metrics.frames.increment();
        metrics.frameBytes.add(body.length);
        viewer.send(type, body);
    }

    private void leaveGroup(Viewer viewer) {
        ViewerGroup group = viewer.group;
        if (group != null) {
            group.viewers.remove(viewer);
            if (group.viewers.isEmpty()) {
                groups.remove(group.subscription);
            }
        }
    }

    private void tellStatus() {
        long stale = staleSince();
        if (stale != toldStale || !mirror.degraded().equals(toldDegraded)) {
            snapshot = null;
            toldStale = stale;
            toldDegraded = mirror.degraded();
            wantStatus();
        }
        if (stale == 0) {
            origin.up();
        } else {
            origin.down(whyStale());
        }
    }

    private String whyStale() {
        if (!fed) {
            return "no feed";
        }
        return isSilent() ? "the feed is silent" : "home has no fresh values";
    }

    private boolean isSilent() {
        return clock.millis() - heardMillis > SILENCE_MILLIS;
    }

    private void wantStatus() {
        viewers.values().stream().filter(viewer -> viewer.group != null).forEach(viewer -> {
            viewer.wantsStatus |= !viewer.wantsSnapshot;
            pump(viewer);
        });
    }

    /** Since when nothing fresh is known, Unix milliseconds; 0 = the fleet is live. */
    private long staleSince() {
        return fed && !isSilent() ? mirror.originStale() : heardMillis;
    }

    private void run(Runnable task) {
        thread.execute(guarded(task));
    }

    /** No input may end the thread. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("BUG: relay hub task failed", e);
            }
        };
    }
}

package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.ApiMetrics;
import ar.mcrn.sysmonstm.api.api.AlertView;
import ar.mcrn.sysmonstm.api.hot.HotFollower;
import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.api.hot.LiveMachine;
import ar.mcrn.sysmonstm.contract.HotState.HotMachine;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.LiveTick;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every client what changes, on one thread of its own.
 *
 * <pre>
 * bus thread ── tick ──┐                       ┌─ group ─ baseline ─ one delta ─┬─▶ client
 * follower ── whole ───┼─▶ queue ─▶ this thread ┤                                ├─▶ client
 * sockets ── join ... ─┘            LiveFleet  └─ group ...                     └─▷ slow client: its own, later
 * </pre>
 *
 * What arrives within one frame gap (10 ms) goes out together; what arrives after a pause goes out at once. At most 512
 * ticks wait: a further one is counted, dropped, and healed by a whole reading of hot state. At most 500 different
 * subscriptions. A client whose frame has not left for 60 s is closed with 1013. Stopping closes clients with 1001 and
 * waits for the thread.
 */
public final class LiveFeed implements Managed, HotFollower.Hearer {
    private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
    private static final int QUEUED_TICKS = 512;
    private static final int GROUPS = 500;
    private static final int DRAIN = 256;
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int GOING_AWAY = 1001;
    private static final int POLICY = 1008;
    private static final int TRY_LATER = 1013;

    private final LiveFleet fleet;
    private final AlertBoard alerts;
    private final ApiMetrics metrics;
    private final InstantSource clock;
    private final Supplier<List<String>> degraded;
    private final Runnable readAgain;
    private final long gapNanos;
    private final long stuckNanos;
    private final LiveFrames frames = new LiveFrames();
    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger queuedTicks = new AtomicInteger();
    private final Map<LiveSubscription, LiveGroup> groups = new HashMap<>();
    private final Map<FrameSink, LiveClient> clients = new LinkedHashMap<>();
    private final Set<LiveClient> late = new LinkedHashSet<>();
    private final Thread thread = Thread.ofPlatform().name("live-feed").unstarted(this::run);
    private LiveStatus status = new LiveStatus(List.of(), 0);
    private long flushedNanos = System.nanoTime();
    private long sweptNanos = flushedNanos;
    private long toldStatusNanos = flushedNanos;
    private boolean connected;
    private volatile boolean stopping;

    /**
     * @param degraded names of dependencies that are down or degraded, asked four times a second
     * @param readAgain asks for a whole reading of hot state; must not block
     * @param gap least time between two frames of one client
     * @param stuck how long a frame may take to leave
     */
    public LiveFeed(
            LiveFleet fleet,
            AlertBoard alerts,
            ApiMetrics metrics,
            InstantSource clock,
            Supplier<List<String>> degraded,
            Runnable readAgain,
            Duration gap,
            Duration stuck) {
        this.fleet = fleet;
        this.alerts = alerts;
        this.metrics = metrics;
        this.clock = clock;
        this.degraded = degraded;
        this.readAgain = readAgain;
        this.gapNanos = gap.toNanos();
        this.stuckNanos = stuck.toNanos();
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() throws InterruptedException {
        queue.add(() -> {
            stopping = true;
            clients.keySet().forEach(sink -> sink.close(GOING_AWAY, "server stops"));
        });
        thread.join();
    }

    @Override
    public void tick(byte[] message) {
        if (queuedTicks.incrementAndGet() > QUEUED_TICKS) {
            queuedTicks.decrementAndGet();
            metrics.ticksDropped().increment();
            readAgain.run();
            return;
        }
        queue.add(() -> {
            queuedTicks.decrementAndGet();
            try {
                LiveTick tick = LiveTick.parseFrom(message);
                long now = clock.millis();
                fleet.apply(tick, now);
                metrics.ticks().increment();
                if (tick.getSamplesCount() > 0 && tick.getEncodedMillis() > 0) {
                    metrics.encodedToHeard()
                            .recordNanos((now - tick.getEncodedMillis()) * NANOS_PER_MILLI, tick.getSamplesCount());
                }
            } catch (InvalidProtocolBufferException e) {
                metrics.ticksDropped().increment();
                LOG.debug("tick is no LiveTick: bytes={}", message.length, e);
            }
        });
    }

    @Override
    public void all(SortedMap<MachineId, HotMachine> machines) {
        queue.add(() -> fleet.applyAll(machines, clock.millis()));
    }

    @Override
    public void connected(boolean now) {
        queue.add(() -> {
            connected = now;
            fleet.connected(now);
        });
    }

    /** One alert changed. Any thread. */
    public void alert(AlertView alert) {
        queue.add(() -> {
            if (alerts.put(alert)) {
                clients.values().stream()
                        .filter(client -> client.group != null
                                && client.group.subscription.visibility().isInside())
                        .forEach(client -> {
                            client.miss(alert);
                            late.add(client);
                        });
            }
        });
    }

    /** Gives a client what it asked for, from a snapshot on; again = instead of what it had. Any thread. */
    public void subscribe(FrameSink sink, LiveSubscription subscription) {
        queue.add(() -> join(client(sink), subscription));
    }

    /** Tells a client what was wrong with its message. Any thread. */
    public void refuse(FrameSink sink, String detail) {
        queue.add(() -> {
            LiveClient client = client(sink);
            client.error = detail;
            late.add(client);
        });
    }

    /** A client is gone. Any thread. */
    public void leave(FrameSink sink) {
        queue.add(() -> {
            LiveClient client = clients.remove(sink);
            if (client != null) {
                late.remove(client);
                leaveGroup(client);
                metrics.clients(clients.size(), groups.size());
            }
        });
    }

    private LiveClient client(FrameSink sink) {
        return clients.computeIfAbsent(sink, _ -> {
            LiveClient[] made = new LiveClient[1];
            made[0] = new LiveClient(
                    sink,
                    () -> queue.add(() -> {
                        if (clients.containsKey(sink)) {
                            late.add(made[0]);
                        }
                    }));
            return made[0];
        });
    }

    private void join(LiveClient client, LiveSubscription subscription) {
        leaveGroup(client);
        LiveGroup group = groups.get(subscription);
        if (group == null) {
            if (groups.size() >= GROUPS) {
                client.sink.close(POLICY, "more than " + GROUPS + " different subscriptions");
                return;
            }
            group = new LiveGroup(subscription, fleet);
            groups.put(subscription, group);
        }
        group.clients.add(client);
        client.group = group;
        client.snapshotInstead();
        late.add(client);
        metrics.clients(clients.size(), groups.size());
    }

    private void leaveGroup(LiveClient client) {
        LiveGroup group = client.group;
        client.group = null;
        if (group != null) {
            group.clients.remove(client);
            if (group.clients.isEmpty()) {
                groups.remove(group.subscription);
            }
        }
    }

    private void run() {
        List<Runnable> batch = new ArrayList<>();
        while (!stopping) {
            try {
                Runnable first = queue.poll(patienceNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    first.run();
                    queue.drainTo(batch, DRAIN);
                    batch.forEach(Runnable::run);
                }
                turn(System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopping = true;
            } catch (RuntimeException e) {
                LOG.error("BUG: live feed failed, goes on", e);
            } finally {
                batch.clear();
            }
        }
    }

    private long patienceNanos() {
        long now = System.nanoTime();
        long sweep = sweptNanos + SWEEP_NANOS - now;
        boolean soon = groups.values().stream().anyMatch(LiveGroup::isWaiting);
        return Math.max(0, soon ? Math.min(sweep, flushedNanos + gapNanos - now) : sweep);
    }

    private void turn(long now) {
        if (now - sweptNanos >= SWEEP_NANOS) {
            sweptNanos = now;
            sweep(now);
        }
        LiveFleet.Changes changes = fleet.takeChanges();
        if (!changes.isEmpty()) {
            groups.values().forEach(group -> group.changed(changes));
        }
        if (now - flushedNanos >= gapNanos) {
            boolean busy = false;
            for (LiveGroup group : groups.values()) {
                busy |= tell(group, group.flush(fleet, now, false));
                busy |= group.isWaiting();
            }
            if (busy) {
                flushedNanos = now;
            }
        }
        catchUp(now);
    }

    /** Tells a group's clients what changed: those who are current all get the same bytes. */
    private boolean tell(LiveGroup group, MissedChanges changes) {
        if (changes.isEmpty()) {
            return false;
        }
        byte[] delta = null;
        for (LiveClient client : group.clients) {
            boolean deltaOnly = changes.inventories.isEmpty();
            if (deltaOnly && client.isIdle() && client.isCurrent()) {
                if (delta == null) {
                    delta = frames.delta(group, changes);
                    measure(changes);
                }
                client.send("delta", delta);
                metrics.frames().increment();
            } else {
                if (!client.isIdle()) {
                    metrics.conflated().increment();
                }
                client.miss(changes);
                late.add(client);
            }
        }
        return true;
    }

    /** A state that changed by the passing of time is no sample's first frame. */
    private void measure(MissedChanges changes) {
        long now = clock.millis();
        changes.machines.forEach((id, change) -> {
            Optional<LiveMachine> machine = change.series.isEmpty() ? Optional.empty() : fleet.machine(id);
            if (machine.isPresent() && machine.get().time() > 0) {
                metrics.heardToSent().recordNanos((now - machine.get().heardMillis()) * NANOS_PER_MILLI);
                if (machine.get().time() <= now) {
                    metrics.sampledToSent().recordNanos((now - machine.get().time()) * NANOS_PER_MILLI);
                }
            }
        });
    }

    /** Gives clients that wait for something their next frame, where the last one has left. */
    private void catchUp(long now) {
        for (LiveClient client : List.copyOf(late)) {
            client.behind(true);
            if (client.hasFailed()) {
                late.remove(client);
                client.sink.close(TRY_LATER, "frame not sent");
                continue;
            }
            while (client.isIdle() && !client.isCurrent()) {
                next(client, now);
            }
            if (client.isCurrent()) {
                client.behind(false);
                late.remove(client);
            }
        }
    }

    private void next(LiveClient client, long now) {
        if (!client.error.isEmpty()) {
            client.send("error", frames.error(client.error));
            client.error = "";
        } else if (client.group == null) {
            client.missed = new MissedChanges();
            client.alerts.clear();
            client.wantsStatus = false;
            client.wantsSnapshot = false;
            return;
        } else if (client.wantsSnapshot) {
            tell(client.group, client.group.flush(fleet, now, true));
            client.snapshotInstead();
            client.send("snapshot", frames.snapshot(client.group, fleet, alerts.open(), status, clock.millis()));
            client.wantsSnapshot = false;
        } else if (!client.missed.inventories.isEmpty()) {
            client.send("inventory", frames.inventory(client.group, fleet, client.missed.inventories));
            client.missed.inventories.clear();
        } else if (!client.missed.isEmpty()) {
            client.send("delta", frames.delta(client.group, client.missed));
            client.missed = new MissedChanges();
        } else if (!client.alerts.isEmpty()) {
            AlertView alert = client.alerts.values().iterator().next();
            client.alerts.remove(alert.id());
            client.send("alert", frames.alert(alert));
        } else if (client.wantsStatus) {
            client.send("status", frames.status(client.group, status));
            client.wantsStatus = false;
        } else {
            return;
        }
        metrics.frames().increment();
    }

    private void sweep(long now) {
        fleet.refresh(clock.millis());
        long since = connected ? 0 : status.staleSince() == 0 ? clock.millis() : status.staleSince();
        LiveStatus fresh = new LiveStatus(degraded.get(), since);
        if (!fresh.equals(status) || now - toldStatusNanos >= STATUS_NANOS) {
            status = fresh;
            toldStatusNanos = now;
            clients.values().forEach(client -> {
                client.wantsStatus = !client.wantsSnapshot && client.group != null;
                late.add(client);
            });
        }
        for (LiveClient client : List.copyOf(clients.values())) {
            if (client.stuckNanos(now) > stuckNanos) {
                metrics.stuck().increment();
                client.sink.close(TRY_LATER, "too slow");
                clients.remove(client.sink);
                late.remove(client);
                leaveGroup(client);
            }
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertMessage;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that does alerting's I/O: appends what was found to the transitions stream, in order, and keeps each machine's
 * state in hot state. While the bus is away it holds on to the entry in hand, tries again with growing pauses, and the queue
 * fills behind it. Stopping lets it send what waits for at most {@link #LAST_SENDS}.
 */
final class AlertSender implements Managed {
    static final Duration LAST_SENDS = Duration.ofSeconds(2);
    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    private static final long POLL_MILLIS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);

    private final String aggregator;
    private final FindingQueue findings;
    private final EventBus bus;
    private final HotState hot;
    private final Dependency dependency;
    private final AlertingMetrics metrics;
    private final AtomicReference<Judged> judged = new AtomicReference<>(new Judged(false, List.of()));
    private final Thread thread;
    private volatile boolean closing;
    private volatile long closedNanos;

    /**
     * What the judges by the clock last knew.
     *
     * @param judging whether silent machines are judged at all
     * @param episodes their open ones
     */
    record Judged(boolean judging, List<AlertEpisode> episodes) {}

    AlertSender(
            String aggregator,
            FindingQueue findings,
            EventBus bus,
            HotState hot,
            Dependency dependency,
            AlertingMetrics metrics) {
        this.aggregator = aggregator;
        this.findings = findings;
        this.bus = bus;
        this.hot = hot;
        this.dependency = dependency;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("alert-sender").daemon().unstarted(this::run);
    }

    @Override
    public void start() {
        dependency.up();
        thread.start();
    }

    /** What goes into the next announcement beside what the rules found. Any thread. */
    void announceJudged(Judged known) {
        judged.set(known);
    }

    private void run() {
        try {
            while (!closing || findings.size() > 0) {
                Finding finding = findings.poll(POLL_MILLIS);
                if (finding != null && !send(finding)) {
                    gaveUp();
                    return;
                }
            }
        } catch (InterruptedException ignored) {
            // Only stop() interrupts, and only when the time for the last sends is over.
            gaveUp();
        }
    }

    private void gaveUp() {
        LOG.warn(
                "last alert transitions not sent: waiting={}, reason={}",
                findings.size() + 1,
                dependency.status().detail());
    }

    /** False where it gave up, which happens on closing only. */
    private boolean send(Finding finding) throws InterruptedException {
        boolean sent = switch (finding) {
            case Finding.Changes changes -> transitions(changes.transitions()) && keep(changes);
            case Finding.Judged judged -> transitions(judged.transitions());
            case Finding.Wake _ -> true;
            case Finding.Summary summary -> append(summarised(summary.announcement()));
        };
        if (sent) {
            metrics.sent.increment();
        }
        return sent;
    }

    private AlertMessage summarised(AlertAnnouncement announcement) {
        Judged known = judged.get();
        AlertAnnouncement.Builder all =
                announcement.toBuilder().setAggregator(aggregator).addAllEpisodes(known.episodes());
        if (known.judging()) {
            all.addMachines(MachineDownJudge.FLEET);
        }
        return AlertMessage.newBuilder().setAnnouncement(all).build();
    }

    private boolean transitions(List<AlertTransition> transitions) throws InterruptedException {
        for (AlertTransition transition : transitions) {
            if (!append(AlertMessage.newBuilder().setTransition(transition).build())) {
                return false;
            }
        }
        return true;
    }

    private boolean append(AlertMessage message) throws InterruptedException {
        byte[] bytes = message.toByteArray();
        long pause = SHORTEST_PAUSE_MILLIS;
        while (true) {
            try {
                bus.append(EventStream.ALERT_TRANSITIONS, bytes);
                dependency.up();
                return true;
            } catch (BusException e) {
                metrics.busFailures.increment();
                dependency.degraded("alert transitions wait: " + e.getMessage());
                if (closing && System.nanoTime() - closedNanos > LAST_SENDS.toNanos()) {
                    return false;
                }
                Thread.sleep(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    /** True always: a state that hot state cannot take is replaced by the machine's next, or joined by its series. */
    private boolean keep(Finding.Changes changes) {
        try {
            hot.writeAlertState(changes.machine(), changes.state().toByteArray());
        } catch (BusException e) {
            metrics.stateFailures.increment();
            LOG.debug("alert state not kept: machine={}", changes.machine(), e);
        }
        return true;
    }

    @Override
    public void stop() throws InterruptedException {
        closedNanos = System.nanoTime();
        closing = true;
        findings.wake();
        if (!thread.join(LAST_SENDS)) {
            thread.interrupt();
            thread.join();
        }
    }
}

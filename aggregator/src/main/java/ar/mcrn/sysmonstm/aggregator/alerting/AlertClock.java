package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.aggregator.retention.HistoryDisk;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What alerting does by the clock, on one thread of its own: look at the rule file, judge silent machines and the history's
 * disk, ask for the announcement. Stopping waits for the look under way.
 */
final class AlertClock implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(AlertClock.class);

    private final AlertingSettings settings;
    private final RuleSource source;
    private final MachineDownJudge judge;
    private final HistoryDiskJudge diskJudge;
    private final HistoryDisk disk;
    private final AlertHandler handler;
    private final FindingQueue findings;
    private final AlertSender sender;
    private final HotState hot;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("alert-clock").daemon().factory());
    private long announcedNanos = System.nanoTime();
    private boolean summaryAsked;

    AlertClock(
            AlertingSettings settings,
            RuleSource source,
            MachineDownJudge judge,
            HistoryDiskJudge diskJudge,
            HistoryDisk disk,
            AlertHandler handler,
            FindingQueue findings,
            AlertSender sender,
            HotState hot) {
        this.settings = settings;
        this.source = source;
        this.judge = judge;
        this.diskJudge = diskJudge;
        this.disk = disk;
        this.handler = handler;
        this.findings = findings;
        this.sender = sender;
        this.hot = hot;
    }

    @Override
    public void start() {
        RuleSet rules = source.rules();
        judgeBy(rules);
        long millis = settings.lookInterval().toMillis();
        // look() lets nothing escape.
        Future<?> _ = thread.scheduleWithFixedDelay(this::look, 0, millis, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            source.look().ifPresent(rules -> {
                handler.use(rules);
                judgeBy(rules);
            });
            tell(diskJudge.look(disk.last(), System.nanoTime(), System.currentTimeMillis()));
            judgeMachines();
            announce();
        } catch (RuntimeException e) {
            LOG.error("BUG: alert clock failed, goes on", e);
        }
    }

    private void judgeBy(RuleSet rules) {
        tell(judge.use(rules, System.currentTimeMillis()));
        tell(diskJudge.use(rules, System.currentTimeMillis()));
    }

    private void judgeMachines() {
        try {
            SortedMap<MachineId, Long> lastSeen = hot.lastSeen();
            tell(judge.look(lastSeen, System.nanoTime(), System.currentTimeMillis()));
        } catch (BusException e) {
            judge.blind();
            LOG.debug("machine-down is not judged without hot state", e);
        }
        List<AlertEpisode> open = new ArrayList<>(judge.open());
        open.addAll(diskJudge.open());
        sender.announceJudged(new AlertSender.Judged(judge.isJudging(System.nanoTime()), open));
    }

    private void tell(List<AlertTransition> transitions) {
        if (!transitions.isEmpty()) {
            findings.offer(new Finding.Judged(transitions));
        }
    }

    private void announce() {
        if (summaryAsked && handler.withdrawSummary()) {
            // No sample came since: nothing was evaluated, but silent machines are announced all the same.
            findings.offer(new Finding.Summary(AlertAnnouncement.newBuilder()
                    .setTimeMillis(System.currentTimeMillis())
                    .build()));
        }
        summaryAsked = false;
        Duration since = Duration.ofNanos(System.nanoTime() - announcedNanos);
        if (since.compareTo(settings.announceInterval()) >= 0) {
            announcedNanos = System.nanoTime();
            handler.requestSummary();
            summaryAsked = true;
        }
    }

    @Override
    public void stop() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
            thread.shutdownNow();
        }
    }
}

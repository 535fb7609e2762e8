package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** One load run from start to report: agents, viewers, progress every 2 s, then the oracle. */
final class LoadRun {

    private static final long PROGRESS_MILLIS = 2_000;
    /** Goodbye and its outcomes, after the drain. */
    private static final long GOODBYE_MILLIS = 10_000;

    private final LoadPlan plan;
    private final PrintStream progress;
    private final List<LoadWindow> windows = new ArrayList<>();
    private final Map<String, Double> memoryMebibytes = new LinkedHashMap<>();
    private ProcessFigures processes;
    private Long caughtUpMillis;
    private long sentBackfill;
    private IdleViewers.Figures idleViewers;

    LoadRun(LoadPlan plan, PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * @throws SQLException when the database cannot be read back; the run itself never fails
     * @throws IOException when the file for the obligations cannot be made
     */
    LoadReport run() throws InterruptedException, SQLException, IOException {
        try (IdleViewers idle = plan.viewers().idle() > 0 ? IdleViewers.open(plan, progress) : null) {
            return load(idle);
        }
    }

    private LoadReport load(IdleViewers idle) throws InterruptedException, SQLException, IOException {
        Map<String, Long> named = new LinkedHashMap<>(plan.processes());
        named.put("loadgen", ProcessHandle.current().pid());
        this.processes = new ProcessFigures(Path.of("/proc"), named);
        long begin = System.nanoTime();
        try (Fleet fleet = new Fleet(plan);
                LatencyLog latencies = new LatencyLog(plan.latencyLog(), fleet.startMillis());
                Viewers viewers = plan.viewers().count() > 0 ? new Viewers(plan) : null) {
            if (viewers != null) {
                viewers.start();
            }
            fleet.start();
            SteadyPart steady = new SteadyPart(plan, processes);
            watch(fleet, viewers, latencies, steady, begin);
            idleViewers = idle == null ? null : idle.figures();
            fleet.stop();
            long elapsed = (System.nanoTime() - begin) / 1_000_000;
            Map<String, Double> cpu = processes.used();
            Optional<Latency> commit = plan.admin().isPresent()
                    ? AdminMetrics.commitLatency(plan.admin().get())
                    : Optional.empty();
            return report(fleet, viewers, commit, cpu, steady, elapsed);
        }
    }

    /** Prints progress until all agents are done, or long after they should have been. */
    private void watch(Fleet fleet, Viewers viewers, LatencyLog latencies, SteadyPart steady, long begin)
            throws InterruptedException {
        long limit = plan.duration()
                .plus(plan.drain())
                .plusMillis(2 * GOODBYE_MILLIS)
                .toMillis();
        boolean done = false;
        while (!done) {
            done = fleet.await(PROGRESS_MILLIS);
            LoadCounters counters = fleet.counters();
            long elapsed = (System.nanoTime() - begin) / 1_000_000;
            Histogram acks = counters.ackWindow();
            Histogram frames = viewers == null ? new Histogram(1) : viewers.window();
            latencies.window("ack", acks);
            latencies.window("frame", frames);
            window(fleet, viewers, acks, frames);
            fleet.log().counters(counters.seen());
            steady.reached(elapsed, done, counters.sent.sum(), counters.deferred.sum(), acks, frames);
            if (!done) {
                progress.println(line(counters, viewers, elapsed));
            }
            if (elapsed > limit) {
                progress.println("agents did not end in time: those left are cut");
                done = true;
            }
        }
    }

    private void window(Fleet fleet, Viewers viewers, Histogram acks, Histogram frames) {
        LoadCounters counters = fleet.counters();
        Map<String, Double> memory = processes.memoryMebibytes();
        memory.forEach((name, mebibytes) -> memoryMebibytes.merge(name, mebibytes, Math::max));
        long waiting = counters.waiting.sum();
        long now = System.currentTimeMillis();
        long backfill = counters.sentBackfill.sum();
        if (waiting > 0 || backfill != sentBackfill) {
            caughtUpMillis = waiting > 0 ? null : now;
        }
        sentBackfill = backfill;
        windows.add(new LoadWindow(
                now,
                counters.connected.sum(),
                counters.issued.sum(),
                counters.acknowledged.sum(),
                counters.unacknowledged(),
                waiting,
                counters.reconnects(),
                viewers == null ? 0 : viewers.connected(),
                Latency.ofMicros(acks),
                Latency.ofMicros(frames),
                processes.cores(),
                memory));
    }

    private String line(LoadCounters counters, Viewers viewers, long elapsedMillis) {
        StringBuilder line = new StringBuilder("%3d s  connected %d/%d  sent %d  acknowledged %d  unacknowledged %d"
                .formatted(
                        elapsedMillis / 1_000,
                        counters.connected.sum(),
                        plan.machines(),
                        counters.sent.sum(),
                        counters.acknowledged.sum(),
                        counters.unacknowledged()));
        line.append("  reconnects ").append(counters.reconnects());
        count(line, "restarts", counters.restarts.sum());
        count(line, "deferred", counters.deferred.sum());
        count(line, "rejected", counters.rejectedFinally());
        count(line, "waiting", counters.waiting.sum());
        count(line, "backfill", counters.sentBackfill.sum());
        count(line, "dropped", counters.dropped.sum());
        Latency acks = windows.getLast().ackMillis();
        if (acks != null) {
            line.append("  ack p99 ").append(Math.round(acks.p99())).append(" ms");
        }
        if (viewers != null) {
            Latency frame = viewers.latency();
            line.append("  viewers ")
                    .append(viewers.connected())
                    .append('/')
                    .append(plan.viewers().count());
            if (frame != null) {
                line.append("  frame p99 ").append(Math.round(frame.p99())).append(" ms");
            }
        }
        String lastEnd = counters.lastEnd.getAndSet("");
        if (!lastEnd.isEmpty()) {
            line.append("  last end: ").append(lastEnd);
        }
        return line.toString();
    }

    private static void count(StringBuilder line, String name, long count) {
        if (count > 0) {
            line.append("  ").append(name).append(' ').append(count);
        }
    }

    private LoadReport report(
            Fleet fleet,
            Viewers viewers,
            Optional<Latency> commit,
            Map<String, Double> cpu,
            SteadyPart steady,
            long elapsed)
            throws SQLException, InterruptedException {
        LoadCounters counters = fleet.counters();
        Findings found = null;
        if (plan.database().isPresent()) {
            progress.println("reading back " + plan.database().get());
            List<RunObligation> obligations = fleet.agents().stream()
                    .flatMap(agent -> agent.obligations().stream())
                    .toList();
            found = new DeliveryOracle(new DeliveryOracle.Expected(
                            plan.seed(),
                            plan.machines(),
                            fleet.startMillis(),
                            plan.behaviour().clockSkew().toMillis(),
                            0))
                    .check(plan.database().get(), obligations);
        }
        return new LoadReport(
                plan.agents(),
                plan.intervalMillis(),
                Duration.ofMillis((long) plan.rounds() * plan.intervalMillis()).toMillis(),
                plan.seed(),
                fleet.startMillis(),
                elapsed,
                counters.issued.sum(),
                counters.sent.sum(),
                counters.sentBackfill.sum(),
                counters.sentBytes.sum(),
                counters.acknowledged.sum(),
                counters.rejectedByReason(),
                counters.deferred.sum(),
                counters.resent.sum(),
                counters.dropped.sum(),
                counters.unacknowledged(),
                counters.unexpected.sum(),
                counters.events.sum(),
                counters.eventsAcknowledged.sum(),
                counters.eventsRejected.sum(),
                counters.eventsUnacknowledged(),
                counters.unparsable.sum(),
                counters.connections.sum(),
                counters.reconnects(),
                counters.restarts.sum(),
                counters.displaced.sum(),
                found == null ? null : found.lost,
                found == null ? null : found.duplicates,
                found == null ? null : found.different,
                found == null ? null : found.notIssued,
                found == null ? null : found.expired,
                found == null ? null : found.rows,
                found == null ? null : found.deviceRows,
                found == null ? null : found.eventRows,
                found == null ? List.of() : found.named(),
                caughtUpMillis,
                Latency.ofMicros(counters.ackTotal()),
                commit.orElse(null),
                viewers == null ? null : viewers.latency(),
                plan.viewers().count(),
                viewers == null ? 0 : viewers.frames(),
                idleViewers,
                cpu,
                memoryMebibytes,
                steady.figures(),
                steady.databaseFigures(),
                windows,
                finding(counters, found));
    }

    private String finding(LoadCounters counters, Findings found) {
        if (!counters.mistake.get().isEmpty()) {
            return counters.mistake.get();
        }
        if (found != null && !found.isClean()) {
            return found.first();
        }
        if (counters.welcomed.sum() == 0) {
            return "no agent was welcomed by the aggregator";
        }
        Map<String, Long> seen = counters.seen();
        if (found != null) {
            seen.put("rows", found.rows);
            seen.put("fresh", found.fresh);
            seen.put("freshMachines", found.freshMachines);
        }
        return plan.atLeast().missing(seen).orElse(null);
    }
}

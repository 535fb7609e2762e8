package ar.mcrn.sysmonstm.loadgen;

import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
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

    LoadRun(LoadPlan plan, PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** @throws SQLException when the database cannot be read back; the run itself never fails */
    LoadReport run() throws InterruptedException, SQLException {
        Map<String, Long> processes = new LinkedHashMap<>(plan.processes());
        processes.put("loadgen", ProcessHandle.current().pid());
        ProcessTimes times = new ProcessTimes(Path.of("/proc"), processes);
        long begin = System.nanoTime();
        try (Fleet fleet = new Fleet(plan);
                Viewers viewers = plan.viewers() > 0
                        ? new Viewers(plan.api().orElseThrow(), plan.viewerInterval(), Machine.prefix(plan.seed()))
                        : null) {
            if (viewers != null) {
                viewers.start(plan.viewers());
            }
            fleet.start();
            Histogram acks = watch(fleet, viewers, begin);
            fleet.stop();
            long elapsed = (System.nanoTime() - begin) / 1_000_000;
            Map<String, Double> cpu = times.used();
            Optional<Latency> commit = plan.admin().isPresent()
                    ? AdminMetrics.commitLatency(plan.admin().get())
                    : Optional.empty();
            return report(fleet, viewers, acks, commit, cpu, elapsed);
        }
    }

    /** Prints progress until all agents are done, or long after they should have been. */
    private Histogram watch(Fleet fleet, Viewers viewers, long begin) throws InterruptedException {
        long limit = plan.duration()
                .plus(plan.drain())
                .plusMillis(2 * GOODBYE_MILLIS)
                .toMillis();
        LoadCounters counters = fleet.counters();
        Histogram acks = counters.ackTotal();
        while (!fleet.await(PROGRESS_MILLIS)) {
            acks = counters.ackTotal();
            long elapsed = (System.nanoTime() - begin) / 1_000_000;
            progress.println(line(counters, acks, viewers, elapsed));
            if (elapsed > limit) {
                progress.println("agents did not end in time: those left are cut");
                break;
            }
        }
        return counters.ackTotal();
    }

    private String line(LoadCounters counters, Histogram acks, Viewers viewers, long elapsedMillis) {
        StringBuilder line = new StringBuilder("%3d s  connected %d/%d  sent %d  acknowledged %d  unacknowledged %d"
                .formatted(
                        elapsedMillis / 1_000,
                        counters.connected.sum(),
                        plan.agents(),
                        counters.sent.sum(),
                        counters.acknowledged.sum(),
                        counters.unacknowledged()));
        line.append("  reconnects ").append(reconnects(counters));
        count(line, "deferred", counters.deferred.sum());
        count(line, "rejected", counters.rejectedFinally());
        count(line, "backfill", counters.sentBackfill.sum());
        count(line, "dropped", counters.dropped.sum());
        if (acks.getTotalCount() > 0) {
            line.append("  ack p99 ")
                    .append(acks.getValueAtPercentile(99) / 1_000)
                    .append(" ms");
        }
        if (viewers != null) {
            Latency frame = viewers.latency();
            line.append("  viewers ").append(viewers.connected()).append('/').append(plan.viewers());
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

    private long reconnects(LoadCounters counters) {
        return Math.max(0, counters.connections.sum() - plan.agents());
    }

    private LoadReport report(
            Fleet fleet,
            Viewers viewers,
            Histogram acks,
            Optional<Latency> commit,
            Map<String, Double> cpu,
            long elapsed)
            throws SQLException {
        LoadCounters counters = fleet.counters();
        DeliveryOracle.Findings found = null;
        if (plan.database().isPresent()) {
            progress.println("reading back " + plan.database().get());
            List<DeliveryOracle.Obligation> obligations =
                    fleet.agents().stream().map(SimulatedAgent::obligation).toList();
            found = new DeliveryOracle(plan.intervalMillis())
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
                counters.dropped.sum(),
                counters.unacknowledged(),
                counters.unexpected.sum(),
                counters.unparsable.sum(),
                counters.connections.sum(),
                reconnects(counters),
                counters.displaced.sum(),
                found == null ? null : found.lost(),
                found == null ? null : found.duplicates(),
                found == null ? null : found.different(),
                found == null ? null : found.notIssued(),
                found == null ? null : found.rows(),
                Latency.ofMicros(acks),
                commit.orElse(null),
                viewers == null ? null : viewers.latency(),
                plan.viewers(),
                viewers == null ? 0 : viewers.frames(),
                cpu,
                finding(counters, found));
    }

    private static String finding(LoadCounters counters, DeliveryOracle.Findings found) {
        if (!counters.mistake.get().isEmpty()) {
            return counters.mistake.get();
        }
        if (found != null && !found.isClean()) {
            return found.example();
        }
        return counters.welcomed.sum() == 0 ? "no agent was welcomed by the aggregator" : null;
    }
}

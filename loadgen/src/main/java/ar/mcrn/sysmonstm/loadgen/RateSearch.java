package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Searches for the most agents that are held within the bounds: doubles until a run is not held, then halves the distance until it is
 * below a tenth. Each step is a run of its own, after one that only warms everything up. A run is held where nothing was
 * deferred, refused, dropped or left without an outcome, the database agrees, and 99 of 100 samples were committed, and seen by
 * viewers, in time.
 */
final class RateSearch {

    private static final double CLOSE = 0.1;

    private final LoadPlan plan;
    private final Duration commitBound;
    private final Duration frameBound;
    private final int most;
    private final PrintStream progress;
    private final List<Step> steps = new ArrayList<>();

    /**
     * @param plan of each step; its agents are those of the first
     * @param commitBound longest time from received to committed, 99 of 100
     * @param frameBound longest time from sample to frame, 99 of 100; asked only with viewers
     * @param most agents tried
     */
    RateSearch(LoadPlan plan, Duration commitBound, Duration frameBound, int most, PrintStream progress) {
        if (plan.admin().isEmpty()) {
            throw new IllegalArgumentException("--find-max needs --admin URL");
        }
        if (plan.obligations().isPresent() || plan.latencyLog().isPresent()) {
            throw new IllegalArgumentException("--obligations and --hlog are for one run, not for --find-max");
        }
        LoadPlan.range("--bound-commit", commitBound, Duration.ofMillis(1), Duration.ofHours(1));
        LoadPlan.range("--bound-frame", frameBound, Duration.ofMillis(1), Duration.ofHours(1));
        LoadPlan.range("--most", most, plan.agents(), 100_000);
        this.plan = plan;
        this.commitBound = commitBound;
        this.frameBound = frameBound;
        this.most = most;
        this.progress = progress;
    }

    /**
     * One load tried.
     *
     * @param agents simulated
     * @param samplesPerSecond of all agents
     * @param commitMillis received to committed; null = not measured
     * @param frameMillis sample to frame in the steady part; null = not measured
     * @param cpuSeconds by process
     * @param memoryMebibytes by process
     * @param held whether the bounds were kept
     * @param why what was not kept; empty where held
     */
    record Step(
            int agents,
            double samplesPerSecond,
            Latency commitMillis,
            Latency frameMillis,
            Map<String, Double> cpuSeconds,
            Map<String, Double> memoryMebibytes,
            boolean held,
            String why) {}

    /**
     * What was found.
     *
     * @param highestHeld agents; 0 where not even the first load was held
     * @param samplesPerSecond of these
     * @param commitBoundMillis bound of received to committed, 99 of 100
     * @param frameBoundMillis bound of sample to frame, 99 of 100; null = not asked
     * @param steps in order
     */
    record Found(
            int highestHeld, double samplesPerSecond, long commitBoundMillis, Long frameBoundMillis, List<Step> steps) {

        String json() {
            return ResultJson.of(this);
        }

        String text() {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%8s %12s %14s %14s  %-5s %s%n",
                    "agents",
                    "samples/s",
                    "commit p99 ms",
                    "frame p99 ms",
                    "held",
                    "CPU seconds"));
            for (Step step : steps) {
                text.append(String.format(
                        Locale.ROOT,
                        "%8d %12.0f %14s %14s  %-5s %s%s%n",
                        step.agents(),
                        step.samplesPerSecond(),
                        p99(step.commitMillis()),
                        p99(step.frameMillis()),
                        step.held() ? "yes" : "no",
                        step.cpuSeconds(),
                        step.why().isEmpty() ? "" : "  " + step.why()));
            }
            return text.append(String.format(
                            Locale.ROOT, "highest held: %d agents, %.0f samples/s%n", highestHeld, samplesPerSecond))
                    .toString();
        }

        private static String p99(Latency latency) {
            return latency == null || latency.p99() == null ? "-" : String.format(Locale.ROOT, "%.1f", latency.p99());
        }
    }

    /** @throws SQLException when the database cannot be read back */
    Found run() throws InterruptedException, SQLException, IOException {
        progress.println("warming up with " + plan.agents() + " agents");
        new LoadRun(plan, progress).run();
        int held = 0;
        int failed = most + 1;
        for (int agents = plan.agents(); agents < failed; agents = Math.min(agents * 2, most)) {
            if (!isHeld(agents)) {
                failed = agents;
            } else {
                held = agents;
                if (agents == most) {
                    break;
                }
            }
        }
        while (held > 0 && failed <= most && failed - held > held * CLOSE) {
            int agents = (held + failed) / 2;
            if (isHeld(agents)) {
                held = agents;
            } else {
                failed = agents;
            }
        }
        return new Found(
                held,
                perSecond(held),
                commitBound.toMillis(),
                plan.viewers().count() > 0 ? frameBound.toMillis() : null,
                List.copyOf(steps));
    }

    private double perSecond(int agents) {
        return agents * 1_000.0 / plan.intervalMillis();
    }

    private boolean isHeld(int agents) throws InterruptedException, SQLException, IOException {
        progress.println("trying " + agents + " agents");
        LoadReport report = new LoadRun(plan.withAgents(agents), progress).run();
        String why = broken(report).orElse("");
        steps.add(new Step(
                agents,
                perSecond(agents),
                commits(report),
                steadyFrames(report),
                report.cpuSeconds(),
                report.memoryMebibytes(),
                why.isEmpty(),
                why));
        return why.isEmpty();
    }

    private Optional<String> broken(LoadReport report) {
        if (report.finding() != null) {
            return Optional.of(report.finding());
        }
        if (report.deferred() > 0
                || report.dropped() > 0
                || report.unacknowledged() > 0
                || !report.rejected().isEmpty()) {
            return Optional.of("deferred %d, dropped %d, unacknowledged %d, rejected %s"
                    .formatted(report.deferred(), report.dropped(), report.unacknowledged(), report.rejected()));
        }
        if (plan.viewers().count() > 0 && report.steady() == null) {
            return Optional.of("no steady part: --duration is too short for ramp and --warm-up");
        }
        if (late(commits(report), commitBound)) {
            return Optional.of("committed too late");
        }
        return plan.viewers().count() > 0 && late(steadyFrames(report), frameBound)
                ? Optional.of("seen too late")
                : Optional.empty();
    }

    private static Latency steadyFrames(LoadReport report) {
        return report.steady() == null ? null : report.steady().frameMillis();
    }

    /** Of the steady part, or of the last minute of a run too short to have one. */
    private static Latency commits(LoadReport report) {
        Latency steady = report.steady() == null ? null : report.steady().commitMillis();
        return steady == null ? report.commitMillis() : steady;
    }

    /** What was not measured was not in time. */
    private static boolean late(Latency latency, Duration bound) {
        return latency == null || latency.p99() == null || latency.p99() > bound.toMillis();
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Runs one scenario under one load and makes its row. Several may run at the same time: each has everything of its own. */
public final class FaultRunner {
    private final String commit;
    private final PrintStream progress;
    private final Set<FaultStage> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /**
     * A runner.
     *
     * @param commit what is tested
     * @param progress where it tells what happens
     */
    public FaultRunner(String commit, PrintStream progress) {
        this.commit = commit;
        this.progress = progress;
    }

    /** Runs it; whatever fails is the row's verdict. */
    public FaultRow run(FaultScenario scenario, FaultLoad load) throws InterruptedException {
        long begin = System.nanoTime();
        Instant startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        PrintStream told = new PrefixedLines(progress, scenario.id());
        told.println(scenario.fault() + "; " + load);
        FaultRow row;
        try {
            row = run(scenario, load, begin, startedAt, told);
        } catch (IOException | SQLException | RuntimeException e) {
            told.println("  " + e);
            row = row(scenario, load, new Evidence(), List.of(), "", -1, -1, failure(e), begin, startedAt);
        }
        told.println("  " + row.verdict());
        return row;
    }

    private FaultRow run(FaultScenario scenario, FaultLoad load, long begin, Instant startedAt, PrintStream told)
            throws IOException, InterruptedException, SQLException {
        Deployment deployment = scenario.deploy();
        try (FaultStage stage = new FaultStage(deployment, load, told)) {
            open.add(stage);
            Evidence evidence = stage.evidence();
            try {
                scenario.run(stage);
                List<LoadRun.Report> reports = stage.reports();
                String obligations = stage.verify();
                scenario.afterwards(stage);
                return row(
                        scenario,
                        load,
                        evidence,
                        reports,
                        obligations,
                        stage.unacknowledgedAtFault(),
                        stage.recovery().seconds(),
                        FaultJudge.verdict(reports, evidence),
                        begin,
                        startedAt);
            } catch (IOException | SQLException | UncheckedIOException | IllegalStateException e) {
                told.println("  " + e);
                return row(
                        scenario,
                        load,
                        evidence,
                        List.of(),
                        "",
                        stage.unacknowledgedAtFault(),
                        stage.recovery().seconds(),
                        failure(e),
                        begin,
                        startedAt);
            } finally {
                open.remove(stage);
            }
        }
    }

    /** Ends what runs at once, with all its processes. From any thread. */
    public void stop() {
        stopped = true;
        open.forEach(FaultStage::close);
    }

    /** Whether it was told to stop: a row that ends afterwards says nothing. */
    boolean isStopped() {
        return stopped;
    }

    /** One line: what else there is to say was told before. */
    private static String failure(Exception e) {
        String said = e.getMessage() == null ? e.toString() : e.getMessage();
        return "fail: " + said.lines().findFirst().orElse(e.toString());
    }

    private FaultRow row(
            FaultScenario scenario,
            FaultLoad load,
            Evidence evidence,
            List<LoadRun.Report> reports,
            String obligations,
            long unacknowledgedAtFault,
            double recoverySeconds,
            String verdict,
            long begin,
            Instant startedAt) {
        FaultJudge.Totals totals = FaultJudge.totals(reports);
        return new FaultRow(
                scenario.id(),
                scenario.fault(),
                load.toString(),
                scenario.expected(),
                evidence.proofs(),
                evidence.seen(),
                load.agents(),
                load.seed(),
                load.duration().toSeconds(),
                unacknowledgedAtFault,
                totals.issued(),
                totals.acknowledged(),
                totals.rowsStored(),
                totals.lost(),
                totals.duplicates(),
                totals.different(),
                totals.notIssued(),
                totals.events(),
                totals.eventsStored(),
                obligations,
                totals.rejected(),
                totals.reconnects(),
                recoverySeconds,
                evidence.figures(),
                verdict,
                commit,
                startedAt.toString(),
                FaultStage.seconds(begin));
    }
}

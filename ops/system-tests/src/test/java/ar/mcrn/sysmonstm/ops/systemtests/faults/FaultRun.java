package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One fault under load: stores and an aggregator of its own, simulated agents, the fault as soon as enough samples wait for
 * their outcome, the restart on the same ports, and the comparison of what was acknowledged with what is stored.
 */
public final class FaultRun {
    static final String EXPECTED = "lost 0, duplicates 0, none left, all agents back by themselves in 45 s";

    private static final Duration DOWN = Duration.ofSeconds(5);
    /** An agent waits up to 30 s between two attempts; the rest is for the part's own start. */
    private static final Duration RECOVERY = Duration.ofSeconds(45);

    private static final long WARM_UP_SECONDS = 5;

    private final PrintStream progress;

    /** @param progress where it tells what happens */
    public FaultRun(PrintStream progress) {
        this.progress = progress;
    }

    /** Runs it; whatever fails is the row's verdict. */
    public FaultRow run(Fault fault, FaultLoad load) throws InterruptedException {
        progress.println(fault.id() + ": " + fault.text() + "; " + load);
        try (Deployment deployment = Deployment.start()) {
            return judge(fault, load, deployment);
        } catch (IOException | IllegalStateException e) {
            return FaultRow.broken(fault, load, e.toString());
        }
    }

    private FaultRow judge(Fault fault, FaultLoad load, Deployment deployment)
            throws IOException, InterruptedException {
        ServiceProcess first = deployment.startReady(Part.AGGREGATOR, Map.of());
        LoadRun run = LoadRun.start(deployment, first, load.agents(), load.duration(), load.seed());
        LoadRun.Progress before = run.awaitProgress(
                now -> now.seconds() >= WARM_UP_SECONDS
                        && now.connected() == load.agents()
                        && now.unacknowledged() >= load.unacknowledged(),
                load.duration());
        URI admin = first.address("admin");
        if (fault == Fault.AGGREGATOR_KILLED) {
            first.kill9();
        } else {
            deployment.postgres().kill9();
        }
        progress.println("  before: " + before.line());
        run.goOnFor(DOWN);
        long restart = System.nanoTime();
        if (fault == Fault.AGGREGATOR_KILLED) {
            deployment.restart(first);
        } else {
            deployment.postgres().restart();
        }
        awaitRecovery(deployment, admin, run, load.agents());
        double recoverySeconds = Duration.ofNanos(System.nanoTime() - restart).toMillis() / 1_000.0;
        progress.println("  back after " + recoverySeconds + " s");
        return row(fault, load, before, run.report(), recoverySeconds);
    }

    /**
     * Until all agents have a stream and something was committed after the restart, or all is done: then an agent came
     * back when its schedule was over.
     *
     * @throws IllegalStateException when that does not come to be, with what was seen last
     */
    private static void awaitRecovery(Deployment deployment, URI admin, LoadRun run, int agents) {
        AtomicLong committed = new AtomicLong(-1);
        AtomicReference<String> seen = new AtomicReference<>("no metrics");
        try {
            Awaitility.await()
                    .atMost(RECOVERY.multipliedBy(2))
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> {
                        if (!run.isAlive()) {
                            return true;
                        }
                        Metrics metrics = deployment.http().metrics(admin);
                        long streams = metrics.sum("sysmonstm_ingest_streams");
                        long stored = metrics.sum("sysmonstm_history_stored_samples_total");
                        seen.set("streams " + streams + ", stored " + stored);
                        committed.compareAndSet(-1, stored);
                        return streams == agents && stored > committed.get();
                    });
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException("not recovered: " + seen + "; " + run, e);
        }
    }

    private static FaultRow row(
            Fault fault, FaultLoad load, LoadRun.Progress before, LoadRun.Report report, double recoverySeconds) {
        List<String> faults = new ArrayList<>();
        for (String field : List.of("lost", "duplicates", "different", "notIssued", "dropped", "unacknowledged")) {
            if (report.count(field) != 0) {
                faults.add(field + " " + report.count(field));
            }
        }
        if (report.exitCode() != 0) {
            faults.add("exit code " + report.exitCode() + " "
                    + report.json().path("finding").asText());
        }
        if (report.count("acknowledged") != report.count("rowsStored")) {
            faults.add("acknowledged differs from rows stored");
        }
        if (recoverySeconds > RECOVERY.toSeconds()) {
            faults.add("not back in " + RECOVERY.toSeconds() + " s");
        }
        return new FaultRow(
                fault.id(),
                fault.text(),
                load.toString(),
                EXPECTED,
                load.agents(),
                load.seed(),
                before.unacknowledged(),
                report.count("issued"),
                report.count("acknowledged"),
                report.count("rowsStored"),
                report.count("lost"),
                report.count("duplicates"),
                report.count("reconnects"),
                recoverySeconds,
                faults.isEmpty() ? FaultRow.PASS : "fail: " + String.join(", ", faults));
    }
}

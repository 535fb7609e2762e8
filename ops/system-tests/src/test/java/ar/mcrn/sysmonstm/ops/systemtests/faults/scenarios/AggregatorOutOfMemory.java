package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** F29: an aggregator whose heap is too small for its load ends at once and knowingly; one with enough takes over. */
final class AggregatorOutOfMemory implements FaultScenario {
    /** Enough to start and to serve a few agents. */
    private static final String HEAP = "-Xmx40m";

    private static final Duration BACK = Duration.ofSeconds(45);
    /** Of a JVM with {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int EXIT = 3;

    @Override
    public String id() {
        return "F29";
    }

    @Override
    public String fault() {
        return "aggregator: out of memory (" + HEAP + ") under load, started again with the usual heap";
    }

    @Override
    public String expected() {
        return "ends by itself with exit code 3; all agents back in 45 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(30), BACK);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        ServiceProcess small = stage.deployment().start(Part.AGGREGATOR, List.of(HEAP), Map.of());
        stage.adoptAggregator(small, Map.of());
        stage.deployment().awaitReady(small, stage.admin());
        stage.startLoad();
        OptionalInt exit = small.awaitExit(Duration.ofSeconds(30));
        stage.evidence()
                .proof(
                        exit.orElse(-1) == EXIT
                                && small.output().stream().anyMatch(line -> line.contains("OutOfMemoryError")),
                        "exit code %d, %s",
                        exit.orElse(-1),
                        exit.isEmpty()
                                ? "still runs"
                                : String.join(
                                        " / ",
                                        small.output().subList(2, small.output().size())));
        if (exit.isPresent()) {
            stage.goOnFor(Duration.ofSeconds(2));
            stage.restartAggregator();
        }
        stage.recovery().awaitBack(BACK);
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/** F4: an aggregator that is asked to end under load tells every outcome it can, and says at once that it is not ready. */
final class AggregatorStopped implements FaultScenario {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration BACK = Duration.ofSeconds(45);

    @Override
    public String id() {
        return "F4";
    }

    @Override
    public String fault() {
        return "aggregator: SIGTERM under load, started again";
    }

    @Override
    public String expected() {
        return "exit code 0 in 15 s, not ready meanwhile, all agents back in 45 s";
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        long begin = System.nanoTime();
        stage.aggregator().terminate();
        String said = "nothing any more";
        OptionalInt exit = stage.aggregator().awaitExit(Duration.ofMillis(10));
        boolean wasReady = false;
        while (exit.isEmpty() && FaultStage.seconds(begin) < 2 * LIMIT.toSeconds()) {
            try {
                said = stage.ready(stage.admin());
                wasReady |= said.contains("\"status\":\"ready\"") && FaultStage.seconds(begin) > 1;
            } catch (IOException closed) {
                // It ends.
            }
            exit = stage.aggregator().awaitExit(Duration.ofMillis(20));
        }
        double seconds = FaultStage.seconds(begin);
        stage.evidence().figure("exitSeconds", seconds);
        stage.evidence()
                .expect(
                        exit.orElse(-1) == 0 && seconds <= LIMIT.toSeconds(),
                        "exit code %d after %.1f s",
                        exit.orElse(-1),
                        seconds);
        stage.evidence()
                .expect(!wasReady, "last answer of /ready: %s", said.length() > 60 ? said.substring(0, 60) : said);
        stage.restartAggregator();
        stage.awaitBack(BACK);
    }
}

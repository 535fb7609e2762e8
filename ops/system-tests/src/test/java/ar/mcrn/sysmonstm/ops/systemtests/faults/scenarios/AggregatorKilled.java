package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** F1: what an aggregator held when it was killed is sent again by the agents. */
final class AggregatorKilled implements FaultScenario {
    private static final Duration DOWN = Duration.ofSeconds(5);
    /** An agent waits up to 30 s between two attempts; the rest is for the aggregator's own start. */
    private static final Duration BACK = Duration.ofSeconds(45);

    @Override
    public String id() {
        return "F1";
    }

    @Override
    public String fault() {
        return "aggregator: kill -9, started again after 5 s";
    }

    @Override
    public String expected() {
        return "all agents back by themselves in 45 s (they wait up to 30 s between two attempts)";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(DOWN, BACK);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        stage.aggregator().kill9();
        stage.evidence().proof(!stage.aggregator().isAlive(), "the process is gone");
        stage.goOnFor(DOWN);
        stage.restartAggregator();
        stage.recovery().awaitBack(BACK);
    }
}

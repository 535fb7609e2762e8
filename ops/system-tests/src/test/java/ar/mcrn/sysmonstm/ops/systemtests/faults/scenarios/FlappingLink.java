package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.loadgen.FaultProxy;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** F17: a link that is there for a second and away for a second; agents do not storm it. */
final class FlappingLink implements FaultScenario {
    private static final Duration TIME = Duration.ofMinutes(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Override
    public String id() {
        return "F17";
    }

    @Override
    public String fault() {
        return "network: every connection cut and refused for a second, every other second, for 60 s";
    }

    @Override
    public String expected() {
        return "at most 1 attempt a second and agent on average; all back in 45 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(TIME, Duration.ofSeconds(60));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        FaultProxy proxy = stage.closing(FaultProxy.inFrontOf(
                stage.aggregator().port("grpc"), stage.load().seed()));
        stage.startLoad(proxy.port(), stage.load().agents(), stage.load().seed());
        stage.awaitFlowing();
        stage.atFault();
        long before = stage.reconnects();
        proxy.flap(SECOND, SECOND);
        stage.goOnFor(TIME);
        long flaps = proxy.counts().flaps();
        double attempts = (double) (stage.reconnects() - before) / stage.load().agents() / TIME.toSeconds();
        stage.evidence()
                .proof(
                        flaps >= TIME.toSeconds() / 2 - 3,
                        "%d times away, %,d connections cut, %,d refused",
                        flaps,
                        proxy.counts().cut(),
                        proxy.counts().refused());
        stage.evidence().figure("attemptsPerSecondAndAgent", attempts);
        stage.evidence().expect(attempts > 0 && attempts <= 1, "%.2f attempts a second and agent", attempts);
        proxy.heal();
        stage.recovery().awaitBack(Duration.ofSeconds(45));
        stage.recovery().awaitDrained(Duration.ofSeconds(45), 0);
    }
}

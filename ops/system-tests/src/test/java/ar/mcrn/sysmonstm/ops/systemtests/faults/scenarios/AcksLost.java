package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.loadgen.FaultProxy;
import ar.mcrn.sysmonstm.loadgen.LinkFault;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** F15: samples arrive and are stored, no acknowledgement comes back: all of it is sent again later. */
final class AcksLost implements FaultScenario {
    private static final Duration TIME = Duration.ofSeconds(20);

    @Override
    public String id() {
        return "F15";
    }

    @Override
    public String fault() {
        return "network: nothing from the aggregator reaches the agents for 20 s, then connections are cut";
    }

    @Override
    public String expected() {
        return "what was stored already is sent again and recognised; all back in 45 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(TIME, Duration.ofMinutes(1));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        FaultProxy proxy = stage.closing(FaultProxy.inFrontOf(
                stage.aggregator().port("grpc"), stage.load().seed()));
        stage.startLoad(proxy.port(), stage.load().agents(), stage.load().seed());
        stage.awaitFlowing();
        stage.atFault();
        long acknowledged = stage.acknowledged();
        long stored = stage.metrics().sum("sysmonstm_history_stored_samples_total");
        proxy.apply(FaultProxy.Direction.TO_CLIENT, LinkFault.NONE.swallowed(), 1);
        stage.goOnFor(TIME);
        long heard = stage.acknowledged() - acknowledged;
        long more = stage.metrics().sum("sysmonstm_history_stored_samples_total") - stored;
        stage.evidence()
                .proof(
                        more > heard + stage.load().agents(),
                        "%,d stored while %,d were heard to be; %,d bytes swallowed",
                        more,
                        heard,
                        proxy.counts().bytesSwallowed());
        long before = stage.metrics().sum("sysmonstm_history_duplicate_samples_total");
        proxy.heal();
        stage.recovery().awaitBack(Duration.ofSeconds(45));
        stage.recovery().awaitDrained(Duration.ofSeconds(45), 0);
        long again = stage.metrics().sum("sysmonstm_history_duplicate_samples_total") - before;
        stage.evidence().figure("recognisedDuplicates", again);
        stage.evidence().expect(again > 0, "%,d came again and were recognised", again);
    }
}

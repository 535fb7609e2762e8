package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.loadgen.FaultProxy;
import ar.mcrn.sysmonstm.loadgen.LinkFault;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** F14: nothing passes between half of the agents and the aggregator, in neither direction, and no connection ends. */
final class HalfPartitioned implements FaultScenario {
    /** For acknowledgements as they are without the fault, start-up left out. */
    private static final Duration QUIET = Duration.ofSeconds(15);

    private static final Duration TIME = Duration.ofSeconds(30);
    private static final long OTHER_SEED = 1_000_000;

    @Override
    public String id() {
        return "F14";
    }

    @Override
    public String fault() {
        return "network: nothing passes for half of the agents for 30 s, both ways";
    }

    @Override
    public String expected() {
        return "the other half is acknowledged as before (p99 +-20 %); all back in 45 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(QUIET.plus(TIME), Duration.ofSeconds(60));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        int port = stage.aggregator().port("grpc");
        FaultProxy proxy = stage.closing(FaultProxy.inFrontOf(port, stage.load().seed()));
        int half = stage.load().agents() / 2;
        LoadRun cut = stage.startLoad(proxy.port(), half, stage.load().seed());
        LoadRun other =
                stage.startLoad(port, stage.load().agents() - half, stage.load().seed() + OTHER_SEED);
        stage.awaitFlowing();
        long settled = other.progress().seconds();
        stage.goOnFor(QUIET);
        stage.awaitFlowing();
        stage.atFault();
        long begin = other.progress().seconds();
        long acknowledged = cut.progress().acknowledged();
        long otherBefore = other.progress().acknowledged();
        long p99Before = other.ackP99Millis(settled, begin);
        proxy.apply(LinkFault.NONE.swallowed());
        stage.goOnFor(TIME);
        long late = cut.progress().acknowledged() - acknowledged;
        long waiting = cut.progress().unacknowledged();
        // Acknowledgements that were on their way before count still.
        stage.evidence()
                .proof(
                        waiting >= (TIME.toSeconds() - 6) * half,
                        "%,d of the half unacknowledged at its end, %,d acknowledged meanwhile, %,d bytes swallowed",
                        waiting,
                        late,
                        proxy.counts().bytesSwallowed());
        double rate = (double) (other.progress().acknowledged() - otherBefore) / TIME.toSeconds() / other.agents();
        long p99 = other.ackP99Millis(begin, other.progress().seconds());
        stage.evidence().figure("otherHalfAckP99MillisBefore", p99Before);
        stage.evidence().figure("otherHalfAckP99Millis", p99);
        stage.evidence()
                .expect(
                        rate > 0.8 && p99 <= 1.2 * p99Before,
                        "other half: %.2f of the intake acknowledged, ack p99 %,d ms, %,d before",
                        rate,
                        p99,
                        p99Before);
        proxy.heal();
        stage.recovery().awaitBack(Duration.ofSeconds(45));
        stage.recovery().awaitDrained(Duration.ofSeconds(45), 0);
    }
}

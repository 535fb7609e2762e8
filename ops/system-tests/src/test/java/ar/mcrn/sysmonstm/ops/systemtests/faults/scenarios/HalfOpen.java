package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.loadgen.FaultProxy;
import ar.mcrn.sysmonstm.loadgen.LinkFault;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** F16: the other side of every connection vanishes without a word; both sides find out by themselves. */
final class HalfOpen implements FaultScenario {
    private static final double SERVER_SECONDS = 40;
    private static final double AGENT_SECONDS = 30;
    /** Between two lines of progress, and between two looks. */
    private static final double GRAIN_SECONDS = 3;

    @Override
    public String id() {
        return "F16";
    }

    @Override
    public String fault() {
        return "network: every connection goes silent without an end (no FIN, no RST)";
    }

    @Override
    public String expected() {
        return "agents give up in 30 s, the aggregator in 40 s (each seen within 3 s); file descriptors as before; all back in 45 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(45), Duration.ofMinutes(1));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        FaultProxy proxy = stage.closing(FaultProxy.inFrontOf(
                stage.aggregator().port("grpc"), stage.load().seed()));
        stage.startLoad(proxy.port(), stage.load().agents(), stage.load().seed());
        stage.awaitFlowing();
        stage.atFault();
        Metrics before = stage.metrics();
        long files = before.sum("sysmonstm_process_open_file_descriptors");
        stage.evidence()
                .proof(
                        before.sum("sysmonstm_ingest_streams") == stage.load().agents(),
                        "%d streams open when they go silent",
                        before.sum("sysmonstm_ingest_streams"));
        proxy.apply(LinkFault.NONE.swallowed());
        long begin = System.nanoTime();
        stage.await("agents give up", () -> stage.connected() == 0);
        double agents = FaultStage.seconds(begin);
        stage.await("the aggregator gives up", () -> stage.metrics().sum("sysmonstm_ingest_streams") == 0);
        double server = FaultStage.seconds(begin);
        stage.evidence().figure("agentsGaveUpSeconds", agents);
        stage.evidence().figure("aggregatorGaveUpSeconds", server);
        stage.evidence()
                .expect(
                        agents <= AGENT_SECONDS + GRAIN_SECONDS && server <= SERVER_SECONDS + GRAIN_SECONDS,
                        "agents gave up after %.1f s, the aggregator after %.1f s",
                        agents,
                        server);
        proxy.heal();
        stage.recovery().awaitBack(Duration.ofSeconds(45));
        stage.recovery().awaitDrained(Duration.ofSeconds(45), 0);
        long[] now = {0};
        stage.await("file descriptors are given back", () -> {
            now[0] = stage.metrics().sum("sysmonstm_process_open_file_descriptors");
            return now[0] <= files + 10;
        });
        stage.evidence().expect(now[0] <= files + 10, "%d file descriptors, %d before", now[0], files);
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.loadgen.FaultProxy;
import ar.mcrn.sysmonstm.loadgen.LinkFault;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RingWatch;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** F10: every answer of Redis comes 500 ms late. */
final class RedisSlow implements FaultScenario {
    private static final Duration DELAY = Duration.ofMillis(250);
    private static final Duration TIME = Duration.ofSeconds(20);

    @Override
    public String id() {
        return "F10/slow";
    }

    @Override
    public String fault() {
        return "Redis: 250 ms later each way for 20 s";
    }

    @Override
    public String expected() {
        return "history goes on; newest state in fewer writes, none dropped; ring never fills, threads do not pile up";
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        URI redis = URI.create(stage.deployment().redis().url());
        FaultProxy proxy =
                stage.closing(FaultProxy.inFrontOf(redis.getPort(), stage.load().seed()));
        stage.startAggregator(Map.of("REDIS_URL", "redis://127.0.0.1:" + proxy.port()));
        stage.startLoad();
        stage.awaitFlowing();
        RingWatch ring = stage.watchRing();
        stage.atFault();
        Metrics before = stage.metrics();
        proxy.apply(LinkFault.NONE.delayed(DELAY));
        stage.goOnFor(TIME);
        Metrics after = stage.metrics();
        long writes = after.sum("sysmonstm_hot_writes_total") - before.sum("sysmonstm_hot_writes_total");
        stage.evidence()
                .proof(
                        writes <= 2.5 * TIME.toSeconds(),
                        "%d writes to Redis in %d s, each half a second",
                        writes,
                        TIME.toSeconds());
        long stored = after.sum("sysmonstm_history_stored_samples_total")
                - before.sum("sysmonstm_history_stored_samples_total");
        double rate = (double) stored / TIME.toSeconds() / stage.load().agents();
        long dropped = after.sum("sysmonstm_hot_dropped_samples_total");
        stage.evidence()
                .expect(
                        rate > 0.9 && dropped == 0,
                        "%.2f of the intake stored meanwhile, %d kept out of hot state",
                        rate,
                        dropped);
        proxy.heal();
        ring.expectFlowing();
        ring.expectFewThreads();
    }
}

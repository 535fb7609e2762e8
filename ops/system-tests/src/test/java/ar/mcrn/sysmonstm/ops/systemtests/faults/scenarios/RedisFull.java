package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RingWatch;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** F10: Redis answers every write with an error, since it has reached its limit of memory and may drop nothing. */
final class RedisFull implements FaultScenario {
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final double NOTICED_SECONDS = 5;

    @Override
    public String id() {
        return "F10/full";
    }

    @Override
    public String fault() {
        return "Redis: at maxmemory, refuses every write for 20 s";
    }

    @Override
    public String expected() {
        return "said at /ready in 5 s, over in 5 s; history goes on; ring never fills, threads do not pile up";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(TIME, Duration.ofSeconds(10));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        RingWatch ring = stage.watchRing();
        stage.atFault();
        RedisCommands redis = new RedisCommands(stage.deployment().redis().url());
        redis.send("CONFIG SET maxmemory-policy noeviction");
        redis.send("CONFIG SET maxmemory 1");
        long begin = System.nanoTime();
        stage.await("said at /ready", () -> stage.ready(stage.admin()).contains("\"status\":\"degraded\""));
        double noticed = FaultStage.seconds(begin);
        stage.evidence().expect(noticed <= NOTICED_SECONDS, "said at /ready after %.1f s", noticed);
        long before = stage.metrics().sum("sysmonstm_history_stored_samples_total");
        stage.goOnFor(TIME);
        long stored = stage.metrics().sum("sysmonstm_history_stored_samples_total") - before;
        double rate = (double) stored / TIME.toSeconds() / stage.load().agents();
        stage.evidence().expect(rate > 0.9, "%.2f of the intake stored meanwhile", rate);
        long refused = redis.info("errorstats", "errorstat_OOM");
        stage.evidence()
                .proof(
                        refused > 0 || redis.send("SET probe 1").startsWith("-OOM"),
                        "Redis answers: %s",
                        redis.send("SET probe 1"));
        redis.send("CONFIG SET maxmemory 0");
        long back = System.nanoTime();
        stage.await("ready again", () -> stage.ready(stage.admin()).contains("\"status\":\"ready\""));
        double seconds = FaultStage.seconds(back);
        stage.recovery().recoveredIn(seconds);
        stage.evidence().expect(seconds <= NOTICED_SECONDS, "ready again after %.1f s", seconds);
        ring.expectFlowing();
        ring.expectFewThreads();
    }
}

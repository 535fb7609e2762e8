package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RedisCommands;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** F9: without Redis, history goes on as before; it comes back empty and hot state is there again within 5 s. */
final class RedisDown implements FaultScenario {
    private static final double HEALED_SECONDS = 5;

    private final String id;
    private final Duration down;

    RedisDown(String id, Duration down) {
        this.id = id;
        this.down = down;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String fault() {
        return "Redis: killed, away for " + down.toSeconds() + " s, comes back empty";
    }

    @Override
    public String expected() {
        return "history goes on; no agent connects again; the api shows the last known machines as stale and names Redis; hot state there again in 5 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(down, Duration.ofSeconds(15));
    }

    @Override
    public boolean isLong() {
        return down.compareTo(Duration.ofMinutes(2)) > 0;
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        ServiceProcess api = stage.startApi();
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        int agents = stage.load().agents();
        stage.deployment().redis().stop();
        boolean refused = false;
        try {
            new RedisCommands(stage.deployment().redis().url()).send("PING");
        } catch (IOException e) {
            refused = true;
        }
        stage.evidence().proof(refused, "connections refused");
        long storedBefore = stage.metrics().sum("sysmonstm_history_stored_samples_total");
        long begin = System.nanoTime();
        stage.goOnFor(down);
        long stored = stage.metrics().sum("sysmonstm_history_stored_samples_total") - storedBefore;
        double rate = stored / FaultStage.seconds(begin) / agents;
        stage.evidence().figure("storedTimesIntake", rate);
        stage.evidence().expect(rate > 0.9, "%.2f of the intake stored meanwhile", rate);
        for (ServiceProcess service : List.of(stage.aggregator(), api)) {
            String state = stage.deployment().http().dependency(service.address("admin"), "redis");
            int status = stage.status(service.address("admin"));
            stage.evidence()
                    .expect(
                            status == 200 && state.equals("down"),
                            "%s: /ready %d, redis %s",
                            service.part(),
                            status,
                            state);
        }
        int shown = total(stage, api, "");
        int stale = total(stage, api, "state=stale&");
        stage.evidence().expect(shown == agents && stale == agents, "api shows %d machines, %d as stale", shown, stale);
        stage.deployment().redis().restart();
        long back = System.nanoTime();
        RedisCommands redis = new RedisCommands(stage.deployment().redis().url());
        stage.await(
                "hot state is there again",
                () -> redis.send("DBSIZE").length() > 1
                        && keys(redis) >= agents
                        && total(stage, api, "state=up&") == agents);
        double seconds = FaultStage.seconds(back);
        stage.recovery().recoveredIn(seconds);
        stage.evidence()
                .expect(
                        seconds <= HEALED_SECONDS,
                        "hot state of all %d machines there again after %.1f s",
                        agents,
                        seconds);
        stage.expectConnectionsKept();
    }

    private static long keys(RedisCommands redis) throws IOException {
        return Long.parseLong(redis.send("DBSIZE").substring(1));
    }

    private static int total(FaultStage stage, ServiceProcess api, String filter)
            throws IOException, InterruptedException {
        URI machines = api.address("http").resolve("/api/machines?" + filter + "limit=1");
        return stage.deployment().http().json(machines).path("total").asInt();
    }
}

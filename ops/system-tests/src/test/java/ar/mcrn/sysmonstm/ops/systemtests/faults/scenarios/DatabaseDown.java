package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LiveDelay;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** F5: without a database the live view goes on, and what agents kept meanwhile is drained at twice the intake. */
final class DatabaseDown implements FaultScenario {
    private static final long LIVE_MILLIS = 2_000;

    private final String id;
    private final Duration down;

    DatabaseDown(String id, Duration down) {
        this.id = id;
        this.down = down;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String fault() {
        return "PostgreSQL: kill -9, away for " + down.toSeconds() + " s";
    }

    @Override
    public String expected() {
        return "live view p99 below 2 s before, during and after; /ready 200 naming the database; drained at twice the intake or more";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(down.plusSeconds(5), down);
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
        LiveDelay live = stage.watchLive(api);
        stage.goOnFor(Duration.ofSeconds(5));
        stage.awaitFlowing();
        stage.atFault();
        live.begin("during");
        stage.deployment().postgres().kill9();
        stage.goOnFor(down);
        long waiting = stage.unacknowledged();
        stage.evidence()
                .proof(
                        waiting >= (down.toSeconds() - 5) * stage.load().agents(),
                        "%,d unacknowledged at its end",
                        waiting);
        for (ServiceProcess service : new ServiceProcess[] {stage.aggregator(), api}) {
            String ready = stage.ready(service.address("admin"));
            stage.evidence()
                    .expect(
                            ready.startsWith("200") && ready.contains("\"degraded\":[\"database\""),
                            "%s: %s",
                            service.part(),
                            ready.substring(0, Math.min(70, ready.length())));
        }
        live.begin("after");
        stage.deployment().postgres().restart();
        stage.recovery().awaitDrained(down, 2);
        for (String stretch : new String[] {"before", "during", "after"}) {
            LiveDelay.Delay delay = live.of(stretch);
            stage.evidence().figure(stretch + "LiveP50Millis", delay.p50Millis());
            stage.evidence().figure(stretch + "LiveP99Millis", delay.p99Millis());
            stage.evidence()
                    .expect(
                            delay.machines() == stage.load().agents() && delay.p99Millis() < LIVE_MILLIS,
                            "live %s: %s",
                            stretch,
                            delay);
        }
    }
}

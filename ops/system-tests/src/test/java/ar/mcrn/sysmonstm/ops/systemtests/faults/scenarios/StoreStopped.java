package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RingWatch;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RedisCommands;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Signals;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** F30: a store that keeps its connections and answers nothing; the ring must not notice. */
final class StoreStopped implements FaultScenario {
    private static final Duration TIME = Duration.ofSeconds(30);

    private final String id;
    private final String name;
    private final Pid pid;
    private final double limitSeconds;

    /** Finds the store's process. */
    @FunctionalInterface
    private interface Pid {
        long of(Deployment deployment) throws IOException;
    }

    private StoreStopped(String id, String name, Pid pid, double limitSeconds) {
        this.id = id;
        this.name = name;
        this.pid = pid;
        this.limitSeconds = limitSeconds;
    }

    static StoreStopped redis() {
        return new StoreStopped(
                "F30/redis",
                "Redis",
                deployment -> new RedisCommands(deployment.redis().url()).info("server", "process_id"),
                5);
    }

    static StoreStopped postgres() {
        return new StoreStopped(
                "F30/postgres",
                "PostgreSQL",
                deployment -> deployment.postgres().pid(),
                5);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String fault() {
        return name + ": SIGSTOP for 30 s, then SIGCONT";
    }

    @Override
    public String expected() {
        return "ring never fills, no message held, no agent connects again; ready again in %.0f s"
                .formatted(limitSeconds);
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(TIME, Duration.ofSeconds(35));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        RingWatch ring = stage.watchRing();
        stage.atFault();
        long store = pid.of(stage.deployment());
        List<ProcessHandle> stopped = Signals.stop(store);
        try {
            stage.goOnFor(TIME);
            stage.evidence()
                    .proof(
                            Signals.state(store) == 'T',
                            "%d processes in state %s after 30 s",
                            stopped.size(),
                            Signals.state(store));
        } finally {
            Signals.goOn(stopped);
        }
        long back = System.nanoTime();
        stage.await("ready again", () -> stage.ready(stage.admin()).contains("\"status\":\"ready\""));
        double seconds = FaultStage.seconds(back);
        stage.recovery().recoveredIn(seconds);
        stage.evidence().expect(seconds <= limitSeconds, "ready again after %.1f s", seconds);
        stage.recovery().awaitDrained(Duration.ofSeconds(30), 0);
        ring.expectFlowing();
        stage.expectConnectionsKept();
    }
}

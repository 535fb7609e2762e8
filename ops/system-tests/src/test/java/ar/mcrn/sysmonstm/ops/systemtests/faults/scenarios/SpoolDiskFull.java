package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RealAgents;
import ar.mcrn.sysmonstm.ops.systemtests.faults.Tmpfs;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Signals;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** F12: the disk of an agent's spool is full while there is no aggregator. */
final class SpoolDiskFull implements FaultScenario {
    private static final String AGENT = "full";
    private static final Duration AWAY = Duration.ofSeconds(30);

    @Override
    public String id() {
        return "F12";
    }

    @Override
    public String fault() {
        return "real agent: disk of its spool full for 30 s, without an aggregator";
    }

    @Override
    public String expected() {
        return "the agent goes on, every missing sample is named by an event, its memory grows by at most 10 %";
    }

    @Override
    public Duration shortest() {
        return Duration.ofSeconds(75);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        Tmpfs disk = stage.closing(Tmpfs.ofBytes(1 << 20));
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        RealAgents agents =
                stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), Duration.ofMillis(250)));
        Map<String, String> settings =
                Map.of("COLLECTOR_SPOOL_DIR", disk.path().resolve("spool").toString());
        ServiceProcess agent = agents.start(AGENT, settings);
        stage.goOnFor(Duration.ofSeconds(8));
        stage.atFault();
        stage.aggregator().kill9();
        disk.fill(8_192);
        stage.goOnFor(Duration.ofSeconds(8));
        long before = Signals.residentKib(agent.pid());
        disk.fill(0);
        stage.goOnFor(AWAY);
        long left = disk.freeBytes();
        long after = Signals.residentKib(agent.pid());
        stage.evidence()
                .proof(
                        left < 4_096 && agent.errorsSoFar().stream().anyMatch(line -> line.contains("No space left")),
                        "%d bytes left, the agent says: no space left",
                        left);
        stage.evidence().figure("residentKibBefore", before);
        stage.evidence().figure("residentKibAfter", after);
        stage.evidence()
                .expect(
                        agent.isAlive() && after <= before * 1.1,
                        "agent %s, resident %,d KiB before and %,d after",
                        agent.isAlive() ? "alive" : "gone",
                        before,
                        after);
        disk.free();
        stage.restartAggregator();
        stage.awaitBack(Duration.ofSeconds(45));
        agents.expectWhole(agents.awaitWhole(Duration.ofSeconds(45)));
        agents.stop();
    }
}

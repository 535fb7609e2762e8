package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RealAgents;
import ar.mcrn.sysmonstm.ops.systemtests.faults.SpoolFile;
import ar.mcrn.sysmonstm.ops.systemtests.faults.StoredRuns;
import ar.mcrn.sysmonstm.ops.systemtests.faults.Tmpfs;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** F12: the disk of an agent's spool is full while there is no aggregator, for so long that the oldest samples have to go. */
final class SpoolDiskFull implements FaultScenario {
    private static final String AGENT = "full";
    private static final Duration INTERVAL = Duration.ofMillis(250);
    private static final Duration AWAY = Duration.ofSeconds(35);
    private static final int FILES = 4;
    /** Losses are named at once, then every minute. */
    private static final Duration NAMED = Duration.ofSeconds(75);

    @Override
    public String id() {
        return "F12";
    }

    @Override
    public String fault() {
        return "real agent: disk of its spool full for 35 s, without an aggregator";
    }

    @Override
    public String expected() {
        return "the agent goes on; the oldest samples are dropped, and what its events name and count is what is missing, exactly;"
                + " its memory grows by at most 10 %";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(55).plus(AWAY), NAMED.plusSeconds(45));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        Tmpfs disk = stage.closing(Tmpfs.ofBytes(1 << 20));
        Path spool = disk.path().resolve("spool");
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        // Before the agent has sent anything: of what it sent without an answer it could not know whether it is stored.
        stage.aggregator().kill9();
        RealAgents agents =
                stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), INTERVAL));
        ServiceProcess agent =
                agents.start(AGENT, Map.of("COLLECTOR_SPOOL_DIR", spool.toString(), "COLLECTOR_SPOOL_BYTES", "1MiB"));
        stage.await("samples in " + FILES + " files", () -> SpoolFile.of(spool).size() >= FILES);
        long before = Signals.residentKib(agent.pid());
        List<SpoolFile> kept = SpoolFile.of(spool);
        disk.fill(0);
        long left = disk.freeBytes();
        stage.goOnFor(AWAY);
        long after = Signals.residentKib(agent.pid());
        BitSet gone = new BitSet();
        kept.stream().filter(file -> !Files.exists(file.path())).forEach(file -> gone.or(file.all()));
        stage.evidence()
                .proof(
                        left < 4_096 && !gone.isEmpty(),
                        "%d bytes left, files with %d samples made room",
                        left,
                        gone.cardinality());
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
        stage.recovery().awaitBack(Duration.ofSeconds(45));
        RealAgents.Stored stored = agents.awaitWhole(NAMED);
        agents.expectWhole(stored);
        long run = kept.getLast().samples().getLast().run();
        StoredRuns runs = agents.runs(AGENT);
        BitSet missing = runs.missing(run);
        stage.evidence().figure("samplesDropped", missing.cardinality());
        stage.evidence()
                .expect(
                        !missing.isEmpty()
                                && stored.counted() == stored.holes()
                                && runs.named(run).equals(missing),
                        "%d missing, %d counted, %d named",
                        stored.holes(),
                        stored.counted(),
                        runs.named(run).cardinality());
        gone.andNot(missing);
        stage.evidence()
                .expect(
                        missing.nextClearBit(1) == missing.length() && gone.isEmpty(),
                        "the oldest: 1 to %d of %d",
                        missing.length() - 1,
                        runs.stored(run).length() - 1);
        agents.stop();
    }
}

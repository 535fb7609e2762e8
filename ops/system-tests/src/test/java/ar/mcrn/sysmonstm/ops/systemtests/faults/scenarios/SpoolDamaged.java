package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FailingDisk;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RealAgents;
import ar.mcrn.sysmonstm.ops.systemtests.faults.SpoolFile;
import ar.mcrn.sysmonstm.ops.systemtests.faults.StoredRuns;
import ar.mcrn.sysmonstm.ops.systemtests.faults.Tmpfs;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * F13: spools of agents that were killed are damaged, each in its own way, while nobody else has the samples: flipped bits, a
 * torn end, a file missing in the middle, a file that is none. One more starts on a file system that is read-only, and that of
 * another becomes so while it runs.
 */
final class SpoolDamaged implements FaultScenario {
    private static final String READ_ONLY = "readonly";
    private static final String FAILING = "failing";
    private static final int FILES = 4;
    private static final Duration INTERVAL = Duration.ofMillis(250);
    private static final Duration WHOLE = Duration.ofSeconds(75);

    @Override
    public String id() {
        return "F13";
    }

    @Override
    public String fault() {
        return "6 real agents: spool with 20 flipped bits, torn end, deleted middle file, junk file; file system read-only from the"
                + " start, and from an error on while the agent runs";
    }

    @Override
    public String expected() {
        return "all start and go on; lost are the damaged samples alone, each before an intact one named by an event and no other;"
                + " nothing twice";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(90), WHOLE.plusSeconds(45));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        Tmpfs disk = stage.closing(Tmpfs.ofBytes(4 << 20));
        FailingDisk failing = stage.closing(FailingDisk.ofBytes(16 << 20));
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        stage.aggregator().kill9();
        RealAgents agents =
                stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), INTERVAL));
        // The smallest segments that there are, for many of them in little time.
        Map<String, String> small = Map.of("COLLECTOR_SPOOL_BYTES", "1MiB");
        for (SpoolDamage.Kind kind : SpoolDamage.Kind.values()) {
            agents.start(kind.agent(), small);
        }
        agents.start(READ_ONLY, onDisk(disk.path()));
        ServiceProcess running = agents.start(FAILING, onDisk(failing.path()));
        for (SpoolDamage.Kind kind : SpoolDamage.Kind.values()) {
            stage.await(
                    "samples in " + FILES + " files",
                    () -> SpoolFile.of(agents.spool(kind.agent())).size() >= FILES);
        }
        failing.fail();
        Map<SpoolDamage.Kind, SpoolDamage> damages = new EnumMap<>(SpoolDamage.Kind.class);
        for (SpoolDamage.Kind kind : SpoolDamage.Kind.values()) {
            agents.kill(kind.agent());
            SpoolDamage damage = SpoolDamage.of(kind, agents.spool(kind.agent()), stage.random());
            damages.put(kind, damage);
            stage.evidence()
                    .proof(
                            kind == SpoolDamage.Kind.JUNK || !damage.hit().isEmpty(),
                            "%s: %d of %d samples hit",
                            damage.what(),
                            damage.hit().cardinality(),
                            damage.issued().cardinality());
        }
        // A kernel refuses that while a file is open for writing: what had it open is killed first.
        agents.kill(READ_ONLY);
        disk.readOnly(true);
        agents.start(READ_ONLY, onDisk(disk.path()));
        stage.goOnFor(Duration.ofSeconds(5));
        for (SpoolDamage.Kind kind : SpoolDamage.Kind.values()) {
            agents.start(kind.agent(), small);
        }
        stage.evidence().proof(!Files.isWritable(disk.path()), "one file system read-only from the start");
        stage.evidence()
                .proof(
                        running.errorsSoFar().stream()
                                .anyMatch(
                                        line -> line.contains("spool cannot be written") && line.contains("Read-only")),
                        "one that runs says that its file system became read-only");
        stage.restartAggregator();
        stage.recovery().awaitBack(Duration.ofSeconds(45));
        awaitWhole(agents, damages);
        disk.readOnly(false);
        for (SpoolDamage damage : damages.values()) {
            StoredRuns runs = agents.runs();
            int innocent = damage.innocentLost(runs).cardinality();
            int named = damage.wronglyNamed(runs).cardinality();
            stage.evidence()
                    .expect(
                            innocent == 0 && named == 0,
                            "%s: %d undamaged samples lost, %d named wrongly or not",
                            damage.what(),
                            innocent,
                            named);
        }
        for (String name : new String[] {READ_ONLY, FAILING}) {
            RealAgents.Stored stored = agents.stored(name);
            stage.evidence()
                    .expect(
                            stored.rows() > 0 && stored.holes() == 0 && stored.worstTailMillis() <= agents.tailMillis(),
                            "%s: %d rows, %d missing",
                            name,
                            stored.rows(),
                            stored.holes());
        }
        RealAgents.Stored all = agents.stored();
        stage.evidence()
                .expect(
                        all.twice() == 0 && all.unexplained() == 0,
                        "%d twice, %d missing and not named",
                        all.twice(),
                        all.unexplained());
        agents.stop();
    }

    private static Map<String, String> onDisk(Path root) {
        return Map.of("COLLECTOR_SPOOL_DIR", root.resolve("spool").toString());
    }

    /** Waits until all that was not damaged is stored and what was is named; or for as long as that may take. */
    private static void awaitWhole(RealAgents agents, Map<SpoolDamage.Kind, SpoolDamage> damages)
            throws InterruptedException, SQLException {
        long begin = System.nanoTime();
        boolean whole = false;
        while (!whole && FaultStage.seconds(begin) < WHOLE.toSeconds()) {
            Thread.sleep(500);
            StoredRuns runs = agents.runs();
            whole = agents.stored().unexplained() == 0
                    && damages.values().stream()
                            .allMatch(damage -> damage.innocentLost(runs).isEmpty()
                                    && damage.wronglyNamed(runs).isEmpty());
        }
    }
}

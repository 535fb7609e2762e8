package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FullDisk;
import ar.mcrn.sysmonstm.ops.systemtests.faults.Tmpfs;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;

/**
 * F11: the disk under the database is full. With the log's disk full PostgreSQL ends itself: then it is started again, as its
 * supervisor would, once there is space.
 */
final class DatabaseDiskFull implements FaultScenario {
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final Duration RECOVERY = Duration.ofSeconds(10);

    private final boolean log;

    private DatabaseDiskFull(boolean log) {
        this.log = log;
    }

    static DatabaseDiskFull ofData() {
        return new DatabaseDiskFull(false);
    }

    static DatabaseDiskFull ofLog() {
        return new DatabaseDiskFull(true);
    }

    @Override
    public String id() {
        return log ? "F11/wal" : "F11/data";
    }

    @Override
    public String fault() {
        return "PostgreSQL: disk of 256 MiB under its " + (log ? "write-ahead log" : "data") + " full for 20 s";
    }

    @Override
    public String expected() {
        return "no exit of ours, nothing acknowledged meanwhile, /ready names the database, stores again 10 s after space is back";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(TIME.plusSeconds(20), Duration.ofSeconds(50));
    }

    @Override
    public Deployment deploy() throws IOException, InterruptedException {
        return log ? FullDisk.ofLog() : FullDisk.ofData();
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        Tmpfs disk = log ? FullDisk.underLog(stage.deployment()) : FullDisk.underData(stage.deployment());
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        disk.fill(0);
        long pid = stage.deployment().postgres().pid();
        stage.await("the database takes nothing any more", () -> {
            // What was set aside before still takes some; nothing is given back meanwhile.
            if (disk.freeBytes() >= 4_096) {
                disk.fill(0);
            }
            return stage.ready(stage.admin()).contains("\"degraded\":[\"database\"");
        });
        long stored = stage.metrics().sum("sysmonstm_history_stored_samples_total");
        stage.goOnFor(TIME);
        disk.fill(0);
        long more = stage.metrics().sum("sysmonstm_history_stored_samples_total") - stored;
        String ready = stage.ready(stage.admin());
        boolean ended = ProcessHandle.of(pid).isEmpty();
        stage.evidence()
                .proof(
                        disk.freeBytes() < 4_096,
                        "%d bytes left, PostgreSQL %s",
                        disk.freeBytes(),
                        ended ? "ended itself" : "runs");
        stage.evidence().expect(more == 0, "%d stored in %d s", more, TIME.toSeconds());
        stage.evidence()
                .expect(
                        stage.aggregator().isAlive()
                                && ready.startsWith("200")
                                && ready.contains("\"degraded\":[\"database\""),
                        "/ready: %s",
                        detail(ready));
        disk.free();
        long back = System.nanoTime();
        if (ended) {
            restart(stage);
        }
        stage.recovery().awaitCommit();
        double seconds = FaultStage.seconds(back);
        stage.evidence().expect(seconds <= RECOVERY.toSeconds(), "stores again %.1f s after space is back", seconds);
        stage.recovery().awaitDrained(Duration.ofSeconds(40), 0);
    }

    private static String detail(String ready) {
        int at = ready.indexOf("\"name\":\"database\"");
        return ready.substring(Math.max(0, at), Math.min(ready.length(), Math.max(0, at) + 220));
    }

    private static void restart(FaultStage stage) {
        try {
            stage.deployment().postgres().restart();
        } catch (UncheckedIOException again) {
            stage.deployment().postgres().restart();
        }
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RealAgents;
import ar.mcrn.sysmonstm.ops.systemtests.faults.Tmpfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * F13: spools of agents that were killed are damaged, each in its own way, while nobody else has the samples: flipped bits, a
 * torn end, a file missing in the middle, a file that is none; and one whose file system becomes read-only while it runs.
 */
final class SpoolDamaged implements FaultScenario {
    private static final List<String> KINDS = List.of("bits", "torn", "deleted", "junk");
    private static final String READ_ONLY = "readonly";
    private static final int FLIPS = 20;

    @Override
    public String id() {
        return "F13";
    }

    @Override
    public String fault() {
        return "5 real agents: spool with 20 flipped bits, torn end, deleted middle file, junk file, read-only file system";
    }

    @Override
    public String expected() {
        return "all start and go on; whatever is missing is named by an event; nothing twice";
    }

    @Override
    public Duration shortest() {
        return Duration.ofSeconds(80);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        Tmpfs disk = stage.closing(Tmpfs.ofBytes(4 << 20));
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        stage.aggregator().kill9();
        RealAgents agents =
                stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), Duration.ofMillis(250)));
        // The smallest segments that there are, for many of them in little time.
        Map<String, String> small = Map.of("COLLECTOR_SPOOL_BYTES", "1MiB");
        for (String kind : KINDS) {
            agents.start(kind, small);
        }
        Map<String, String> onDisk =
                Map.of("COLLECTOR_SPOOL_DIR", disk.path().resolve("spool").toString());
        agents.start(READ_ONLY, onDisk);
        stage.goOnFor(Duration.ofSeconds(25));
        for (String kind : KINDS) {
            agents.kill(kind);
            String done = damage(kind, segments(agents.spool(kind)), agents.spool(kind), stage.random());
            stage.evidence().proof(!done.isEmpty(), "%s", done);
        }
        // Its kernel refuses that while a file is open for writing: what had it open is killed first.
        agents.kill(READ_ONLY);
        disk.readOnly(true);
        agents.start(READ_ONLY, onDisk);
        stage.goOnFor(Duration.ofSeconds(5));
        for (String kind : KINDS) {
            agents.start(kind, small);
        }
        stage.evidence().proof(!Files.isWritable(disk.path()), "one file system read-only");
        stage.restartAggregator();
        stage.awaitBack(Duration.ofSeconds(45));
        RealAgents.Stored stored = agents.awaitWhole(Duration.ofSeconds(30));
        disk.readOnly(false);
        stage.evidence()
                .expect(
                        stored.unexplained() == 0 && stored.twice() == 0 && stored.rows() > 0,
                        "real agents: %,d rows of %d runs, %d twice, %d missing, %d of them named by events",
                        stored.rows(),
                        stored.runs(),
                        stored.twice(),
                        stored.holes(),
                        stored.named());
        stage.evidence()
                .expect(
                        agents.stored(READ_ONLY).holes() == 0
                                && agents.stored("junk").holes() == 0,
                        "%d missing where the file system was read-only, %d beside the junk file",
                        agents.stored(READ_ONLY).holes(),
                        agents.stored("junk").holes());
        agents.stop();
    }

    /** Files that samples lie in, oldest first. */
    private static List<Path> segments(Path spool) throws IOException {
        try (var files = Files.list(spool)) {
            return files.filter(file -> Files.isRegularFile(file) && sizeOf(file) > 1_024)
                    .sorted()
                    .toList();
        }
    }

    private static long sizeOf(Path file) {
        return file.toFile().length();
    }

    private static String damage(String kind, List<Path> segments, Path spool, Random random) throws IOException {
        if (segments.size() < 2) {
            return "";
        }
        return switch (kind) {
            case "bits" -> {
                for (int flip = 0; flip < FLIPS; flip++) {
                    Path file = segments.get(random.nextInt(segments.size()));
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    Files.write(file, bytes);
                }
                yield FLIPS + " bits flipped in " + segments.size() + " files";
            }
            case "torn" -> {
                Path file = segments.getLast();
                byte[] bytes = Files.readAllBytes(file);
                int cut = 1 + random.nextInt(bytes.length / 2);
                Files.write(file, Arrays.copyOf(bytes, bytes.length - cut), StandardOpenOption.TRUNCATE_EXISTING);
                yield cut + " bytes cut off the newest file";
            }
            case "deleted" -> {
                Path file = segments.get(segments.size() / 2);
                Files.delete(file);
                yield "file " + (segments.size() / 2 + 1) + " of " + segments.size() + " deleted";
            }
            default -> {
                byte[] junk = new byte[10_000];
                random.nextBytes(junk);
                String name = segments.getFirst().getFileName().toString();
                int dot = name.lastIndexOf('.');
                Files.write(spool.resolve("0".repeat(Math.max(1, dot)) + (dot < 0 ? "" : name.substring(dot))), junk);
                yield "10,000 random bytes as a further file";
            }
        };
    }
}

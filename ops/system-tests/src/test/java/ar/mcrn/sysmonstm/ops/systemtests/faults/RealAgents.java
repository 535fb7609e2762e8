package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Agents as processes, each with a spool on disk of its own, and what the database holds of them: by runs and sequences, held
 * against the events that name what was lost. One thread.
 */
public final class RealAgents implements AutoCloseable {
    /** All of their machine ids begin with this. */
    private static final String PREFIX = "real-";

    private static final String ALL = "%";

    private static final int WRITES = 3;
    private static final Duration START = Duration.ofMinutes(1);

    private final FaultStage stage;
    private final int port;
    private final Duration interval;
    private final Path folder;
    private final Map<String, ServiceProcess> processes = new LinkedHashMap<>();
    private final Map<String, List<Life>> lives = new LinkedHashMap<>();

    /** A life of an agent: its start, and when it wrote to its spool last before kill -9 (0 = not killed). */
    private record Life(long startMillis, long endMillis) {}

    /**
     * What is stored of them.
     *
     * @param runs lives of agents of which something is stored
     * @param rows samples
     * @param twice rows of a (run, sequence) that has another one
     * @param holes sequences that are missing within runs, from 1 to the greatest known
     * @param named those of them that an event names
     * @param wronglyNamed sequences that an event names as lost and that are stored
     * @param counted samples lost as the events count them
     * @param worstTailMillis longest time from the newest sample of a killed life to its last write
     */
    public record Stored(
            long runs,
            long rows,
            long twice,
            long holes,
            long named,
            long wronglyNamed,
            long counted,
            long worstTailMillis) {
        /** Holes that nobody explained. */
        public long unexplained() {
            return holes - named;
        }
    }

    /**
     * No agent yet.
     *
     * @param port where they find their aggregator, on this machine
     * @param interval between two samples
     */
    public RealAgents(FaultStage stage, int port, Duration interval) {
        this.stage = stage;
        this.port = port;
        this.interval = interval;
        try {
            folder = Files.createTempDirectory("sysmonstm-agents");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts an agent, or starts it again, with these settings besides; waits until it samples. */
    public ServiceProcess start(String name, Map<String, String> settings) throws InterruptedException {
        Map<String, String> environment = new HashMap<>();
        environment.put("COLLECTOR_AGGREGATOR_URL", "127.0.0.1:" + port);
        environment.put("COLLECTOR_MACHINE_ID", PREFIX + name);
        environment.put("COLLECTOR_COLLECTION_INTERVAL", interval.toMillis() + "ms");
        environment.put("COLLECTOR_SPOOL_DIR", spool(name).toString());
        environment.putAll(settings);
        ServiceProcess process = stage.deployment().start(Part.AGENT, environment);
        process.awaitError(line -> line.contains("agent started"), 0, START);
        processes.put(name, process);
        stage.recovery().furtherStreams(processes.size());
        lives.computeIfAbsent(name, none -> new ArrayList<>()).add(new Life(System.currentTimeMillis(), 0));
        return process;
    }

    /** Machine id of an agent. */
    static String id(String name) {
        return PREFIX + name;
    }

    /** Folder of an agent's spool, made where there is none. */
    public Path spool(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What an agent keeps in its spool as the error of its wall clock: to be added to that.
     *
     * @throws IOException where it kept none
     */
    public Duration spoolCorrection(String name) throws IOException {
        return SpoolFile.correction(spool(name));
    }

    /** Bytes of all files of an agent's spool. */
    public long spoolBytes(String name) {
        try (var files = Files.walk(spool(name))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kill -9. */
    public void kill(String name) throws InterruptedException {
        List<Life> known = lives.get(name);
        Life life = known.removeLast();
        processes.get(name).kill9();
        known.add(new Life(life.startMillis(), Math.max(life.startMillis(), writtenMillis(name))));
    }

    /** Waits until an agent has written to its spool a few times: the first of it is the spool's own. */
    public void awaitSampling(String name) {
        long[] seen = {writtenMillis(name), 0};
        stage.await("agent " + name + " samples", () -> {
            long written = writtenMillis(name);
            seen[1] += written > seen[0] ? 1 : 0;
            seen[0] = written;
            return seen[1] >= WRITES;
        });
    }

    private long writtenMillis(String name) {
        try (var files = Files.walk(spool(name))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().lastModified())
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM to all; expects them to end with 0. */
    public void stop() throws InterruptedException {
        for (Map.Entry<String, ServiceProcess> agent : processes.entrySet()) {
            int exit = agent.getValue().stop();
            if (exit != 0) {
                stage.evidence().expect(false, "agent %s ended with %d", agent.getKey(), exit);
            }
        }
        stage.recovery().furtherStreams(0);
    }

    /** Waits until the database has no hole that nobody explained and every killed life up to its end; or for this long. */
    public Stored awaitWhole(Duration limit) throws InterruptedException, SQLException {
        long begin = System.nanoTime();
        Stored stored = stored();
        while (FaultStage.seconds(begin) < limit.toSeconds()
                && (stored.unexplained() > 0 || stored.worstTailMillis() > tailMillis())) {
            Thread.sleep(500);
            stored = stored();
        }
        return stored;
    }

    /** Outcomes are written too, up to an interval after the newest sample. */
    public long tailMillis() {
        return interval.toMillis() + 200;
    }

    /** Says what is stored, and that nothing is missing, double or cut off. */
    public void expectWhole(Stored stored) {
        stage.evidence().figure("agentRuns", stored.runs());
        stage.evidence().figure("agentRows", stored.rows());
        stage.evidence()
                .expect(
                        stored.rows() > 0
                                && stored.twice() == 0
                                && stored.unexplained() == 0
                                && stored.wronglyNamed() == 0,
                        "real agents: %,d rows of %d runs, %d twice, %d missing within runs, %d of them named by events, %d named wrongly",
                        stored.rows(),
                        stored.runs(),
                        stored.twice(),
                        stored.holes(),
                        stored.named(),
                        stored.wronglyNamed());
        stage.evidence()
                .expect(
                        stored.worstTailMillis() <= tailMillis(),
                        "newest sample of a killed life at most %,d ms before its last write",
                        stored.worstTailMillis());
    }

    /** What the database holds of all of them. */
    public Stored stored() throws SQLException {
        return stored(ALL);
    }

    /** What the database holds of one. */
    public Stored stored(String name) throws SQLException {
        StoredRuns runs = runs(name);
        return runs.summary(worstTail(runs.stamps(), name));
    }

    /** What it holds of all of them, run by run. */
    public StoredRuns runs() throws SQLException {
        return runs(ALL);
    }

    /** What it holds of one, run by run. */
    public StoredRuns runs(String name) throws SQLException {
        return StoredRuns.read(stage.sql(), PREFIX + name);
    }

    private long worstTail(Map<String, List<Long>> stamps, String name) {
        long worst = 0;
        for (Map.Entry<String, List<Life>> agent : lives.entrySet()) {
            if (!name.equals(ALL) && !name.equals(agent.getKey())) {
                continue;
            }
            List<Long> known = stamps.getOrDefault(PREFIX + agent.getKey(), List.of());
            for (Life life : agent.getValue()) {
                if (life.endMillis() > 0) {
                    long newest = known.stream()
                            .mapToLong(stamp -> stamp)
                            .filter(stamp -> stamp <= life.endMillis() + 50)
                            .max()
                            .orElse(life.startMillis());
                    worst = Math.max(worst, life.endMillis() - Math.max(newest, life.startMillis()));
                }
            }
        }
        return worst;
    }

    @Override
    public void close() throws IOException {
        processes.values().forEach(ServiceProcess::close);
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}

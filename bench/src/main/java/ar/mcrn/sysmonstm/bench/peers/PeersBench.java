package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.bench.TemporaryFolder;
import ar.mcrn.sysmonstm.loadgen.ProcessFigures;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The same fleet through each system, one after the other, in rounds: starts it, lets it warm up from the first sample that it accepts on, and measures the CPU time of its
 * processes and what it accepted between the same two moments.
 */
public final class PeersBench {
    private static final Path PROC = Path.of("/proc");
    private static final Duration FIRST = Duration.ofSeconds(Plan.BEYOND_SECONDS);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long MEMORY_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Plan plan;
    private final List<PeerKind> kinds;
    private final PrintStream out;
    private final PrintStream err;

    PeersBench(Plan plan, List<PeerKind> kinds, PrintStream out, PrintStream err) {
        this.plan = plan;
        this.kinds = kinds;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs and prints the table.
     *
     * @param json where all figures go too; null for nowhere
     * @return whether every system that is here ran
     */
    public boolean run(Path json) throws IOException, InterruptedException {
        Map<PeerKind, List<PeerFigures>> rounds = new EnumMap<>(PeerKind.class);
        List<PeerKind> here = new ArrayList<>();
        for (PeerKind kind : kinds) {
            if (kind.missing().isEmpty()) {
                here.add(kind);
            } else {
                err.println(kind.text() + " is left out, not installed: " + String.join(" ", kind.missing()));
            }
        }
        boolean allRan = true;
        for (int round = 1; round <= plan.rounds(); round++) {
            for (PeerKind kind : List.copyOf(here)) {
                err.printf(Locale.ROOT, "round %d of %d: %s%n", round, plan.rounds(), kind.text());
                try {
                    PeerFigures figures = measure(kind);
                    rounds.computeIfAbsent(kind, _ -> new ArrayList<>()).add(figures);
                    err.printf(Locale.ROOT, "  %.1f us per host-sample%n", figures.micros());
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    err.println(kind.text() + " is left out, it failed: " + e);
                    rounds.remove(kind);
                    here.remove(kind);
                    allRan = false;
                }
            }
        }
        PeerTable table = new PeerTable(rounds);
        Map<String, String> versions = versions(here);
        out.printf(
                Locale.ROOT,
                "%d hosts at 1 Hz, %d s after %d s, %d rounds, values %s, PostgreSQL %s%n%n",
                plan.hosts(),
                plan.seconds(),
                plan.warmUpSeconds(),
                plan.rounds(),
                plan.live() ? "as in the live view" : "as in history",
                plan.timescale() ? "with TimescaleDB, after the columnstore" : "plain");
        out.print(table.text());
        versions.forEach((name, version) -> out.println(name + " " + version));
        if (json != null) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("plan", plan);
            document.put("versions", versions);
            document.putAll(table.json());
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), document);
        }
        return allRan;
    }

    private static Map<String, String> versions(List<PeerKind> kinds) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("java", Runtime.version().toString());
        versions.put("redis-server", Redis.version());
        TreeSet<String> packages = new TreeSet<>();
        kinds.forEach(kind -> packages.addAll(kind.packages()));
        packages.forEach(each -> versions.put(each, Installed.version(each)));
        return versions;
    }

    /** One system in one round. */
    PeerFigures measure(PeerKind kind) throws Exception {
        try (TemporaryFolder folder = new TemporaryFolder("sysmonstm-peer");
                Peer peer = kind.start(plan, folder.path())) {
            peer.begin();
            ProcessFigures memory = new ProcessFigures(PROC, peer.processes());
            double[] most = new double[1];
            awaitFirst(peer);
            long from = System.nanoTime() + TimeUnit.SECONDS.toNanos(plan.warmUpSeconds());
            watch(memory, from, most);
            Moment first = Moment.now(peer);
            watch(memory, first.nanos() + TimeUnit.SECONDS.toNanos(plan.seconds()), most);
            Moment last = Moment.now(peer);
            return figures(plan.valuesPerSample(kind), first, last, most[0], peer.finish());
        }
    }

    /** A system that starts slowly is not to warm up for less time than the others. */
    private static void awaitFirst(Peer peer) {
        Awaitility.await("the first sample is accepted")
                .atMost(FIRST)
                .pollInterval(POLL)
                .until(() -> peer.accepted() > 0);
    }

    private static void watch(ProcessFigures memory, long untilNanos, double[] most) throws InterruptedException {
        for (long left = untilNanos - System.nanoTime(); left > 0; left = untilNanos - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, MEMORY_EVERY_NANOS));
            double now = memory.memoryMebibytes().values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            most[0] = Math.max(most[0], now);
        }
    }

    private PeerFigures figures(
            double valuesPerSample, Moment first, Moment last, double memory, Peer.Outcome outcome) {
        long samples = Math.max(1, last.accepted() - first.accepted());
        Map<String, Double> cpu = new LinkedHashMap<>();
        last.cpuSeconds()
                .forEach((part, seconds) ->
                        cpu.put(part, (seconds - first.cpuSeconds().get(part)) * 1e6 / samples));
        double seconds = (last.nanos() - first.nanos()) / 1e9;
        double valuesStored = Math.max(1, outcome.storedSamples() * valuesPerSample);
        return new PeerFigures(
                cpu,
                samples / (seconds * plan.hosts()),
                memory,
                outcome.due(),
                outcome.accepted(),
                valuesPerSample,
                outcome.dataBytes() / valuesStored,
                outcome.indexBytes() / valuesStored,
                outcome.note());
    }

    private record Moment(long nanos, long accepted, Map<String, Double> cpuSeconds) {
        static Moment now(Peer peer) throws Exception {
            long accepted = peer.accepted();
            Map<String, Double> cpu = new LinkedHashMap<>();
            peer.processes()
                    .forEach((name, pid) -> cpu.put(
                            name,
                            ProcessFigures.secondsOf(PROC, pid)
                                    .orElseThrow(() -> new IllegalStateException(name + " has ended"))));
            return new Moment(System.nanoTime(), accepted, cpu);
        }
    }
}

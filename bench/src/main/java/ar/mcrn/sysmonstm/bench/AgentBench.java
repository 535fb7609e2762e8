package ar.mcrn.sysmonstm.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What an agent costs at 1 Hz: the real agent as its launcher starts it, streaming to {@link IngestSink}, on a plain JVM, with an AOT
 * cache and from the image of ops/image, and Debian's prometheus-node-exporter scraped once a second in the same run. CPU
 * is user and system time of {@code /proc/PID/stat}, PSS is from {@code smaps_rollup}. Variants take turns within a round;
 * medians over the rounds.
 */
final class AgentBench {
    private static final Path EXPORTER = Path.of("/usr/bin/prometheus-node-exporter");
    private static final List<String> VARIANTS = List.of("plain", "aot", "image");

    private final Path root;
    private final int warmUp;
    private final int seconds;
    private final Path folder;
    private final Children children;
    private final List<Figure> figures = new ArrayList<>();

    /** One process in one round; {@code firstMillis} is -1 for the yardstick. */
    record Figure(String name, double cpuPerMinute, double pssMebibytes, int threads, double firstMillis) {}

    private AgentBench(Path root, int warmUp, int seconds, Path folder, Children children) {
        this.root = root;
        this.warmUp = warmUp;
        this.seconds = seconds;
        this.folder = folder;
        this.children = children;
    }

    /**
     * Runs all rounds, prints the table and writes every round's figures to {@code json} unless it is null.
     *
     * @param warmUp seconds from an agent's first sample on that are not measured
     * @param seconds measured after them
     */
    static void run(Path root, int warmUp, int seconds, int rounds, Path json)
            throws IOException, InterruptedException {
        if (!Files.isExecutable(EXPORTER)) {
            throw new IOException("needs the package prometheus-node-exporter, found no " + EXPORTER);
        }
        try (TemporaryFolder folder = new TemporaryFolder("sysmonstm-agent");
                Children children = new Children()) {
            AgentBench bench = new AgentBench(root, warmUp, seconds, folder.path(), children);
            bench.recordCache();
            bench.buildImage();
            for (int round = 1; round <= rounds; round++) {
                for (String variant : VARIANTS) {
                    System.err.println("round " + round + " of " + rounds + ": " + variant);
                    bench.measure(variant);
                }
            }
            System.out.print(table(bench.figures));
            if (json != null) {
                new ObjectMapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValue(
                                json.toFile(), Map.of("warmUp", warmUp, "seconds", seconds, "rounds", bench.figures));
            }
        }
    }

    private Path cache() {
        return folder.resolve("agent.aot");
    }

    /** One run of the agent that ends by itself being stopped writes the cache. */
    private void recordCache() throws IOException, InterruptedException {
        try (IngestSink sink = new IngestSink()) {
            Process agent = agent(launcher(), sink.port(), "-XX:AOTCacheOutput=" + cache());
            try {
                sink.awaitFirst();
                TimeUnit.SECONDS.sleep(5);
            } finally {
                children.stop(agent);
            }
        }
        if (!Files.exists(cache())) {
            throw new IOException("the agent wrote no AOT cache");
        }
    }

    private Path image() {
        return folder.resolve("image");
    }

    private void buildImage() throws IOException, InterruptedException {
        Path script = root.resolve("ops").resolve("image").resolve("build");
        Process build = start(List.of(script.toString(), "agent", image().toString()));
        if (build.waitFor() != 0) {
            throw new IOException(script + " ended with " + build.exitValue());
        }
    }

    private void measure(String variant) throws IOException, InterruptedException {
        int port = freePort();
        Process exporter = start(List.of(EXPORTER.toString(), "--web.listen-address=127.0.0.1:" + port));
        try (IngestSink sink = new IngestSink();
                HttpClient client = HttpClient.newHttpClient()) {
            long begun = System.nanoTime();
            Process agent = switch (variant) {
                case "aot" -> agent(launcher(), sink.port(), "-XX:AOTMode=on -XX:AOTCache=" + cache());
                case "image" ->
                    agent(List.of(image().resolve("bin/sysmonstm-agent").toString()), sink.port(), "-XX:AOTMode=on");
                default -> agent(launcher(), sink.port(), "");
            };
            try {
                double firstMillis = (sink.awaitFirst() - begun) / 1e6;
                scrape(client, port, warmUp);
                Duration agentBefore = cpu(agent);
                Duration exporterBefore = cpu(exporter);
                long samplesBefore = sink.samples();
                long from = System.nanoTime();
                scrape(client, port, seconds);
                if (Math.abs(sink.samples() - samplesBefore - seconds) > 2) {
                    throw new IOException(
                            "the agent sent " + (sink.samples() - samplesBefore) + " samples in " + seconds + " s");
                }
                double minutes = (System.nanoTime() - from) / 60e9;
                figures.add(figure(variant, agent, agentBefore, minutes, firstMillis));
                figures.add(figure("node_exporter", exporter, exporterBefore, minutes, -1));
            } finally {
                children.stop(agent);
            }
        } finally {
            children.stop(exporter);
        }
    }

    private static void scrape(HttpClient client, int port, long times) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .build();
        long next = System.nanoTime();
        for (long i = 0; i < times; i++) {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                throw new IOException("node_exporter answered " + status);
            }
            next += 1_000_000_000L;
            TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
        }
    }

    private static Figure figure(String name, Process process, Duration before, double minutes, double firstMillis)
            throws IOException {
        double used = cpu(process).minus(before).toNanos() / 1e9;
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        return new Figure(
                name,
                used / minutes,
                number(Files.readString(proc.resolve("smaps_rollup")), "Pss:") / 1_024.0,
                (int) number(Files.readString(proc.resolve("status")), "Threads:"),
                firstMillis);
    }

    /** The number behind a word that begins a line. */
    static long number(String text, String word) {
        return text.lines()
                .filter(line -> line.startsWith(word))
                .mapToLong(line ->
                        Long.parseLong(line.substring(word.length()).strip().split(" ", 2)[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no line begins with " + word));
    }

    private static Duration cpu(Process process) throws IOException {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IOException("process ended: pid=" + process.pid()));
    }

    private List<String> launcher() {
        return List.of(root.resolve("sysmon").toString(), "agent");
    }

    private Process agent(List<String> command, int port, String option) throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("--aggregator", "127.0.0.1:" + port));
        return start(whole, Map.of("SYSMON_JAVA_OPTIONS", option));
    }

    private Process start(List<String> command) throws IOException {
        return start(command, Map.of());
    }

    private Process start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        Path spool = Files.createTempDirectory(folder, "spool");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("COLLECTOR_SPOOL_DIR", spool.toString());
        builder.environment().putAll(environment);
        return children.start(builder);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Medians by name, in order of first appearance. */
    static String table(List<Figure> figures) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%-14s %12s %8s %8s %9s%n", "process", "CPU-s/min", "PSS MiB", "threads", "first ms"));
        for (String name : figures.stream().map(Figure::name).distinct().toList()) {
            List<Figure> own = figures.stream()
                    .filter(figure -> figure.name().equals(name))
                    .toList();
            double first = median(own.stream().mapToDouble(Figure::firstMillis).toArray());
            text.append(String.format(
                    Locale.ROOT,
                    "%-14s %12.3f %8.1f %8.0f %9s%n",
                    name,
                    median(own.stream().mapToDouble(Figure::cpuPerMinute).toArray()),
                    median(own.stream().mapToDouble(Figure::pssMebibytes).toArray()),
                    median(own.stream().mapToDouble(Figure::threads).toArray()),
                    first < 0 ? "-" : String.format(Locale.ROOT, "%.0f", first)));
        }
        return text.toString();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

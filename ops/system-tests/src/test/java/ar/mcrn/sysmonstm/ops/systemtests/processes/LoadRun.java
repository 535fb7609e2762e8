package ar.mcrn.sysmonstm.ops.systemtests.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code loadgen} as a process against a deployment: its progress while it runs, its report when it has ended. */
public final class LoadRun {
    private static final Pattern LINE = Pattern.compile(
            "\\s*(\\d+) s  connected (\\d+)/\\d+  sent \\d+  acknowledged (\\d+)  unacknowledged (\\d+)  .*");
    private static final Pattern ACK_P99 = Pattern.compile("  ack p99 (\\d+) ms");
    private static final Pattern WAITING = Pattern.compile("  waiting (\\d+)");
    private static final Pattern RECONNECTS = Pattern.compile("  reconnects (\\d+)");
    private static final Duration AFTERWARDS = Duration.ofMinutes(2);

    private final ServiceProcess process;
    private final Path report;
    private final Path obligations;
    private final Instant end;
    private final int agents;
    private final Duration duration;

    /**
     * A line of progress.
     *
     * @param seconds since its start
     * @param connected agents with a stream now
     * @param acknowledged samples in all
     * @param unacknowledged samples without an outcome now
     * @param line as printed
     */
    public record Progress(long seconds, long connected, long acknowledged, long unacknowledged, String line) {
        /** Connections beyond one for each agent. */
        public long reconnects() {
            return number(RECONNECTS);
        }

        /** Samples that wait for backfill now. */
        public long waiting() {
            return number(WAITING);
        }

        /** Time from sample to acknowledgement that 99 of 100 since the line before did not exceed; 0 where there was none. */
        long ackP99Millis() {
            return number(ACK_P99);
        }

        private long number(Pattern pattern) {
            Matcher matcher = pattern.matcher(line);
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        }
    }

    /**
     * The end of a run.
     *
     * @param exitCode of the process
     * @param json what it wrote
     */
    public record Report(int exitCode, JsonNode json) {
        /** A count in it; -1 where it was not measured. */
        public long count(String field) {
            return json.path(field).asLong(-1);
        }
    }

    private LoadRun(ServiceProcess process, Path report, Path obligations, int agents, Duration duration) {
        this.process = process;
        this.report = report;
        this.obligations = obligations;
        this.end = Instant.now().plus(duration);
        this.agents = agents;
        this.duration = duration;
    }

    /** Starts it against an aggregator of the deployment, reading back its database at the end. */
    public static LoadRun start(
            Deployment deployment, ServiceProcess aggregator, int agents, Duration duration, long seed, String... more)
            throws IOException, InterruptedException {
        return start(deployment, aggregator.port("grpc"), agents, duration, seed, more);
    }

    /** Starts it against a port on this machine, which leads to an aggregator of the deployment. */
    public static LoadRun start(
            Deployment deployment, int port, int agents, Duration duration, long seed, String... more)
            throws IOException {
        Path report = Files.createTempFile("sysmonstm-load", ".json");
        Path obligations = Path.of(report + ".owed");
        // Where nobody comes to read them.
        report.toFile().deleteOnExit();
        obligations.toFile().deleteOnExit();
        List<String> arguments = new ArrayList<>(List.of(
                "--target", "127.0.0.1:" + port,
                "--agents", Integer.toString(agents),
                "--duration", duration.toMillis() + "ms",
                "--seed", Long.toString(seed),
                "--drain", "60s",
                "--database", deployment.database(),
                "--obligations", obligations.toString(),
                "--json", report.toString()));
        arguments.addAll(List.of(more));
        return new LoadRun(
                deployment.start(Part.LOADGEN, Map.of(), arguments.toArray(String[]::new)),
                report,
                obligations,
                agents,
                duration);
    }

    /** The next line of progress that fits, from now on. */
    public Progress awaitProgress(Predicate<Progress> fits, Duration limit) throws InterruptedException {
        return parse(process.awaitError(
                line -> LINE.matcher(line).matches() && fits.test(parse(line)), process.errorLines(), limit));
    }

    /** The newest line of progress; all zero before the first. */
    public Progress progress() {
        List<String> lines = process.errorsSoFar();
        for (String line : lines.reversed()) {
            if (LINE.matcher(line).matches()) {
                return parse(line);
            }
        }
        return new Progress(0, 0, 0, 0, "no progress yet");
    }

    /**
     * The middle of what the lines of progress of a stretch say of acknowledgements: the time from the sample that 99 of 100 did
     * not exceed; 0 where none came.
     *
     * @param fromSeconds of its run, excluded
     * @param toSeconds of its run, included
     */
    public long ackP99Millis(long fromSeconds, long toSeconds) {
        List<Long> p99 = process.errorsSoFar().stream()
                .filter(line -> LINE.matcher(line).matches())
                .map(LoadRun::parse)
                .filter(now -> now.seconds() > fromSeconds && now.seconds() <= toSeconds && now.ackP99Millis() > 0)
                .map(Progress::ackP99Millis)
                .sorted()
                .toList();
        return p99.isEmpty() ? 0 : p99.get(p99.size() / 2);
    }

    /** Simulated agents. */
    public int agents() {
        return agents;
    }

    private static Progress parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no progress: " + line);
        }
        return new Progress(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)),
                line.strip());
    }

    /** Lets it run on for this long.
     *
     * @throws IllegalStateException when it ends meanwhile */
    public void goOnFor(Duration time) throws InterruptedException {
        if (process.awaitExit(time).isPresent()) {
            throw new IllegalStateException("ended early: " + process);
        }
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Its report, when it has ended.
     *
     * @throws IllegalStateException when it does not end in time or wrote none
     */
    public Report report() throws IOException, InterruptedException {
        int exit = process.awaitExit(duration.plus(AFTERWARDS))
                .orElseThrow(() -> new IllegalStateException("does not end: " + process));
        String text = Files.readString(report);
        Files.delete(report);
        if (text.isEmpty()) {
            throw new IllegalStateException("no report from " + process);
        }
        return new Report(exit, new ObjectMapper().readTree(text));
    }

    /**
     * Holds the database against what was owed, in a process of its own, after the end.
     *
     * @param since samples with a later stamp are fresh
     * @throws IllegalStateException when it does not end in time or wrote nothing
     */
    public Report verify(Deployment deployment, Instant since, String... more)
            throws IOException, InterruptedException {
        Path verdict = Files.createTempFile("sysmonstm-verdict", ".json");
        List<String> arguments = new ArrayList<>(List.of(
                "--verify", obligations.toString(),
                "--database", deployment.database(),
                "--since", Long.toString(since.toEpochMilli()),
                "--json", verdict.toString()));
        arguments.addAll(List.of(more));
        ServiceProcess verification = deployment.start(Part.LOADGEN, Map.of(), arguments.toArray(String[]::new));
        int exit = verification
                .awaitExit(AFTERWARDS)
                .orElseThrow(() -> new IllegalStateException("does not end: " + verification));
        String text = Files.readString(verdict);
        Files.delete(verdict);
        Files.deleteIfExists(obligations);
        if (text.isEmpty()) {
            throw new IllegalStateException("no verdict from " + verification);
        }
        return new Report(exit, new ObjectMapper().readTree(text));
    }

    /** When its schedule is over. */
    public Instant end() {
        return end;
    }

    @Override
    public String toString() {
        return process.toString();
    }
}

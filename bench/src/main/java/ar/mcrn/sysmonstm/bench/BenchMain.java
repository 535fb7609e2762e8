package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.bench.peers.PeersBench;
import ar.mcrn.sysmonstm.bench.peers.PeersOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sysmon bench}: runs the benchmarks and prints one line each, beside the baseline, to standard output, progress to standard error. Exit
 * codes: 0 all ran, 1 one failed, 2 wrong usage.
 */
@CommandLine.Command(
        name = "sysmon bench",
        description = "Measures the hot path by JMH, or history, rollups, the spool, and other systems.")
public final class BenchMain {
    private static final int SPOOL_OPENINGS = 5;

    @Parameters(arity = "0..*", paramLabel = "PATTERN", description = "benchmarks by regular expression (default all)")
    List<String> patterns = List.of();

    @Option(names = "--full", description = "5 forks, longer warm-up and more iterations: some minutes each")
    boolean full;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "JMH's own result (default target/bench.json), or with --peers and --agent all figures")
    Path json;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "compare with these figures (default the committed ones)")
    Path baseline;

    @Option(names = "--save", paramLabel = "FILE", description = "keep the figures there, for --baseline")
    Path save;

    @Option(names = "--history", description = "instead: what questions about history cost at the api")
    boolean history;

    @Option(
            names = "--rollups",
            description = "instead: whether a week rolled up equals brute force, and what rollups and repairs cost")
    boolean rollups;

    @Option(names = "--spool", description = "instead: how long an agent takes to open a full spool")
    boolean spool;

    @Option(names = "--agent", description = "instead: what an agent costs, beside prometheus-node-exporter")
    boolean agent;

    @Option(
            names = "--bytes",
            paramLabel = "BYTES",
            description = "with --spool: its bound, 1 MiB to 16 GiB (default 1 GiB)")
    long bytes = 1L << 30;

    @Option(names = "--seed", paramLabel = "S", description = "with --rollups: of the generated week (default 1)")
    long seed = 1;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "with --history, --rollups, --peers: plain or timescale (default plain)")
    String mode = "plain";

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "with --history: an empty database to fill (default one of its own)")
    String database;

    @Option(
            names = "--machines",
            paramLabel = "N",
            description = "with --history, --rollups: 2 to 10,000 (default 1,000)")
    int machines = 1_000;

    @Option(
            names = "--days",
            paramLabel = "N",
            description = "with --history: days that are there of each machine, 1 to 7 (default 1)")
    int days = 1;

    @Option(names = "--repeat", paramLabel = "N", description = "with --history: times each is asked (default 100)")
    int repeat = 100;

    @Option(names = "--plans", paramLabel = "FILE", description = "with --history: the plans that PostgreSQL chose")
    Path plans;

    @Mixin
    final PeersOptions peersOptions = new PeersOptions();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this help")
    boolean help;

    private PeersBench peers;

    private BenchMain() {}

    /** Runs what the command line asks for; does not return. */
    public static void main(String... arguments) {
        BenchMain bench = new BenchMain();
        CommandLine commandLine = new CommandLine(bench);
        try {
            commandLine.parseArgs(arguments);
            bench.check(commandLine);
        } catch (CommandLine.ParameterException e) {
            System.err.println("sysmon bench: " + e.getMessage() + " (see sysmon bench --help)");
            System.exit(2);
        }
        if (bench.help) {
            commandLine.usage(System.out);
            System.exit(0);
        }
        if (bench.history || bench.rollups || bench.spool || bench.agent || bench.peersOptions.isAsked()) {
            System.exit(bench.runInstead());
        }
        try {
            System.exit(bench.compare());
        } catch (NoBenchmarksException e) {
            System.err.println("sysmon bench: no benchmark matches " + String.join(", ", bench.patterns));
            System.exit(2);
        } catch (RunnerException | IOException e) {
            System.err.println("sysmon bench: " + e.getMessage());
            System.exit(1);
        }
    }

    private void check(CommandLine commandLine) {
        if (!mode.equals("plain") && !mode.equals("timescale")) {
            throw new CommandLine.ParameterException(commandLine, "--mode=" + mode + ", allowed: plain, timescale");
        }
        if (machines < 2 || machines > 10_000) {
            throw new CommandLine.ParameterException(commandLine, "--machines=" + machines + ", allowed: 2 to 10000");
        }
        if (days < 1 || days > 7) {
            throw new CommandLine.ParameterException(commandLine, "--days=" + days + ", allowed: 1 to 7");
        }
        if (Stream.of(history, rollups, spool, agent, peersOptions.isAsked())
                        .filter(given -> given)
                        .count()
                > 1) {
            throw new CommandLine.ParameterException(
                    commandLine, "--history, --rollups, --spool, --agent, --peers: only one of them");
        }
        if (bytes < 1L << 20 || bytes > 16L << 30) {
            throw new CommandLine.ParameterException(
                    commandLine, "--bytes=" + bytes + ", allowed: 1048576 to 17179869184");
        }
        try {
            peers = peersOptions.bench(mode.equals("timescale"), System.out, System.err);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(commandLine, e.getMessage(), e);
        }
        if (repeat < 1) {
            throw new CommandLine.ParameterException(commandLine, "--repeat=" + repeat + ", allowed: at least 1");
        }
    }

    private int runInstead() {
        try {
            if (agent) {
                AgentBench.run(
                        Path.of(System.getProperty("sysmonstm.root", ".")),
                        peersOptions.warmUp(),
                        peersOptions.seconds(),
                        peersOptions.rounds(),
                        json);
                return 0;
            }
            if (peersOptions.isAsked()) {
                return peers.run(json) ? 0 : 1;
            }
            if (spool) {
                SpoolBench.run(bytes, SPOOL_OPENINGS);
                return 0;
            }
            return rollups ? runRollups() : runHistory();
        } catch (Exception e) {
            String message = e.getMessage();
            System.err.println("sysmon bench: " + (message == null ? e.toString() : message));
            return 1;
        }
    }

    private int runRollups() throws Exception {
        return RollupBench.run(mode, machines, seed) ? 0 : 1;
    }

    private int runHistory() throws Exception {
        HistoryBench questions = new HistoryBench(mode, machines, days, repeat, plans);
        if (database == null) {
            questions.runAlone();
        } else {
            questions.run(database);
        }
        return 0;
    }

    private int compare() throws RunnerException, IOException {
        Figures before = baseline == null ? Figures.baseline() : Figures.read(baseline);
        Path result = json == null ? Path.of("target", "bench.json") : json;
        Path folder = result.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Collection<RunResult> results = run(result);
        Figures figures = Figures.of(results);
        System.out.print(new FigureTable(figures, before).text());
        if (save != null) {
            figures.save(save);
        }
        return results.isEmpty() ? 1 : 0;
    }

    private Collection<RunResult> run(Path result) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .forks(full ? 5 : 2)
                .warmupIterations(full ? 5 : 3)
                .warmupTime(TimeValue.seconds(full ? 2 : 1))
                .measurementIterations(full ? 10 : 4)
                .measurementTime(TimeValue.seconds(full ? 2 : 1))
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        if (patterns.isEmpty()) {
            options.include("ar\\.mcrn\\.sysmonstm\\.bench\\..*");
        }
        patterns.forEach(options::include);
        if (!patterns.isEmpty()) {
            options.include(YardstickBenchmark.class.getName());
        }
        options.result(result.toString()).resultFormat(ResultFormatType.JSON);
        return new Runner(options.build(), OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL))
                .run();
    }
}

package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sysmon loadgen}: simulated agents against a running aggregator. Progress goes to standard error, the result to
 * standard output. Exit code 0 = fine, 1 = the run failed or the database disagrees with what was acknowledged, 2 = wrong
 * usage.
 */
@Command(
        name = "loadgen",
        description = "Simulates agents over the real protocol and checks what was stored.",
        sortOptions = false,
        mixinStandardHelpOptions = false)
public final class LoadgenMain implements Callable<Integer> {

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            description = "gRPC address of the aggregator; repeatable, agents take turns (127.0.0.1:50051)")
    private List<String> targets = List.of("127.0.0.1:50051");

    @Option(names = "--agents", paramLabel = "N", description = "simulated agents (${DEFAULT-VALUE})")
    private int agents = 100;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            converter = Durations.class,
            description = "time between two samples of an agent, at least 250 ms (1)")
    private Duration interval = Duration.ofSeconds(1);

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "length of the run (60s)")
    private Duration duration = Duration.ofSeconds(60);

    @Option(
            names = "--ramp",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "time over which agents begin (1 s per 1,000 agents)")
    private Duration ramp;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "longest wait for outcomes after the last sample (30s)")
    private Duration drain = Duration.ofSeconds(30);

    @Option(
            names = "--spool",
            paramLabel = "N",
            description = "samples an agent keeps without outcome (${DEFAULT-VALUE})")
    private int spool = 3_600;

    @Option(names = "--seed", paramLabel = "S", description = "makes machine ids, phases and values (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--threads", paramLabel = "N", description = "event loops that all agents share (${DEFAULT-VALUE})")
    private int threads = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "reads back what was stored: lost, duplicates (postgresql://user:password@host:port/db)")
    private String database;

    @Option(names = "--api", paramLabel = "URL", description = "address of the api, for --viewers")
    private URI api;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description = "admin port of the aggregator, for commitMillis and stageMillis")
    private URI admin;

    @Option(names = "--api-admin", paramLabel = "URL", description = "admin port of the api, for stageMillis")
    private URI apiAdmin;

    @Option(
            names = "--pid",
            paramLabel = "NAME=PID",
            description = "reports the CPU seconds of this process; repeatable")
    private Map<String, Long> processes = new LinkedHashMap<>();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "writes the report as JSON; - = standard output, alone")
    private String json;

    @Option(names = "--html", paramLabel = "FILE", description = "writes the report as a page")
    private Path html;

    @Option(names = "--hlog", paramLabel = "FILE", description = "writes latencies of every 2 s as an HdrHistogram log")
    private Path latencyLog;

    @Mixin
    private final AgentOptions agentOptions = new AgentOptions();

    @Mixin
    private final ViewerOptions viewerOptions = new ViewerOptions();

    @Mixin
    private final PhaseOptions phaseOptions = new PhaseOptions();

    @Mixin
    private final SearchOptions searchOptions = new SearchOptions();

    @Mixin
    private final VerifyOptions verifyOptions = new VerifyOptions();

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    LoadgenMain(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** Ends the process with the exit code. */
    public static void main(String[] arguments) {
        // Connections that fail are counted and shown in the progress line.
        Logger.getLogger("io.grpc").setLevel(Level.OFF);
        System.exit(new LoadgenMain(System.out, System.err, System.getenv()).execute(arguments));
    }

    int execute(String... arguments) {
        CommandLine line = new CommandLine(this);
        line.getCommandSpec()
                .addOption(CommandLine.Model.OptionSpec.builder("--help")
                        .usageHelp(true)
                        .description("shows this")
                        .build());
        return line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((failure, ignored) -> usage(failure.getMessage()))
                .setExecutionExceptionHandler((failure, command, ignored) -> {
                    err.println("loadgen: " + words(failure));
                    return ExitCode.SOFTWARE;
                })
                .execute(arguments);
    }

    private static String words(Exception failure) {
        return switch (failure) {
            case NoSuchFileException file -> file.getFile() + " does not exist";
            case FileAlreadyExistsException file -> file.getFile() + " exists already";
            case AccessDeniedException file -> "no permission for " + file.getFile();
            case FileSystemException file -> file.getMessage();
            default -> failure.toString();
        };
    }

    private int usage(String message) {
        err.println("loadgen: " + message.lines().findFirst().orElse("wrong usage"));
        return ExitCode.USAGE;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (verifyOptions.verify().isPresent()) {
            return verify(verifyOptions.verify().get());
        }
        LoadPlan plan;
        Optional<RateSearch> search;
        try {
            plan = plan();
            search = searchOptions.isAsked() ? Optional.of(searchOptions.search(plan, err)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return usage(e.getMessage());
        }
        LoadReport report;
        try {
            if (search.isPresent()) {
                RateSearch.Found found = search.get().run();
                write(found.json(), found.text());
                return found.highestHeld() > 0 ? ExitCode.OK : ExitCode.SOFTWARE;
            }
            report = new LoadRun(plan, err).run();
        } catch (SQLException e) {
            return unreadable(plan.database().orElseThrow(), e);
        }
        if (html != null) {
            Files.writeString(html, ReportPage.of(report));
        }
        write(report.json(), report.text());
        return report.finding() == null ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private LoadPlan plan() {
        if (api != null) {
            Viewers.webSocket(api);
        }
        AdminPort.check("--admin", admin);
        AdminPort.check("--api-admin", apiAdmin);
        return new LoadPlan(
                targets.stream().map(HostPort::parse).toList(),
                agents,
                interval,
                duration,
                ramp == null ? LoadPlan.shortestRamp(agents, duration) : ramp,
                drain,
                spool,
                seed,
                threads,
                environment.getOrDefault("COLLECTOR_TOKEN", ""),
                Optional.ofNullable(database).map(DatabaseAddress::parse),
                Optional.ofNullable(api),
                Optional.ofNullable(admin),
                Optional.ofNullable(apiAdmin),
                viewerOptions.viewers(),
                processes,
                agentOptions.behaviour(),
                phaseOptions.phases(),
                Optional.ofNullable(latencyLog),
                verifyOptions.obligations(),
                verifyOptions.atLeast());
    }

    private int verify(Path obligations) throws IOException {
        DatabaseAddress address;
        long since;
        AtLeast atLeast;
        try {
            if (database == null) {
                throw new IllegalArgumentException("--verify needs --database URL");
            }
            address = DatabaseAddress.parse(database);
            since = verifyOptions.sinceMillis();
            atLeast = verifyOptions.atLeast();
        } catch (IllegalArgumentException e) {
            return usage(e.getMessage());
        }
        Verdict verdict;
        try {
            verdict = Verdict.of(obligations, address, since, atLeast);
        } catch (SQLException e) {
            return unreadable(address, e);
        }
        write(verdict.json(), verdict.text());
        return verdict.holds() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private int unreadable(DatabaseAddress address, SQLException e) {
        err.println("loadgen: cannot read back " + address + ": "
                + e.getMessage().lines().findFirst().orElse(""));
        return ExitCode.SOFTWARE;
    }

    private void write(String document, String text) throws IOException {
        if (json != null && !json.equals("-")) {
            Files.writeString(Path.of(json), document + "\n");
        }
        out.print("-".equals(json) ? document + "\n" : text);
        out.flush();
    }
}

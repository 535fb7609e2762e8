package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.runtime.service.StandardErrorLogging;
import ar.mcrn.sysmonstm.ops.runtime.service.UsageErrors;
import ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios.Scenarios;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sysmon faults}: brings faults about under load and prints one row for each. Progress goes to standard error. Exit
 * code 0 = all as expected, 1 = a row failed, 2 = wrong usage.
 */
@Command(
        name = "faults",
        description = "Brings faults about under load and checks that nothing is lost or stored twice.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class FaultsMain implements Callable<Integer> {
    @Option(
            names = "--only",
            paramLabel = "ID",
            split = ",",
            description = "these faults only, such as F1,F8/newer; F8 = all of its forms (all but the long ones)")
    private List<String> only = List.of();

    @Option(names = "--long", description = "the long forms too: outages of 10 minutes")
    private boolean withLong;

    @Option(names = "--kills", paramLabel = "N", description = "instead: one run with N random kill -9 in turn")
    private Integer kills;

    @Option(names = "--agents", paramLabel = "N", description = "simulated agents, at most 2000 (${DEFAULT-VALUE})")
    private int agents = 500;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            description = "of each load, at least 30; a fault that needs longer takes longer (${DEFAULT-VALUE})")
    private int duration = 45;

    @Option(
            names = "--unacknowledged",
            paramLabel = "N",
            description = "samples waiting for an outcome at the fault (500, or 2.5 an agent where that is less)")
    private Long unacknowledged;

    @Option(names = "--seed", paramLabel = "S", description = "of agents and of all chance (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--repeat", paramLabel = "N", description = "times for each fault, each with the next seed (1)")
    private int repeat = 1;

    @Option(names = "--parallel", paramLabel = "N", description = "rows side by side, 1 to 4 (${DEFAULT-VALUE})")
    private int parallel = 1;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description = "rows done of this commit, where nothing differs from it, are kept here and not run again"
                    + " (target/faults.jsonl)")
    private Path state;

    @Option(
            names = "--any-commit",
            description = "rows done of other commits count too; the JSON names the commit of each")
    private boolean anyCommit;

    @Option(names = "--again", description = "runs rows that are done, too")
    private boolean again;

    @Option(names = "--again-failed", description = "runs rows that are done and failed, too")
    private boolean againFailed;

    @Option(names = "--json", paramLabel = "FILE", description = "rows as JSON")
    private Path json;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "rows as a table, a line for each fault with all its seeds")
    private Path markdown;

    @Option(names = "--list", description = "only says which faults there are")
    private boolean list;

    @Spec
    private CommandSpec spec;

    private final PrintStream out;
    private final PrintStream progress;

    FaultsMain(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    /** One row to run. */
    private record Planned(FaultScenario scenario, FaultLoad load) {}

    /** Does not return. */
    public static void main(String[] arguments) {
        // What starts PostgreSQL logs every line of it to standard output.
        StandardErrorLogging.factory("OFF", false).configure(new MetricRegistry(), "faults");
        System.exit(new CommandLine(new FaultsMain(System.out, System.err))
                .setParameterExceptionHandler(UsageErrors.of("faults"))
                .execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        List<FaultScenario> scenarios = scenarios();
        if (list) {
            scenarios.forEach(scenario -> out.printf("%-16s %s%n", scenario.id(), scenario.fault()));
            return ExitCode.OK;
        }
        Path root = RepositoryRoot.find().path();
        String commit = TestedCommit.of(root);
        FaultState done = FaultState.open(state == null ? root.resolve("target/faults.jsonl") : state);
        long waiting = unacknowledged == null ? 500 : unacknowledged;
        List<Planned> planned = new ArrayList<>();
        for (int time = 0; time < repeat; time++) {
            for (FaultScenario scenario : scenarios) {
                FaultLoad load = new FaultLoad(agents, Duration.ofSeconds(duration), seed + time, waiting);
                planned.add(new Planned(scenario, load.of(scenario)));
            }
        }
        List<FaultRow> rows = run(planned, done, commit);
        FaultTable.print(rows, out);
        if (json != null) {
            ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
            Files.writeString(json, mapper.writeValueAsString(Map.of("rows", rows)) + "\n");
        }
        if (markdown != null) {
            Files.writeString(markdown, FaultTable.markdown(rows));
        }
        return rows.stream().allMatch(FaultRow::isPassed) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** All rows in the order planned, from the state file or run now. */
    private List<FaultRow> run(List<Planned> planned, FaultState done, String commit)
            throws InterruptedException, IOException {
        FaultRunner runner = new FaultRunner(commit, progress);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("faults-stop").unstarted(runner::stop));
        List<Callable<FaultRow>> tasks = new ArrayList<>();
        for (Planned each : planned) {
            tasks.add(() -> {
                Optional<FaultRow> known =
                        again ? Optional.empty() : done.done(each.scenario(), each.load(), anyCommit ? null : commit);
                if (known.isPresent() && (known.get().isPassed() || !againFailed)) {
                    return known.get();
                }
                FaultRow row = runner.run(each.scenario(), each.load());
                if (!runner.isStopped()) {
                    done.add(row);
                }
                return row;
            });
        }
        List<FaultRow> rows = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(parallel)) {
            for (Future<FaultRow> row : threads.invokeAll(tasks)) {
                rows.add(row.get());
            }
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        return rows;
    }

    private List<FaultScenario> scenarios() {
        if (agents < 1 || agents > 2_000 || duration < 30 || repeat < 1 || parallel < 1 || parallel > 4) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--agents=" + agents + ", --duration=" + duration + ", --repeat=" + repeat + ", --parallel="
                            + parallel + ": allowed are 1 to 2000, 30 or more, 1 or more, 1 to 4");
        }
        try {
            return kills == null ? Scenarios.chosen(only, withLong) : List.of(Scenarios.kills(kills));
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.runtime.service.StandardErrorLogging;
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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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
    private static final String ROW = "%-4s %-48s %-58s %-62s %s%n";

    @Option(names = "--only", paramLabel = "ID", split = ",", description = "these faults only: F1, F7 (all)")
    private List<String> only = List.of();

    @Option(names = "--agents", paramLabel = "N", description = "simulated agents, at most 2000 (${DEFAULT-VALUE})")
    private int agents = 200;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "of each load, at least 30 (${DEFAULT-VALUE})")
    private int duration = 60;

    @Option(
            names = "--unacknowledged",
            paramLabel = "N",
            description = "samples waiting for an outcome at the fault (500, or 2.5 an agent where that is less)")
    private Long unacknowledged;

    @Option(names = "--seed", paramLabel = "S", description = "of the simulated agents (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--repeat", paramLabel = "N", description = "times for each fault, each with the next seed (1)")
    private int repeat = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "rows as JSON")
    private Path json;

    @Spec
    private CommandSpec spec;

    private final PrintStream out;
    private final PrintStream progress;

    FaultsMain(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    /** Does not return. */
    public static void main(String[] arguments) {
        // What starts PostgreSQL logs every line of it to standard output.
        StandardErrorLogging.factory("OFF", false).configure(new MetricRegistry(), "faults");
        System.exit(new CommandLine(new FaultsMain(System.out, System.err)).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        List<Fault> faults = faults();
        long waiting = unacknowledged == null ? Math.min(500, agents * 5L / 2) : unacknowledged;
        FaultRun run = new FaultRun(progress);
        List<FaultRow> rows = new ArrayList<>();
        for (int time = 0; time < repeat; time++) {
            for (Fault fault : faults) {
                FaultLoad load = new FaultLoad(agents, Duration.ofSeconds(duration), seed + time, waiting);
                FaultRow row = run.run(fault, load);
                progress.println("  " + row.verdict());
                rows.add(row);
            }
        }
        print(rows);
        if (json != null) {
            ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
            Files.writeString(json, mapper.writeValueAsString(Map.of("rows", rows)) + "\n");
        }
        return rows.stream().allMatch(FaultRow::passed) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private List<Fault> faults() {
        if (agents < 1 || agents > 2_000 || duration < 30 || repeat < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--agents=" + agents + ", --duration=" + duration + ", --repeat=" + repeat
                            + ": allowed are 1 to 2000, 30 or more, 1 or more");
        }
        try {
            return only.isEmpty()
                    ? List.of(Fault.values())
                    : only.stream().map(Fault::ofId).toList();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--only: " + e.getMessage());
        }
    }

    private void print(List<FaultRow> rows) {
        out.printf(Locale.ROOT, ROW, "id", "fault", "load", "expected", "seen");
        for (FaultRow row : rows) {
            String seen = row.issued() < 0
                    ? row.verdict()
                    : "%s; unacknowledged at the fault %d, issued %d, acknowledged %d, rows %d, lost %d, duplicates %d, reconnects %d, back in %.1f s"
                            .formatted(
                                    row.verdict(),
                                    row.unacknowledgedAtFault(),
                                    row.issued(),
                                    row.acknowledged(),
                                    row.rowsStored(),
                                    row.lost(),
                                    row.duplicates(),
                                    row.reconnects(),
                                    row.recoverySeconds());
            out.printf(Locale.ROOT, ROW, row.id(), row.fault(), row.load(), row.expected(), seen);
        }
        out.flush();
    }
}

package ar.mcrn.sysmonstm.bench.peers;

import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of {@code sysmon bench --peers}. */
public final class PeersOptions {
    @Option(
            names = "--peers",
            description = "instead: the simulated fleet through sysmonstm and other systems, side by side")
    private boolean peers;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description =
                    "with --peers: sysmonstm, victoria-metrics, victoria-metrics-batched, prometheus, python (default all)")
    private List<String> only = List.of();

    @Option(names = "--hosts", paramLabel = "N", description = "with --peers: 1 to 10,000 (default 1,000)")
    private int hosts = 1_000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "with --peers, --agent: measured, 5 to 3,600 (default 60)")
    private int seconds = 60;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "with --peers, --agent: seconds before, 1 to 600 (default 30)")
    private int warmUp = 30;

    @Option(names = "--rounds", paramLabel = "N", description = "with --peers, --agent: 1 to 20 (default 3)")
    private int rounds = 3;

    @Option(
            names = "--values",
            paramLabel = "SET",
            description =
                    "with --peers: what others get of a sample: stored = what history keeps, live = devices each second too (default stored)")
    private String values = "stored";

    /** Made by the command line. */
    public PeersOptions() {}

    /** Whether this is asked for. */
    public boolean isAsked() {
        return peers;
    }

    /** Seconds before that are not measured. */
    public int warmUp() {
        return warmUp;
    }

    /** Seconds measured in each round. */
    public int seconds() {
        return seconds;
    }

    /** Rounds over all systems. */
    public int rounds() {
        return rounds;
    }

    /**
     * Checks all of them.
     *
     * @throws IllegalArgumentException naming option, value and range
     */
    public PeersBench bench(boolean timescale, PrintStream out, PrintStream err) {
        range("--hosts", hosts, 1, 10_000);
        range("--seconds", seconds, 5, 3_600);
        range("--warm-up", warmUp, 1, 600);
        range("--rounds", rounds, 1, 20);
        if (!values.equals("stored") && !values.equals("live")) {
            throw new IllegalArgumentException("--values=" + values + ", allowed: stored, live");
        }
        List<PeerKind> kinds = only.isEmpty()
                ? List.of(PeerKind.values())
                : only.stream().map(PeerKind::of).distinct().sorted().toList();
        return new PeersBench(
                new Plan(hosts, warmUp, seconds, rounds, values.equals("live"), timescale), kinds, out, err);
    }

    private static void range(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + "=" + value + ", allowed: " + least + " to " + most);
        }
    }
}

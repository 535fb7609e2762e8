package ar.mcrn.sysmonstm.loadgen;

import java.io.PrintStream;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options for the search for the highest load held. */
final class SearchOptions {

    @Option(
            names = "--find-max",
            description =
                    "instead: the most agents held within the bounds, beginning with --agents; each step lasts --duration")
    private boolean findMax;

    @Option(
            names = "--bound-commit",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "with --find-max: received to committed, 99 of 100 (1s)")
    private Duration commitBound = Duration.ofSeconds(1);

    @Option(
            names = "--bound-frame",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "with --find-max and --viewers: sample to frame, 99 of 100 (250ms)")
    private Duration frameBound = Duration.ofMillis(250);

    @Option(
            names = "--most",
            paramLabel = "N",
            description = "with --find-max: agents tried at most (${DEFAULT-VALUE})")
    private int most = 20_000;

    boolean isAsked() {
        return findMax;
    }

    /** @throws IllegalArgumentException naming option, value and range */
    RateSearch search(LoadPlan plan, PrintStream progress) {
        return new RateSearch(plan, commitBound, frameBound, most, progress);
    }
}

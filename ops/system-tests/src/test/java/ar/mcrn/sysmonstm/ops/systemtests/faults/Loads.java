package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The loads of a stage taken together, as their newest lines of progress tell. One thread. */
final class Loads {
    private final List<LoadRun> runs = new ArrayList<>();

    void add(LoadRun run) {
        runs.add(run);
    }

    List<LoadRun> runs() {
        return List.copyOf(runs);
    }

    LoadRun first() {
        return runs.getFirst();
    }

    /** Simulated agents. */
    int agents() {
        return runs.stream().mapToInt(LoadRun::agents).sum();
    }

    /** Sum of a figure of their newest lines. */
    long sum(ToLongFunction<LoadRun.Progress> figure) {
        return runs.stream()
                .mapToLong(run -> figure.applyAsLong(run.progress()))
                .sum();
    }

    /** Their newest lines. */
    String lines() {
        return runs.stream().map(run -> run.progress().line()).collect(Collectors.joining(" | "));
    }

    /** When the schedule of the first that ends is over; now where there is none. */
    Instant end() {
        return runs.stream().map(LoadRun::end).min(Instant::compareTo).orElseGet(Instant::now);
    }

    /** Whether one of them takes no more samples: what is seen from then on says nothing of a system under load. */
    boolean isOver() {
        return !runs.isEmpty() && (Instant.now().isAfter(end()) || runs.stream().anyMatch(run -> !run.isAlive()));
    }

    void goOnFor(Duration time) throws InterruptedException {
        first().goOnFor(time);
    }

    /** Waits for their ends. */
    List<LoadRun.Report> reports() throws IOException, InterruptedException {
        List<LoadRun.Report> reports = new ArrayList<>();
        for (LoadRun run : runs) {
            reports.add(run.report());
        }
        return reports;
    }

    /** The loads with what they printed last, for messages. */
    @Override
    public String toString() {
        return runs.toString();
    }
}

package ar.mcrn.sysmonstm.loadgen;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the load changes over a run beside its ramp.
 *
 * @param warmUp time after the ramp that does not count as steady; empty = 10 s, or a fifth of a run shorter than 50 s
 * @param aligned all agents tick at the same moment, instead of spread over the interval
 * @param storms moments at which every connection is cut at once; the agents come back as they do after any break
 * @param spikeAgents further agents that come all at once, 0 for none
 * @param spikeAt when they come
 * @param spikeFor when they leave again, after they came
 */
record LoadPhases(
        Optional<Duration> warmUp,
        boolean aligned,
        List<Duration> storms,
        int spikeAgents,
        Duration spikeAt,
        Duration spikeFor) {

    private static final Duration WARM_UP = Duration.ofSeconds(10);

    /** The same load all the time. */
    static final LoadPhases STEADY =
            new LoadPhases(Optional.empty(), false, List.of(), 0, Duration.ZERO, Duration.ZERO);

    /** @throws IllegalArgumentException naming option, value and range */
    LoadPhases {
        storms = List.copyOf(storms);
        LoadPlan.range("--spike-agents", spikeAgents, 0, 100_000);
    }

    /** @throws IllegalArgumentException where a phase lies outside of the run */
    void checkWithin(Duration duration) {
        warmUp.ifPresent(time -> LoadPlan.range("--warm-up", time, Duration.ZERO, duration));
        storms.forEach(storm -> LoadPlan.range("--storm-at", storm, Duration.ZERO, duration));
        if (spikeAgents > 0) {
            LoadPlan.range("--spike-at", spikeAt, Duration.ZERO, duration);
            LoadPlan.range("--spike-for", spikeFor, LoadPlan.SHORTEST_INTERVAL, duration.minus(spikeAt));
        }
    }

    /** When the steady part of a run begins. */
    Duration steadyFrom(Duration ramp, Duration duration) {
        Duration fifth = duration.dividedBy(5);
        return ramp.plus(warmUp.orElse(fifth.compareTo(WARM_UP) < 0 ? fifth : WARM_UP));
    }

    /** First round of a further agent. */
    int spikeBegins(int intervalMillis) {
        return (int) (spikeAt.toMillis() / intervalMillis);
    }

    /** Round in which it has left. */
    int spikeEnds(int intervalMillis) {
        return (int) (spikeAt.plus(spikeFor).toMillis() / intervalMillis);
    }
}

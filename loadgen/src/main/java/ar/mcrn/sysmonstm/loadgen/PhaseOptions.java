package ar.mcrn.sysmonstm.loadgen;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for how the load changes over the run. */
final class PhaseOptions {

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "time after the ramp that steady figures leave out (10s, or a fifth of a shorter run)")
    private Duration warmUp;

    @Option(
            names = "--aligned",
            description = "all agents tick at the same moment, instead of spread over the interval")
    private boolean aligned;

    @Option(
            names = "--storm-at",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "cuts every connection at this moment of the run; repeatable")
    private List<Duration> storms = List.of();

    @Option(
            names = "--spike-agents",
            paramLabel = "N",
            description = "further agents that come all at once and leave again (${DEFAULT-VALUE})")
    private int spikeAgents;

    @Option(
            names = "--spike-at",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "when they come (20s)")
    private Duration spikeAt = Duration.ofSeconds(20);

    @Option(
            names = "--spike-for",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "how long they stay (20s)")
    private Duration spikeFor = Duration.ofSeconds(20);

    LoadPhases phases() {
        return new LoadPhases(Optional.ofNullable(warmUp), aligned, storms, spikeAgents, spikeAt, spikeFor);
    }
}

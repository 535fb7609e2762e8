package ar.mcrn.sysmonstm.loadgen;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Options for what agents do beyond taking and sending samples. */
final class AgentOptions {

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "unsent samples an agent gathers before it sends them (${DEFAULT-VALUE})")
    private int batch = 1;

    @Option(names = "--copies", paramLabel = "N", description = "sends each message so often (${DEFAULT-VALUE})")
    private int copies = 1;

    @Option(
            names = "--restarts",
            paramLabel = "N",
            description = "kills of agents over the run; each comes back with a new run (${DEFAULT-VALUE})")
    private int restarts;

    @Option(
            names = "--clock-skew",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "each agent's clock is wrong by up to this, either way (0s)")
    private Duration clockSkew = Duration.ZERO;

    @Option(
            names = "--late",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "agents begin with an earlier run of this age in their spool (0s)")
    private Duration late = Duration.ZERO;

    @Option(names = "--late-share", paramLabel = "SHARE", description = "of the agents, for --late (${DEFAULT-VALUE})")
    private double lateShare = 1;

    AgentBehaviour behaviour() {
        return new AgentBehaviour(batch, copies, restarts, clockSkew, late, lateShare);
    }
}

package ar.mcrn.sysmonstm.loadgen;

import java.time.Duration;

/**
 * What simulated agents do beyond taking and sending samples.
 *
 * @param batch unsent live samples that an agent gathers before it sends them, 1 to 64
 * @param copies how often each message with samples is sent, 1 to 10; beyond 1 no honest agent does it
 * @param restarts kills of agents over the run, at places that follow from the seed; each comes back with a new run and the
 *     spool of the old ones
 * @param clockSkew each agent's clock is wrong by a constant of its own within plus and minus this, and never corrected
 * @param late at the start the spool holds an earlier run that began this long ago
 * @param lateShare share of the agents with such a run, 0 to 1
 */
record AgentBehaviour(int batch, int copies, int restarts, Duration clockSkew, Duration late, double lateShare) {

    /** Nothing unusual. */
    static final AgentBehaviour PLAIN = new AgentBehaviour(1, 1, 0, Duration.ZERO, Duration.ZERO, 1);

    /** @throws IllegalArgumentException naming option, value and range */
    AgentBehaviour {
        LoadPlan.range("--batch", batch, 1, 64);
        LoadPlan.range("--copies", copies, 1, 10);
        LoadPlan.range("--restarts", restarts, 0, 100_000);
        LoadPlan.range("--clock-skew", clockSkew, Duration.ZERO, Duration.ofHours(24));
        LoadPlan.range("--late", late, Duration.ZERO, Duration.ofDays(7));
        if (!(lateShare >= 0 && lateShare <= 1)) {
            throw new IllegalArgumentException("--late-share=" + lateShare + " is not within 0 to 1");
        }
    }

    /** Whether a machine has an earlier run in its spool. */
    boolean isLate(Machine machine) {
        return late.isPositive() && Mix.below(Mix.mix(machine.seed(), 78), 1_000_000) < lateShare * 1_000_000;
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.time.Duration;

/**
 * What runs while something goes wrong.
 *
 * @param agents simulated agents, each a sample a second
 * @param duration length of the run; the fault comes in its first part
 * @param seed of the simulated agents
 * @param unacknowledged samples without an outcome that there must be at the moment of the fault
 */
public record FaultLoad(int agents, Duration duration, long seed, long unacknowledged) {
    @Override
    public String toString() {
        return agents + " agents, " + duration.toSeconds() + " s, seed " + seed + ", at least " + unacknowledged
                + " unacknowledged";
    }
}

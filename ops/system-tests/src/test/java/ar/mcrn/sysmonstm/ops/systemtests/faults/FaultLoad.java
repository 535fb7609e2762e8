package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.time.Duration;

/**
 * What runs while something goes wrong.
 *
 * @param agents simulated agents, each a sample a second
 * @param duration length of the run; the fault comes in its first part
 * @param seed of the simulated agents and of everything random
 * @param unacknowledged samples without an outcome that there must be at the moment of the fault
 */
public record FaultLoad(int agents, Duration duration, long seed, long unacknowledged) {
    /** Load of a scenario when this is asked for. */
    public FaultLoad of(FaultScenario scenario) {
        int wanted = scenario.agents(agents);
        return new FaultLoad(
                wanted,
                scenario.shortest().compareTo(duration) > 0 ? scenario.shortest() : duration,
                seed,
                Math.min(unacknowledged, wanted * 5L / 2));
    }

    @Override
    public String toString() {
        return agents + " agents, " + duration.toSeconds() + " s, seed " + seed;
    }
}

package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;

/**
 * One machine of the simulated fleet, for drivers of other systems: the same names, phases and values that loadgen's agents
 * have. Immutable; safe on any thread.
 */
public final class SimulatedMachine {
    private final MachineRun run;

    private SimulatedMachine(MachineRun run) {
        this.run = run;
    }

    /**
     * The machine of this seed and index, in a run that begins in its own phase of the interval.
     *
     * @param startMillis when the fleet begins, Unix milliseconds
     */
    public static SimulatedMachine of(long seed, int index, long startMillis, int intervalMillis) {
        Machine machine = Machine.of(seed, index);
        return new SimulatedMachine(
                MachineRun.of(machine, startMillis + machine.phaseMillis(intervalMillis), intervalMillis));
    }

    /** Machine id. */
    public String name() {
        return run.machine().name();
    }

    /** Offset of its ticks within the interval, milliseconds. */
    public int phaseMillis() {
        return run.machine().phaseMillis(run.intervalMillis());
    }

    /** What the device numbers of its samples mean. */
    public Inventory inventory() {
        return run.signals().inventory(run.firstMillis());
    }

    /** The sample with this number, from 1. */
    public Sample sample(long sequence) {
        return run.signals().sample(sequence, run.stampMillis(sequence));
    }
}

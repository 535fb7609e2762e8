package ar.mcrn.sysmonstm.loadgen;

/**
 * Identity and schedule of one simulated machine.
 *
 * @param name machine id, {@code load-<seed>-<index>}
 * @param run random 63-bit id of its only run, never 0
 * @param phaseMillis offset of its ticks within the interval
 * @param firstRound round of the schedule in which it takes its first sample
 * @param firstMillis stamp of sample 1, Unix milliseconds
 * @param signals what it measures
 */
record Machine(String name, long run, int phaseMillis, int firstRound, long firstMillis, SignalModel signals) {

    /**
     * Machine {@code index} of a plan. Its run depends on the start too, so that the same seed can run again on the same
     * database.
     */
    static Machine of(LoadPlan plan, int index, long startMillis) {
        String name = prefix(plan.seed()) + index;
        long machineSeed = Mix.mix(plan.seed(), index);
        long run = Mix.mix(machineSeed, startMillis) >>> 1 | 1;
        int phase = (int) Mix.below(machineSeed, plan.intervalMillis());
        int rampRounds = Math.max(1, (int) (plan.ramp().toMillis() / plan.intervalMillis()));
        int firstRound = (int) ((long) index * rampRounds / plan.agents());
        long first = startMillis + (long) firstRound * plan.intervalMillis() + phase;
        return new Machine(
                name, run, phase, firstRound, first, new SignalModel(name, machineSeed, run, plan.intervalMillis()));
    }

    /** What all machine ids of a seed begin with. */
    static String prefix(long seed) {
        return "load-" + seed + "-";
    }

    /** Stamp of a sample, Unix milliseconds. */
    long stampMillis(long sequence, int intervalMillis) {
        return firstMillis + (sequence - 1) * intervalMillis;
    }
}

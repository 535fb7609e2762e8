package ar.mcrn.sysmonstm.loadgen;

/**
 * One life of a simulated agent. Id, stamps and every value of all its samples follow from the machine and the stamp of its
 * first sample, so that the same seed can run again on the same database and the oracle needs to know nothing else.
 *
 * @param machine whose
 * @param run 63-bit id, never 0
 * @param firstMillis stamp of sample 1, Unix milliseconds
 * @param intervalMillis between two samples
 * @param signals what it measures
 */
record MachineRun(Machine machine, long run, long firstMillis, int intervalMillis, SignalModel signals) {

    static MachineRun of(Machine machine, long firstMillis, int intervalMillis) {
        long run = id(machine, firstMillis);
        return new MachineRun(
                machine,
                run,
                firstMillis,
                intervalMillis,
                new SignalModel(machine.name(), machine.seed(), run, intervalMillis));
    }

    /** Id of the run of this machine whose first sample has this stamp. */
    static long id(Machine machine, long firstMillis) {
        return Mix.mix(machine.seed(), firstMillis) >>> 1 | 1;
    }

    /** Stamp of a sample, Unix milliseconds. */
    long stampMillis(long sequence) {
        return firstMillis + (sequence - 1) * intervalMillis;
    }

    /** The sample with this stamp; 0 or less, or past the newest, where there is none; -1 between two of them. */
    long sequenceAt(long stampMillis) {
        long since = stampMillis - firstMillis;
        return Math.floorMod(since, intervalMillis) == 0 ? Math.floorDiv(since, intervalMillis) + 1 : -1;
    }
}

package ar.mcrn.sysmonstm.loadgen;

/**
 * One simulated machine, whatever its runs: all of it follows from the seed and the index.
 *
 * @param index place among the machines of its seed, from 0
 * @param name machine id, {@code load-<seed>-<index>}
 * @param seed of its runs, phases and values
 */
record Machine(int index, String name, long seed) {

    static Machine of(long seed, int index) {
        return new Machine(index, prefix(seed) + index, Mix.mix(seed, index));
    }

    /** What all machine ids of a seed begin with. */
    static String prefix(long seed) {
        return "load-" + seed + "-";
    }

    /** Offset of its ticks within the interval. */
    int phaseMillis(int intervalMillis) {
        return (int) Mix.below(seed, intervalMillis);
    }

    /** What its clock is ahead of the real one, within plus and minus {@code most}. */
    long skewMillis(long most) {
        return most == 0 ? 0 : Mix.below(Mix.mix(seed, 77), 2 * most + 1) - most;
    }
}

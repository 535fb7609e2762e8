package ar.mcrn.sysmonstm.loadgen;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One simulated machine, whatever its runs: all of it follows from the seed and the index.
 *
 * @param index place among the machines of its seed, from 0
 * @param name machine id, {@code load-<seed>-<index>}
 * @param seed of its runs, phases and values
 */
record Machine(int index, String name, long seed) {

    /** What all machine ids of all seeds begin with. */
    static final String PREFIX = "load-";

    private static final Pattern NAME = Pattern.compile("\\Aload-(-?\\d{1,19})-(\\d{1,9})\\z");

    static Machine of(long seed, int index) {
        return new Machine(index, prefix(seed) + index, Mix.mix(seed, index));
    }

    /** The machine of this id; empty where no seed makes it. */
    static Optional<Machine> named(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            Machine machine = of(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            return machine.name().equals(name) ? Optional.of(machine) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** What all machine ids of a seed begin with. */
    static String prefix(long seed) {
        return PREFIX + seed + "-";
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

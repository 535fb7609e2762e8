package ar.mcrn.sysmonstm.api.core;

import ar.mcrn.sysmonstm.contract.Glob;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Reads what questions about many machines have in common. */
public final class FleetQuestion {
    private static final int MACHINES = 256;
    private static final int SHOWN = 64;

    private FleetQuestion() {}

    /** Machines by glob; all where absent. */
    public static Glob machines(Optional<String> text) {
        if (text.orElse("").length() > MACHINES) {
            throw new IllegalArgumentException("machines has more than " + MACHINES + " characters");
        }
        return new Glob(text.orElse("*"));
    }

    /** A key that has to be given. */
    public static String metric(Optional<String> text) {
        return text.filter(given -> !given.isBlank())
                .orElseThrow(() -> new IllegalArgumentException(
                        "metric is missing, allowed: a key such as" + " system.cpu.utilization"));
    }

    /** A word of a few. */
    public static String word(String name, Optional<String> text, String... allowed) {
        String word = text.orElse(allowed[0]);
        if (Arrays.asList(allowed).contains(word)) {
            return word;
        }
        throw new IllegalArgumentException(name + "=" + shown(word) + ", allowed: " + String.join(", ", allowed));
    }

    /** A whole number within bounds. */
    public static int number(String name, Optional<String> text, int usual, int least, int most) {
        try {
            int value = text.map(Integer::parseInt).orElse(usual);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException ignored) {
            // said below with what is allowed
        }
        throw new IllegalArgumentException(
                String.format(Locale.ROOT, "%s=%s, allowed: %d to %d", name, shown(text.orElse("")), least, most));
    }

    /** A value as a message shows it. */
    static String shown(String value) {
        return value.length() > SHOWN ? value.substring(0, SHOWN) + "..." : value;
    }
}

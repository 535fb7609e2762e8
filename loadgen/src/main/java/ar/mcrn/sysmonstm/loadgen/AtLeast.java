package ar.mcrn.sysmonstm.loadgen;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run must have seen so that its verdict counts: a run without faults proves nothing about them.
 *
 * @param wanted least figures, by name
 */
record AtLeast(Map<String, Long> wanted) {

    /** Names that can be asked for. */
    static final Set<String> NAMES = new TreeSet<>(Set.of(
            "issued",
            "acknowledged",
            "reconnects",
            "resent",
            "deferred",
            "rejected",
            "dropped",
            "restarts",
            "events",
            "eventsAcknowledged",
            "eventsRejected",
            "rows",
            "fresh",
            "freshMachines"));

    /** @throws IllegalArgumentException naming what is not known */
    AtLeast {
        for (String name : wanted.keySet()) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("--at-least " + name + " is none of " + NAMES);
            }
        }
    }

    /** What the run did not see enough of, for people; empty when it counts. */
    Optional<String> missing(Map<String, Long> seen) {
        StringBuilder text = new StringBuilder();
        wanted.forEach((name, least) -> {
            Long figure = seen.get(name);
            if (figure == null || figure < least) {
                text.append(text.isEmpty() ? "does not count: " : ", ")
                        .append(name)
                        .append('=')
                        .append(figure == null ? "not measured" : figure)
                        .append(" is less than ")
                        .append(least);
            }
        });
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }
}

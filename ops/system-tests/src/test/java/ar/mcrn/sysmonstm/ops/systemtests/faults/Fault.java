package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What is made to go wrong. The ids are those of the table of faults. */
public enum Fault {
    AGGREGATOR_KILLED("F1", "aggregator: kill -9, started again after 5 s"),
    DATABASE_KILLED("F7", "PostgreSQL: kill -9, started again after 5 s");

    private final String id;
    private final String text;

    Fault(String id, String text) {
        this.id = id;
        this.text = text;
    }

    /** Its id. */
    public String id() {
        return id;
    }

    /** What happens, in words. */
    public String text() {
        return text;
    }

    /**
     * The one of this id.
     *
     * @throws IllegalArgumentException naming the known ids
     */
    public static Fault ofId(String id) {
        return Arrays.stream(values())
                .filter(fault -> fault.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown fault " + id + ", known: "
                        + Arrays.stream(values()).map(Fault::id).collect(Collectors.joining(", "))));
    }
}

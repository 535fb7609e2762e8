package ar.mcrn.sysmonstm.contract;

/**
 * One entry of the metric catalogue: a value that travels, is stored and is shown. Names follow the OpenTelemetry semantic
 * conventions 1.37.0 (all {@code system.*} names have development stability there); names of ours are marked so in the
 * enums. A wire number is never reused.
 */
public sealed interface Column permits HostColumn, DiskColumn, InterfaceColumn, FilesystemColumn {

    /** Bit in the presence mask and order among the values, 0 to 63. */
    int wire();

    /** Name of the database column, lower case with underscores. */
    String column();

    /** Metric name, such as {@code system.disk.io}. */
    String metric();

    /** Fixed attributes in key form without braces, such as {@code direction=read}; empty for none. */
    String attributes();

    /** How the integer becomes a value. */
    Kind kind();

    /** Factor from the wire integer to the unit shown (for deltas: per second). */
    double scale();

    /** Unit shown at REST, in UCUM as OpenTelemetry writes it: {@code 1}, {@code By}, {@code By/s}. */
    String unit();

    /** Largest wire integer accepted; the smallest is 0. */
    long max();

    /** Whether history keeps it. */
    default boolean stored() {
        return true;
    }

    /** Bit of this column in a presence mask. */
    default long bit() {
        return 1L << wire();
    }

    /**
     * Value as people see it.
     *
     * @param wire integer as on the wire and in rows
     * @param durationMillis length of the interval, at least 1; used for deltas only
     * @return value in {@link #unit()}
     */
    default double value(long wire, long durationMillis) {
        return kind() == Kind.DELTA ? wire * scale() * 1000.0 / durationMillis : wire * scale();
    }
}

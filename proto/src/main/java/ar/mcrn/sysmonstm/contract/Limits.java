package ar.mcrn.sysmonstm.contract;

/** Bounds that both ends of the stream hold to. */
public final class Limits {
    /** Largest delta or byte count of one interval: 2^53, exact in a JSON number. */
    public static final long COUNTER = 1L << 53;
    /** Largest amount of memory or disk, KiB: 2^43 (8 EiB). */
    public static final long KIBIBYTES = 1L << 43;
    /**
     * Largest count of processes, sockets, operations and the like, and of seconds, milliseconds or microseconds in one
     * interval: 2^31 - 1, which the database keeps in four bytes. 2,147,483,647 microseconds are 35 minutes of an interval.
     */
    public static final long COUNT = Integer.MAX_VALUE;
    /** Logical cores per machine. */
    public static final int CORES = 512;
    /** Devices (disks, interfaces, file systems together) per machine. */
    public static final int SERIES = 512;
    /** Processes in one sample. */
    public static final int PROCESSES = 16;
    /** Bytes of UTF-8 of a process's command. */
    public static final int COMMAND_BYTES = 64;
    /** CPU time of one process, basis points of one core: every core fully busy. */
    public static final int PROCESS_CPU = CORES * 10_000;
    /** Temperature sensors per machine. */
    public static final int SENSORS = 64;
    /** Lowest temperature, tenths of a degree Celsius. */
    public static final int COLDEST = -600;
    /** Highest temperature, tenths of a degree Celsius. */
    public static final int HOTTEST = 2_000;
    /** Labels per machine. */
    public static final int LABELS = 64;
    /** Bytes of UTF-8 of a name (device, label). */
    public static final int NAME_BYTES = 128;
    /** Bytes of UTF-8 of a value (label, model). */
    public static final int VALUE_BYTES = 256;
    /** Largest message from agent to aggregator, bytes. */
    public static final int MESSAGE_BYTES = 64 * 1024;
    /** Longest interval of a sample or closed device interval, milliseconds. */
    public static final int DURATION_MILLIS = 3_600_000;
    /** A stamp further ahead of the aggregator's clock is rejected, milliseconds. */
    public static final long AHEAD_MILLIS = 300_000;
    /** Unacknowledged events per agent. */
    public static final int EVENTS = 64;
    /** Outstanding backfill samples per stream. */
    public static final int CREDIT = 512;
    /** Largest value of one byte of {@code Sample.core_load}: 200 = fully busy. */
    public static final int CORE_LOAD = 200;

    private Limits() {}
}

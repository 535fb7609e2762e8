package ar.mcrn.sysmonstm.contract;

import java.util.List;
import java.util.Locale;

/**
 * What is said of one disk. Peaks are present in closed intervals only.
 */
public enum DiskColumn implements Column {
    /** Bytes read. /proc/diskstats, sectors of 512 bytes. */
    READ_BYTES(0, "system.disk.io", "direction=read", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Bytes written. */
    WRITE_BYTES(1, "system.disk.io", "direction=write", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Reads completed. */
    READS(2, "system.disk.operations", "direction=read", Kind.DELTA, 1, "{operation}/s", Limits.COUNT),
    /** Writes completed. */
    WRITES(3, "system.disk.operations", "direction=write", Kind.DELTA, 1, "{operation}/s", Limits.COUNT),
    /** Time spent by reads, milliseconds. */
    READ_MILLIS(4, "system.disk.operation_time", "direction=read", Kind.DELTA, 1e-3, "1", Limits.COUNT),
    /** Time spent by writes, milliseconds. */
    WRITE_MILLIS(5, "system.disk.operation_time", "direction=write", Kind.DELTA, 1e-3, "1", Limits.COUNT),
    /** Time in which I/O was under way, milliseconds: as a rate the busy share. */
    BUSY_MILLIS(6, "system.disk.io_time", "", Kind.DELTA, 1e-3, "1", Limits.COUNT),
    /** I/O under way at the end of the interval. */
    PENDING(7, "system.disk.pending_operations", "", Kind.GAUGE, 1, "{operation}", Limits.COUNT),
    /** Highest read rate of one second within the closed interval; ours. */
    READ_PEAK(8, "system.disk.io.peak", "direction=read", Kind.PEAK, 1, "By/s", Limits.COUNTER),
    /** Highest write rate of one second within the closed interval; ours. */
    WRITE_PEAK(9, "system.disk.io.peak", "direction=write", Kind.PEAK, 1, "By/s", Limits.COUNTER),
    /** Highest busy share of one second within the closed interval, basis points; ours. */
    BUSY_PEAK(10, "system.disk.io_time.peak", "", Kind.PEAK, 1e-4, "1", 10_000);

    /** All columns in ascending order of wire number, without holes. */
    public static final List<DiskColumn> ALL = List.of(values());

    /** Presence mask with every column set. */
    public static final long MASK = ALL.stream().mapToLong(DiskColumn::bit).reduce(0, (a, b) -> a | b);

    private final int wire;
    private final String metric;
    private final String attributes;
    private final Kind kind;
    private final double scale;
    private final String unit;
    private final long max;

    DiskColumn(int wire, String metric, String attributes, Kind kind, double scale, String unit, long max) {
        this.wire = wire;
        this.metric = metric;
        this.attributes = attributes;
        this.kind = kind;
        this.scale = scale;
        this.unit = unit;
        this.max = max;
    }

    @Override
    public int wire() {
        return wire;
    }

    @Override
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String metric() {
        return metric;
    }

    @Override
    public String attributes() {
        return attributes;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public double scale() {
        return scale;
    }

    @Override
    public String unit() {
        return unit;
    }

    @Override
    public long max() {
        return max;
    }

    /** Name of the attribute that tells devices of this kind apart. */
    public static final String DEVICE_ATTRIBUTE = "device";
}

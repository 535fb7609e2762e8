package ar.mcrn.sysmonstm.contract;

import java.util.List;
import java.util.Locale;

/**
 * What is said of one file system. Database columns carry the names of the enum.
 */
public enum FilesystemColumn implements Column {
    /** Size, KiB. statvfs blocks. */
    SIZE(0, "system.filesystem.limit", "", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Used, KiB: blocks less free. */
    USED(1, "system.filesystem.usage", "state=used", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** Free for unprivileged users, KiB. statvfs bavail. */
    FREE(2, "system.filesystem.usage", "state=free", Kind.GAUGE, 1024, "By", Limits.KIBIBYTES),
    /** used / (used + free), as df(1) shows it; basis points. */
    UTILIZATION(3, "system.filesystem.utilization", "", Kind.GAUGE, 1e-4, "1", 10_000),
    /** Inodes in use; absent where the file system has none. */
    INODES_USED(4, "system.filesystem.inodes.usage", "state=used", Kind.GAUGE, 1, "{inode}", Limits.COUNTER),
    /** Inodes free; absent where the file system has none. */
    INODES_FREE(5, "system.filesystem.inodes.usage", "state=free", Kind.GAUGE, 1, "{inode}", Limits.COUNTER);

    /** All columns in ascending order of wire number, without holes. */
    public static final List<FilesystemColumn> ALL = List.of(values());

    /** Presence mask with every column set. */
    public static final long MASK =
            ALL.stream().mapToLong(FilesystemColumn::bit).reduce(0, (a, b) -> a | b);

    private final int wire;
    private final String metric;
    private final String attributes;
    private final Kind kind;
    private final double scale;
    private final String unit;
    private final long max;

    FilesystemColumn(int wire, String metric, String attributes, Kind kind, double scale, String unit, long max) {
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
    public static final String DEVICE_ATTRIBUTE = "mountpoint";
}

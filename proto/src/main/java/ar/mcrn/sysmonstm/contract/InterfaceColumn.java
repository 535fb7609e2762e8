package ar.mcrn.sysmonstm.contract;

import java.util.List;
import java.util.Locale;

/**
 * What is said of one network interface. Peaks are present in closed intervals only.
 */
public enum InterfaceColumn implements Column {
    /** Bytes, direction receive. /proc/net/dev. */
    RECEIVE_BYTES(0, "system.network.io", "direction=receive", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Packets, direction receive. */
    RECEIVE_PACKETS(1, "system.network.packet.count", "direction=receive", Kind.DELTA, 1, "{packet}/s", Limits.COUNT),
    /** Errors, direction receive. */
    RECEIVE_ERRORS(2, "system.network.errors", "direction=receive", Kind.DELTA, 1, "{error}/s", Limits.COUNT),
    /** Packets dropped, direction receive. */
    RECEIVE_DROPPED(3, "system.network.packet.dropped", "direction=receive", Kind.DELTA, 1, "{packet}/s", Limits.COUNT),
    /** Bytes, direction transmit. /proc/net/dev. */
    TRANSMIT_BYTES(4, "system.network.io", "direction=transmit", Kind.DELTA, 1, "By/s", Limits.COUNTER),
    /** Packets, direction transmit. */
    TRANSMIT_PACKETS(5, "system.network.packet.count", "direction=transmit", Kind.DELTA, 1, "{packet}/s", Limits.COUNT),
    /** Errors, direction transmit. */
    TRANSMIT_ERRORS(6, "system.network.errors", "direction=transmit", Kind.DELTA, 1, "{error}/s", Limits.COUNT),
    /** Packets dropped, direction transmit. */
    TRANSMIT_DROPPED(
            7, "system.network.packet.dropped", "direction=transmit", Kind.DELTA, 1, "{packet}/s", Limits.COUNT),
    /** Highest rate of one second within the closed interval, direction receive; ours. */
    RECEIVE_PEAK(8, "system.network.io.peak", "direction=receive", Kind.PEAK, 1, "By/s", Limits.COUNTER),
    /** Highest rate of one second within the closed interval, direction transmit; ours. */
    TRANSMIT_PEAK(9, "system.network.io.peak", "direction=transmit", Kind.PEAK, 1, "By/s", Limits.COUNTER);

    /** All columns in ascending order of wire number, without holes. */
    public static final List<InterfaceColumn> ALL = List.of(values());

    /** Presence mask with every column set. */
    public static final long MASK = ALL.stream().mapToLong(InterfaceColumn::bit).reduce(0, (a, b) -> a | b);

    private final int wire;
    private final String metric;
    private final String attributes;
    private final Kind kind;
    private final double scale;
    private final String unit;
    private final long max;

    InterfaceColumn(int wire, String metric, String attributes, Kind kind, double scale, String unit, long max) {
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
    public static final String DEVICE_ATTRIBUTE = "interface";
}

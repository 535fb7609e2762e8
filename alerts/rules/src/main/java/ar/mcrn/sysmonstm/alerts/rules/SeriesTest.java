package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A threshold rule compiled for one column: its thresholds as wire integers, so that a sample is judged by comparing numbers
 * as they travel. For a gauge {@code wire > limit}; for a counter's delta {@code wire * 1000 > limit * durationMillis}, which
 * is exact in a double below 2^53.
 */
final class SeriesTest {
    /** A limit this close to an integer, relatively, is that integer: 0.9 / 1e-4 must be 9,000. */
    private static final double SNAP = 1e-9;

    final AlertRule rule;
    final Column column;
    final boolean above;
    final boolean delta;
    final double limit;
    final double clear;
    final double threshold;
    final long holdMillis;
    private final Optional<DeviceKind> kind;
    private final Glob device;

    private SeriesTest(
            AlertRule rule, Condition.Threshold condition, Column column, Optional<DeviceKind> kind, Glob device) {
        this.rule = rule;
        this.column = column;
        this.above = condition.comparison() == Comparison.ABOVE;
        this.delta = column.kind() == Kind.DELTA;
        this.limit = wire(condition.threshold(), column);
        this.clear = wire(condition.clear(), column);
        this.threshold = condition.threshold();
        this.holdMillis = rule.hold().toMillis();
        this.kind = kind;
        this.device = device;
    }

    private static double wire(double value, Column column) {
        double wire = value / column.scale();
        double nearest = Math.rint(wire);
        return Math.abs(wire - nearest) <= SNAP * Math.max(1, Math.abs(wire)) ? nearest : wire;
    }

    /** Every column that a condition covers; empty where the key names none. */
    static List<SeriesTest> compile(AlertRule rule, Condition.Threshold condition) {
        List<SeriesTest> tests = new ArrayList<>();
        SortedMap<String, String> asked = condition.metric().attributes();
        for (HostColumn column : HostColumn.ALL) {
            MetricKey key = MetricKey.of(column);
            if (asked.keySet().equals(key.attributes().keySet()) && key.matches(condition.metric())) {
                tests.add(new SeriesTest(rule, condition, column, Optional.empty(), new Glob("")));
            }
        }
        for (DeviceKind kind : DeviceKind.values()) {
            String glob = asked.get(kind.attribute());
            if (glob == null) {
                continue;
            }
            SortedMap<String, String> others = new TreeMap<>(asked);
            others.remove(kind.attribute());
            MetricKey pattern = new MetricKey(condition.metric().metric(), others);
            for (Column column : kind.columns()) {
                MetricKey key = MetricKey.of(column);
                if (others.keySet().equals(key.attributes().keySet()) && key.matches(pattern)) {
                    tests.add(new SeriesTest(rule, condition, column, Optional.of(kind), new Glob(glob)));
                }
            }
        }
        return tests;
    }

    /** Keys that a metric name could have meant, for a message: each with {@code *} for its device. */
    static List<String> keysOf(String metric) {
        List<String> keys = new ArrayList<>();
        Map<DeviceKind, List<? extends Column>> devices = new TreeMap<>();
        HostColumn.ALL.stream().filter(c -> c.metric().equals(metric)).forEach(c -> keys.add(c.key()));
        for (DeviceKind kind : DeviceKind.values()) {
            devices.put(kind, kind.columns());
        }
        devices.forEach((kind, columns) -> columns.stream()
                .filter(c -> c.metric().equals(metric))
                .forEach(c -> keys.add(MetricKey.of(c, kind.attribute(), "*").toString())));
        return keys;
    }

    boolean ofHost() {
        return kind.isEmpty();
    }

    boolean covers(DeviceKind deviceKind, String name) {
        return kind.isPresent() && kind.get() == deviceKind && device.matches(name);
    }

    boolean ofKind(DeviceKind deviceKind) {
        return kind.isPresent() && kind.get() == deviceKind;
    }

    /** Key of the series on the machine's page; {@code device} is ignored for a machine's own column. */
    String series(String device) {
        return switch (column) {
            case HostColumn host -> host.key();
            case DiskColumn disk ->
                MetricKey.of(disk, DiskColumn.DEVICE_ATTRIBUTE, device).toString();
            case InterfaceColumn network ->
                MetricKey.of(network, InterfaceColumn.DEVICE_ATTRIBUTE, device).toString();
            case FilesystemColumn filesystem ->
                MetricKey.of(filesystem, FilesystemColumn.DEVICE_ATTRIBUTE, device)
                        .toString();
        };
    }

    /** What is compared with a limit times {@link #factor}. */
    static double comparable(boolean delta, long wire) {
        return delta ? wire * 1000.0 : wire;
    }

    static double factor(boolean delta, int durationMillis) {
        return delta ? durationMillis : 1.0;
    }

    /** Where the value lies. */
    Level level(long wire, int durationMillis) {
        double value = comparable(delta, wire);
        double factor = factor(delta, durationMillis);
        if (above) {
            return value > limit * factor ? Level.BREACH : value > clear * factor ? Level.BETWEEN : Level.CLEAR;
        }
        return value < limit * factor ? Level.BREACH : value < clear * factor ? Level.BETWEEN : Level.CLEAR;
    }
}

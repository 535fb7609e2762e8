package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.KeySelector;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.util.ArrayList;
import java.util.List;

/**
 * The one column that a question about many machines is about: of the machines as a whole, or of those of their devices
 * whose keys a glob takes.
 *
 * @param text key as given
 * @param source where it lies
 * @param column what is read
 * @param attribute that tells devices apart; empty for machines as a whole
 * @param selector of keys
 */
record FleetMetric(String text, SeriesRequest.Source source, Column column, String attribute, KeySelector selector) {
    private static final int TEXT = 512;

    /** A name that no glob is likely to ask for, where the name does not matter. */
    private static final String ANY = "any";

    /** @throws IllegalArgumentException naming the key that is not of the catalogue, or is several metrics */
    static FleetMetric parse(String text) {
        if (text.length() > TEXT) {
            throw new IllegalArgumentException("metric has more than " + TEXT + " characters");
        }
        MetricKey key;
        try {
            key = MetricKey.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("metric=" + text + ": " + e.getMessage(), e);
        }
        KeySelector selector = KeySelector.of(List.of(text));
        List<FleetMetric> found = new ArrayList<>();
        HostColumn.ALL.stream()
                .filter(column -> column.stored() && selector.picks(MetricKey.of(column)))
                .forEach(column -> found.add(new FleetMetric(text, SeriesRequest.Source.HOST, column, "", selector)));
        devices(found, key, text, selector, SeriesRequest.Source.DISK, DiskColumn.ALL, DiskColumn.DEVICE_ATTRIBUTE);
        devices(
                found,
                key,
                text,
                selector,
                SeriesRequest.Source.INTERFACE,
                InterfaceColumn.ALL,
                InterfaceColumn.DEVICE_ATTRIBUTE);
        devices(
                found,
                key,
                text,
                selector,
                SeriesRequest.Source.FILESYSTEM,
                FilesystemColumn.ALL,
                FilesystemColumn.DEVICE_ATTRIBUTE);
        if (found.size() != 1) {
            throw new IllegalArgumentException("metric=" + text + ": "
                    + (found.isEmpty() ? "no such metric" : "names " + found.size() + " metrics")
                    + ", allowed: one metric of the machines as a whole or of their devices, not of cores");
        }
        return found.getFirst();
    }

    private static void devices(
            List<FleetMetric> found,
            MetricKey asked,
            String text,
            KeySelector selector,
            SeriesRequest.Source source,
            List<? extends Column> columns,
            String attribute) {
        if (!asked.attributes().containsKey(attribute)) {
            return;
        }
        KeySelector anyDevice =
                KeySelector.of(List.of(withDevice(asked, attribute).toString()));
        columns.stream()
                .filter(column -> column.stored() && anyDevice.picks(MetricKey.of(column, attribute, ANY)))
                .forEach(column -> found.add(new FleetMetric(text, source, column, attribute, selector)));
    }

    private static MetricKey withDevice(MetricKey asked, String attribute) {
        var attributes = new java.util.TreeMap<>(asked.attributes());
        attributes.put(attribute, ANY);
        return new MetricKey(asked.metric(), attributes);
    }

    /** Whether it is of devices. */
    boolean ofDevices() {
        return source != SeriesRequest.Source.HOST;
    }

    /** Kind of the devices as the database names it. */
    String deviceKind() {
        return switch (source) {
            case HOST -> "";
            case DISK -> "disk";
            case INTERFACE -> "interface";
            case FILESYSTEM -> "filesystem";
        };
    }

    /** Key of one machine or device. */
    MetricKey key(String device) {
        return ofDevices() ? MetricKey.of(column, attribute, device) : MetricKey.of(column);
    }

    /** Whether it can be summed up: bytes sent, but not a share of memory. */
    boolean isCounter() {
        return column.kind() == Kind.DELTA;
    }

    /** Unit of a sum: what it is per second, times seconds. */
    String totalUnit() {
        String unit = column.unit();
        return unit.endsWith("/s") ? unit.substring(0, unit.length() - 2) : "s";
    }
}

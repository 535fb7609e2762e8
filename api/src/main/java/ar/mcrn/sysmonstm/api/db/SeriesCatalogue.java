package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.KeySelector;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Every series that history may hold of one machine: its columns, cores and devices. */
final class SeriesCatalogue {
    private final List<SeriesRequest> all = new ArrayList<>();

    /**
     * @param cores how many cores its newest rows tell of
     * @param devices its devices, as the database names them
     */
    SeriesCatalogue(int cores, List<Device> devices) {
        HostColumn.ALL.stream()
                .filter(Column::stored)
                .forEach(column -> all.add(new SeriesRequest(
                        MetricKey.of(column), SeriesRequest.Source.HOST, Optional.of(column), 0, -1)));
        for (int i = 0; i < cores; i++) {
            all.add(new SeriesRequest(MetricKey.core(i), SeriesRequest.Source.HOST, Optional.empty(), 0, i));
        }
        devices.forEach(this::add);
    }

    private void add(Device device) {
        switch (device.kind()) {
            case "disk" -> add(device, SeriesRequest.Source.DISK, DiskColumn.ALL, DiskColumn.DEVICE_ATTRIBUTE);
            case "interface" ->
                add(device, SeriesRequest.Source.INTERFACE, InterfaceColumn.ALL, InterfaceColumn.DEVICE_ATTRIBUTE);
            case "filesystem" ->
                add(device, SeriesRequest.Source.FILESYSTEM, FilesystemColumn.ALL, FilesystemColumn.DEVICE_ATTRIBUTE);
            default -> {
                // a kind of a later version: none of its columns are known here
            }
        }
    }

    private void add(Device device, SeriesRequest.Source source, List<? extends Column> columns, String attribute) {
        for (Column column : columns) {
            if (column.stored()) {
                all.add(new SeriesRequest(
                        MetricKey.of(column, attribute, device.name()), source, Optional.of(column), device.id(), -1));
            }
        }
    }

    /**
     * Series picked, in the order of the keys and globs.
     *
     * @throws IllegalArgumentException naming a key that is not of the catalogue
     */
    List<SeriesRequest> pick(List<String> keys) {
        Set<SeriesRequest> picked = new LinkedHashSet<>();
        for (String text : keys) {
            KeySelector selector = KeySelector.of(List.of(text));
            if (metrics().noneMatch(new Glob(MetricKey.parse(text).metric())::matches)) {
                throw new IllegalArgumentException("metrics=" + text + ": no such metric");
            }
            all.stream().filter(series -> selector.picks(series.key())).forEach(picked::add);
        }
        return List.copyOf(picked);
    }

    private static Stream<String> metrics() {
        return Stream.of(HostColumn.ALL, DiskColumn.ALL, InterfaceColumn.ALL, FilesystemColumn.ALL)
                .flatMap(List::stream)
                .map(Column::metric);
    }

    /**
     * A device of the machine.
     *
     * @param id in the database
     * @param kind disk, interface or filesystem
     * @param name kernel name or mount point
     */
    record Device(int id, String kind, String name) {}
}

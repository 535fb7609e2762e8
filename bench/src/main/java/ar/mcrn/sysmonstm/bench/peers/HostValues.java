package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * A sample as single values, each of a numbered series: what sysmonstm's history keeps of it (host values and cores each second,
 * devices when their interval closes), or what its live view sees (devices each second). The numbers are the wire's integers.
 */
final class HostValues {
    /** Devices of a kind that have room in the numbering; the simulated machine has two. */
    private static final int DEVICES = 2;

    private static final int CORES = 4;
    private static final int CORE = HostColumn.ALL.size();
    private static final int DISK = CORE + CORES;
    private static final int INTERFACE = DISK + DEVICES * DiskColumn.ALL.size();
    private static final int FILESYSTEM = INTERFACE + DEVICES * InterfaceColumn.ALL.size();

    private final boolean live;

    HostValues(boolean live) {
        this.live = live;
    }

    /** Takes one value. */
    @FunctionalInterface
    interface Sink {
        void value(int series, long value);
    }

    /** Keys of all series of a machine, by number. */
    static List<MetricKey> series(Inventory inventory) {
        List<MetricKey> series = new ArrayList<>();
        HostColumn.ALL.forEach(column -> series.add(MetricKey.of(column)));
        for (int i = 0; i < CORES; i++) {
            series.add(MetricKey.core(i));
        }
        inventory.getDisksList().forEach(disk -> add(series, DiskColumn.ALL, disk.getName()));
        inventory.getInterfacesList().forEach(each -> add(series, InterfaceColumn.ALL, each.getName()));
        inventory.getFilesystemsList().forEach(each -> add(series, FilesystemColumn.ALL, each.getMountpoint()));
        return series;
    }

    private static void add(List<MetricKey> series, List<? extends Column> columns, String device) {
        columns.forEach(column -> series.add(MetricKey.of(column, "device", device)));
    }

    /** Hands over all values of a sample. */
    void read(Sample sample, Sink sink) {
        present(0, sample.getPresent(), sample.getValuesList(), sink);
        for (int i = 0; i < sample.getCoreLoad().size(); i++) {
            sink.value(CORE + i, sample.getCoreLoad().byteAt(i) & 0xff);
        }
        rows(DISK, DiskColumn.ALL.size(), live ? sample.getDisksList() : sample.getDiskIntervalsList(), sink);
        rows(
                INTERFACE,
                InterfaceColumn.ALL.size(),
                live ? sample.getInterfacesList() : sample.getInterfaceIntervalsList(),
                sink);
        rows(
                FILESYSTEM,
                FilesystemColumn.ALL.size(),
                live ? sample.getFilesystemsList() : sample.getFilesystemIntervalsList(),
                sink);
    }

    private static void rows(int first, int columns, List<DeviceRow> rows, Sink sink) {
        for (DeviceRow row : rows) {
            present(first + row.getDevice() * columns, row.getPresent(), row.getValuesList(), sink);
        }
    }

    private static void present(int first, long mask, List<Long> values, Sink sink) {
        long left = mask;
        for (long value : values) {
            sink.value(first + Long.numberOfTrailingZeros(left), value);
            left &= left - 1;
        }
    }
}

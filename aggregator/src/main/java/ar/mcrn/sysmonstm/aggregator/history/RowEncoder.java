package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ring.DeviceRows;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.List;

/**
 * Turns a slot into COPY rows of the columns of {@link RawTable}, without allocating. One thread at a time.
 *
 * <p>Where the ids are not known yet, machine and run are 0 and a device is its position in the inventory, until {@link
 * RowBuffer#resolve} puts the ids in: the fields have a fixed place.
 */
final class RowEncoder {
    /** Where the length prefix of {@code machine_id} lies in every row. */
    static final int MACHINE_OFFSET = Short.BYTES;
    /** Where that of {@code run_id} lies in a host row. */
    static final int RUN_OFFSET = MACHINE_OFFSET + 2 * Integer.BYTES + Integer.BYTES + Long.BYTES;
    /** Where that of {@code device_id} lies in a device row. */
    static final int DEVICE_OFFSET = MACHINE_OFFSET + 2 * Integer.BYTES;

    private static final int HOST_FIELDS = 6 + HostColumn.ALL.size() + 1;
    private static final int DEVICE_FIELDS = 4;
    private static final int FIELD_BYTES = Integer.BYTES + Long.BYTES;
    private static final int HOST_BYTES = Short.BYTES + HOST_FIELDS * FIELD_BYTES + Limits.CORES;

    private static final long POSTGRES_EPOCH_MILLIS = 946_684_800_000L;
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private final HostColumn[] hostColumns = HostColumn.ALL.toArray(HostColumn[]::new);
    private final int[] hostWidths = widths(HostColumn.ALL);
    private final Column[] diskColumns = DiskColumn.ALL.toArray(Column[]::new);
    private final int[] diskWidths = widths(DiskColumn.ALL);
    private final Column[] interfaceColumns = InterfaceColumn.ALL.toArray(Column[]::new);
    private final int[] interfaceWidths = widths(InterfaceColumn.ALL);
    private final Column[] filesystemColumns = FilesystemColumn.ALL.toArray(Column[]::new);
    private final int[] filesystemWidths = widths(FilesystemColumn.ALL);
    private final DeviceRows deviceRows = new DeviceRows();

    /** Bytes of the smallest integer type that holds a column: 2, 4 or 8. */
    static int width(Column column) {
        return column.max() <= Short.MAX_VALUE
                ? Short.BYTES
                : column.max() <= Integer.MAX_VALUE ? Integer.BYTES : Long.BYTES;
    }

    private static int[] widths(List<? extends Column> columns) {
        return columns.stream().mapToInt(RowEncoder::width).toArray();
    }

    /**
     * Appends one sample.
     *
     * @return bytes it takes in the buffer
     * @throws RuntimeException when the slot is not what it should be; the buffer is as it was before then
     */
    long encode(SampleSlot slot, RowBuffer buffer) {
        HistoryIds ids = HistoryIds.of(slot.inventory());
        try {
            long micros = micros(slot.endMillis());
            host(slot, buffer.host, ids, micros);
            deviceRows.reset(slot, Sample.DISK_INTERVALS_FIELD_NUMBER);
            devices(buffer.disks, ids, ids == null ? null : ids.disks(), micros, diskColumns, diskWidths);
            deviceRows.reset(slot, Sample.INTERFACE_INTERVALS_FIELD_NUMBER);
            devices(
                    buffer.interfaces,
                    ids,
                    ids == null ? null : ids.interfaces(),
                    micros,
                    interfaceColumns,
                    interfaceWidths);
            deviceRows.reset(slot, Sample.FILESYSTEM_INTERVALS_FIELD_NUMBER);
            devices(
                    buffer.filesystems,
                    ids,
                    ids == null ? null : ids.filesystems(),
                    micros,
                    filesystemColumns,
                    filesystemWidths);
            return buffer.add(slot, ids);
        } catch (RuntimeException e) {
            buffer.rollback();
            throw e;
        }
    }

    /** PostgreSQL's microseconds; a stamp beyond the year 9999 becomes one that the database refuses. */
    private static long micros(long millis) {
        return millis < 0 || millis > LAST_MILLIS ? Long.MAX_VALUE - 1 : (millis - POSTGRES_EPOCH_MILLIS) * 1_000;
    }

    private void host(SampleSlot slot, CopyStream rows, HistoryIds ids, long micros) {
        rows.beginRow(HOST_FIELDS, HOST_BYTES);
        rows.putInt(ids == null ? 0 : ids.machine());
        rows.putLong(micros);
        rows.putInt(ids == null ? 0 : ids.run());
        rows.putLong(slot.sequence());
        rows.putInt(slot.durationMillis());
        rows.putBoolean(slot.late());
        for (int i = 0; i < hostColumns.length; i++) {
            if (slot.has(hostColumns[i])) {
                rows.putSized(slot.host(hostColumns[i]), hostWidths[i]);
            } else {
                rows.putNull();
            }
        }
        if (slot.coreCount() == 0) {
            rows.putNull();
        } else {
            rows.putBytes(slot.payload(), slot.coreOffset(), slot.coreCount());
        }
    }

    private void devices(CopyStream rows, HistoryIds ids, int[] devices, long micros, Column[] columns, int[] widths) {
        int fields = DEVICE_FIELDS + columns.length;
        while (deviceRows.next()) {
            rows.beginRow(fields, Short.BYTES + fields * FIELD_BYTES);
            rows.putInt(ids == null ? 0 : ids.machine());
            rows.putInt(devices == null ? deviceRows.device() : devices[deviceRows.device()]);
            rows.putLong(micros);
            rows.putInt(deviceRows.durationMillis());
            for (int i = 0; i < columns.length; i++) {
                if (deviceRows.has(columns[i])) {
                    rows.putSized(deviceRows.value(columns[i]), widths[i]);
                } else {
                    rows.putNull();
                }
            }
        }
    }
}

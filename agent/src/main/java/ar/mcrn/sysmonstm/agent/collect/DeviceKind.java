package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import java.util.List;

/**
 * How the counters of one kind of device become rows.
 *
 * @param columns columns kept, by wire number from 0
 * @param measured bits of those among them that this system says anything of
 * @param gauges bits of those among them that are gauges
 * @param narrow bits of those that the kernel prints with 32 bits
 * @param peaks highest values of one tick, kept until the interval closes
 */
record DeviceKind(int columns, long measured, long gauges, long narrow, List<Peak> peaks) {

    /**
     * A highest value.
     *
     * @param source wire number of the counter
     * @param column wire number of the peak
     * @param factor from counts per second to the column's integer
     * @param limit largest value of the column
     */
    record Peak(int source, int column, double factor, long limit) {
        static Peak of(Column source, Column column, double factor) {
            return new Peak(source.wire(), column.wire(), factor, column.max());
        }
    }

    static final DeviceKind DISK = new DeviceKind(
            DiskColumn.PENDING.wire() + 1,
            (DiskColumn.PENDING.bit() << 1) - 1,
            DiskColumn.PENDING.bit(),
            DiskColumn.READ_MILLIS.bit() | DiskColumn.WRITE_MILLIS.bit() | DiskColumn.BUSY_MILLIS.bit(),
            List.of(
                    Peak.of(DiskColumn.READ_BYTES, DiskColumn.READ_PEAK, 1),
                    Peak.of(DiskColumn.WRITE_BYTES, DiskColumn.WRITE_PEAK, 1),
                    // 1,000 busy milliseconds in a second are 10,000 basis points.
                    Peak.of(DiskColumn.BUSY_MILLIS, DiskColumn.BUSY_PEAK, 10)));

    static final DeviceKind INTERFACE = new DeviceKind(
            InterfaceColumn.TRANSMIT_DROPPED.wire() + 1,
            (InterfaceColumn.TRANSMIT_DROPPED.bit() << 1) - 1,
            0,
            0,
            List.of(
                    Peak.of(InterfaceColumn.RECEIVE_BYTES, InterfaceColumn.RECEIVE_PEAK, 1),
                    Peak.of(InterfaceColumn.TRANSMIT_BYTES, InterfaceColumn.TRANSMIT_PEAK, 1)));

    /** The same without some columns, where a system does not say them. */
    DeviceKind without(long bits) {
        return new DeviceKind(columns, measured & ~bits, gauges, narrow, peaks);
    }
}

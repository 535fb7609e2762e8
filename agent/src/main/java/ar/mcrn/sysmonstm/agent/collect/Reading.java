package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;

/**
 * Everything the sources said at one moment: gauges in the catalogue's integers, counters as they stand. Two of them take
 * turns, so that nothing is allocated per tick. Used by one thread.
 */
final class Reading {
    /** Processor modes in the order of {@link #modes}. */
    static final int USER = 0;

    static final int NICE = 1;
    static final int SYSTEM = 2;
    static final int IDLE = 3;
    static final int IOWAIT = 4;
    static final int INTERRUPT = 5;
    static final int STEAL = 6;
    static final int MODES = 7;

    private final long[] host = new long[HostColumn.ALL.size()];
    private long present;

    /** Processor time by mode in ticks of any fixed length; meaningful where {@link #hasModes}. */
    final long[] modes = new long[MODES];

    boolean hasModes;

    /** Logical processors seen. */
    int cores;

    /** Busy and whole time of each, in ticks. */
    final long[] coreBusy = new long[Limits.CORES];

    final long[] coreWhole = new long[Limits.CORES];

    /** Disks: counters by {@link DiskColumn#wire()}, up to PENDING. */
    final DeviceTable disks = new DeviceTable(DiskColumn.PENDING.wire() + 1);

    /** Interfaces: counters by {@link InterfaceColumn#wire()}, up to TRANSMIT_DROPPED. */
    final DeviceTable interfaces = new DeviceTable(InterfaceColumn.TRANSMIT_DROPPED.wire() + 1);

    /** When it was taken, by the monotonic clock. */
    long nanos;

    /** Time since boot, time asleep included; -1 = not known. */
    long uptimeMillis;

    void clear(long nanos) {
        this.nanos = nanos;
        uptimeMillis = -1;
        present = 0;
        hasModes = false;
        cores = 0;
        disks.clear();
        interfaces.clear();
    }

    void put(HostColumn column, long value) {
        host[column.wire()] = value;
        present |= column.bit();
    }

    boolean has(HostColumn column) {
        return (present & column.bit()) != 0;
    }

    long get(HostColumn column) {
        return host[column.wire()];
    }
}

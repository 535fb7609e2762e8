package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a self-contained sample of two readings: gauges of the newer one, deltas of counters between them, and the device
 * intervals that end with it. A counter that fell was set back: its value is absent. Used by one thread.
 */
final class SampleBuilder {
    private final DeviceIntervals disks;
    private final DeviceIntervals interfaces;
    private final IntervalPhases phases;
    private final CpuShares cpu = new CpuShares();
    private final Reading derived = new Reading();
    private long previousStamp;
    private long filesystemMillis;
    private boolean filesystemsDue;
    private long lastRound;
    private long lastProcesses;
    private long lastTemperatures;

    SampleBuilder(DeviceKind disks, DeviceKind interfaces, IntervalPhases phases) {
        this.disks = new DeviceIntervals(disks);
        this.interfaces = new DeviceIntervals(interfaces);
        this.phases = phases;
    }

    void begin(long nowMillis) {
        previousStamp = nowMillis;
    }

    static boolean isUsable(long durationMillis) {
        return durationMillis >= 1 && durationMillis <= Limits.DURATION_MILLIS;
    }

    Sample build(
            Reading previous, Reading current, int durationMillis, long sequence, long stampMillis, SlowReadings slow) {
        FilesystemWatch.Snapshot filesystems = slow.filesystems();
        disks.advance(previous.disks, current.disks, durationMillis);
        interfaces.advance(previous.interfaces, current.interfaces, durationMillis);
        filesystemMillis = Math.min(filesystemMillis + durationMillis, Limits.DURATION_MILLIS);

        derived.clear(current.nanos);
        cpu.host(previous, current, derived);
        totals(current, durationMillis);
        fullest(filesystems);

        Sample.Builder sample = Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(stampMillis)
                .setDurationMillis(durationMillis)
                .setCoreLoad(cpu.cores(previous, current))
                .addAllDisks(disks.rows())
                .addAllInterfaces(interfaces.rows());
        long present = 0;
        for (HostColumn column : HostColumn.ALL) {
            long value = value(column, previous, current);
            if (value >= 0 && value <= column.max()) {
                present |= column.bit();
                sample.addValues(value);
            }
        }
        sample.setPresent(present);
        intervals(sample, stampMillis, filesystems);
        if (slow.processes().round() != lastProcesses) {
            lastProcesses = slow.processes().round();
            sample.addAllProcesses(slow.processes().rows());
        }
        if (slow.temperatures().round() != lastTemperatures) {
            lastTemperatures = slow.temperatures().round();
            sample.addAllTemperatures(slow.temperatures().rows());
        }
        previousStamp = stampMillis;
        return sample.build();
    }

    /** Value of a column, -1 where it is not known. */
    private long value(HostColumn column, Reading previous, Reading current) {
        if (derived.has(column)) {
            return derived.get(column);
        }
        if (!current.has(column)) {
            return -1;
        }
        if (column.kind() == Kind.GAUGE) {
            return current.get(column);
        }
        return previous.has(column) ? Quantities.delta(previous.get(column), current.get(column)) : -1;
    }

    private void totals(Reading current, int durationMillis) {
        if (current.disks.isComplete() && disks.isFresh()) {
            put(HostColumn.DISK_READ_BYTES, disks.total(DiskColumn.READ_BYTES.wire()));
            put(HostColumn.DISK_WRITE_BYTES, disks.total(DiskColumn.WRITE_BYTES.wire()));
            put(HostColumn.DISK_READS, disks.total(DiskColumn.READS.wire()));
            put(HostColumn.DISK_WRITES, disks.total(DiskColumn.WRITES.wire()));
            long busy = disks.largest(DiskColumn.BUSY_MILLIS.wire());
            put(HostColumn.DISK_BUSIEST, Quantities.basisPoints(busy, durationMillis));
        }
        if (current.interfaces.isComplete() && interfaces.isFresh()) {
            put(HostColumn.NETWORK_RECEIVE_BYTES, interfaces.total(InterfaceColumn.RECEIVE_BYTES.wire()));
            put(HostColumn.NETWORK_TRANSMIT_BYTES, interfaces.total(InterfaceColumn.TRANSMIT_BYTES.wire()));
            put(HostColumn.NETWORK_RECEIVE_PACKETS, interfaces.total(InterfaceColumn.RECEIVE_PACKETS.wire()));
            put(HostColumn.NETWORK_TRANSMIT_PACKETS, interfaces.total(InterfaceColumn.TRANSMIT_PACKETS.wire()));
            put(
                    HostColumn.NETWORK_ERRORS,
                    interfaces.total(InterfaceColumn.RECEIVE_ERRORS.wire())
                            + interfaces.total(InterfaceColumn.TRANSMIT_ERRORS.wire()));
            put(
                    HostColumn.NETWORK_DROPPED,
                    interfaces.total(InterfaceColumn.RECEIVE_DROPPED.wire())
                            + interfaces.total(InterfaceColumn.TRANSMIT_DROPPED.wire()));
        }
    }

    private void put(HostColumn column, long value) {
        derived.put(column, value);
    }

    private void fullest(FilesystemWatch.Snapshot filesystems) {
        long most = -1;
        for (Space space : filesystems.spaces().values()) {
            most = Math.max(most, space.utilization());
        }
        if (most >= 0) {
            put(HostColumn.FILESYSTEM_FULLEST, most);
        }
    }

    private void intervals(Sample.Builder sample, long stampMillis, FilesystemWatch.Snapshot filesystems) {
        if (phases.devicesClose(previousStamp, stampMillis)) {
            sample.addAllDiskIntervals(disks.close());
            sample.addAllInterfaceIntervals(interfaces.close());
        }
        filesystemsDue |= phases.filesystemsClose(previousStamp, stampMillis);
        // The first round comes after the first samples: an interval that ends before it closes with it.
        if (filesystemsDue && filesystems.round() > 0) {
            filesystemsDue = false;
            sample.addAllFilesystemIntervals(rows(filesystems, (int) filesystemMillis));
            filesystemMillis = 0;
        }
        if (filesystems.round() != lastRound) {
            lastRound = filesystems.round();
            sample.addAllFilesystems(rows(filesystems, 0));
        }
    }

    private static List<DeviceRow> rows(FilesystemWatch.Snapshot filesystems, int durationMillis) {
        List<DeviceRow> rows = new ArrayList<>();
        for (int i = 0; i < filesystems.mounts().size(); i++) {
            Space space = filesystems.spaces().get(filesystems.mounts().get(i).mountpoint());
            if (space != null) {
                rows.add(space.row(i, durationMillis));
            }
        }
        return rows;
    }
}

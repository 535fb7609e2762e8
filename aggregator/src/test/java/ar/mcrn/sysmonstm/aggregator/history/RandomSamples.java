package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Random;

/** Valid samples at random over the whole range of every column, absent ones and both bounds among them. */
final class RandomSamples {
    private final Random random;

    RandomSamples(long seed) {
        random = new Random(seed);
    }

    /** Three disks, two interfaces, two file systems. */
    static Inventory inventory(long run) {
        return Inventory.newBuilder()
                .setRun(run)
                .setNumber(1)
                .setLogicalCores(4)
                .addDisks(Disk.newBuilder().setName("sda"))
                .addDisks(Disk.newBuilder().setName("sdb"))
                .addDisks(Disk.newBuilder().setName("nvme0n1"))
                .addInterfaces(NetworkInterface.newBuilder().setName("eth0"))
                .addInterfaces(NetworkInterface.newBuilder().setName("wlan \u00fc"))
                .addFilesystems(Filesystem.newBuilder().setMountpoint("/"))
                .addFilesystems(Filesystem.newBuilder().setMountpoint("/home"))
                .build();
    }

    /** Host columns and cores at random; no devices. */
    Sample.Builder host(long sequence, long endMillis) {
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(endMillis)
                .setDurationMillis(1 + random.nextInt(Limits.DURATION_MILLIS));
        long present = mask(HostColumn.MASK);
        sample.setPresent(present);
        for (HostColumn column : HostColumn.ALL) {
            if ((present & column.bit()) != 0) {
                sample.addValues(value(column));
            }
        }
        byte[] cores = new byte[random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(Limits.CORES)];
        for (int i = 0; i < cores.length; i++) {
            cores[i] = (byte) random.nextInt(Limits.CORE_LOAD + 1);
        }
        return sample.setCoreLoad(ByteString.copyFrom(cores));
    }

    /** The same with live rows and closed intervals of devices of {@link #inventory}. */
    Sample full(long sequence, long endMillis) {
        Sample.Builder sample = host(sequence, endMillis);
        for (int disk = 0; disk < 3; disk++) {
            sample.addDisks(row(disk, DiskColumn.ALL, DiskColumn.MASK));
            if (random.nextBoolean()) {
                sample.addDiskIntervals(row(disk, DiskColumn.ALL, DiskColumn.MASK));
            }
        }
        for (int nic = 0; nic < 2; nic++) {
            sample.addInterfaces(row(nic, InterfaceColumn.ALL, InterfaceColumn.MASK));
            sample.addInterfaceIntervals(row(nic, InterfaceColumn.ALL, InterfaceColumn.MASK));
        }
        for (int filesystem = 1; filesystem >= 0; filesystem--) {
            sample.addFilesystems(row(filesystem, FilesystemColumn.ALL, FilesystemColumn.MASK));
            sample.addFilesystemIntervals(row(filesystem, FilesystemColumn.ALL, FilesystemColumn.MASK));
        }
        return sample.build();
    }

    private DeviceRow row(int device, List<? extends Column> columns, long all) {
        DeviceRow.Builder row = DeviceRow.newBuilder().setDevice(device);
        if (random.nextBoolean()) {
            row.setDurationMillis(1 + random.nextInt(Limits.DURATION_MILLIS));
        }
        long present = mask(all);
        row.setPresent(present);
        for (Column column : columns) {
            if ((present & column.bit()) != 0) {
                row.addValues(value(column));
            }
        }
        return row.build();
    }

    private long mask(long all) {
        return switch (random.nextInt(4)) {
            case 0 -> all;
            case 1 -> 0;
            default -> random.nextLong() & all;
        };
    }

    private long value(Column column) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> column.max();
            default -> random.nextLong(column.max() + 1);
        };
    }
}

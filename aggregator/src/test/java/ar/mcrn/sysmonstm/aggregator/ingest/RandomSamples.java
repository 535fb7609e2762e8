package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Label;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import ar.mcrn.sysmonstm.v1.Sensor;
import ar.mcrn.sysmonstm.v1.TemperatureRow;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Random;

/** Valid samples and inventories from a seed. */
public final class RandomSamples {
    private final Random random;

    public RandomSamples(long seed) {
        random = new Random(seed);
    }

    /** An inventory of 3 disks, 2 interfaces, 4 file systems and 3 sensors. */
    public static Inventory inventory(long run, int number) {
        Inventory.Builder inventory = Inventory.newBuilder()
                .setRun(run)
                .setNumber(number)
                .setHostName("host")
                .setOs("Debian GNU/Linux 12")
                .setLogicalCores(8)
                .setPhysicalCores(4)
                .setMemoryBytes(16L << 30)
                .addLabels(Label.newBuilder().setName("site").setValue("attic"));
        for (int i = 0; i < 3; i++) {
            inventory.addDisks(Disk.newBuilder().setName("sd" + (char) ('a' + i)));
        }
        for (int i = 0; i < 2; i++) {
            inventory.addInterfaces(NetworkInterface.newBuilder().setName("eth" + i));
        }
        for (int i = 0; i < 4; i++) {
            inventory.addFilesystems(Filesystem.newBuilder().setMountpoint("/" + i));
        }
        for (int i = 0; i < 3; i++) {
            inventory.addSensors(Sensor.newBuilder().setId("coretemp/Core " + i));
        }
        return inventory.build();
    }

    /** The same as a stream holds it. */
    public static MachineInventory machineInventory(long run) {
        return new MachineInventory(new MachineId("web-1"), inventory(run, 1));
    }

    /** A message of one lane. */
    public Samples samples(Lane lane, long run, long firstSequence, int count, long endMillis) {
        Samples.Builder samples =
                Samples.newBuilder().setLane(lane).setRun(run).setInventory(1).setSentMicros(endMillis * 1000);
        for (int i = 0; i < count; i++) {
            samples.addSamples(sample(firstSequence + i, endMillis + i * 1000L));
        }
        return samples.build();
    }

    /** A sample with a random choice of columns, cores and devices. */
    public Sample sample(long sequence, long endMillis) {
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(endMillis)
                .setDurationMillis(1 + random.nextInt(3_600_000));
        long some = random.nextLong();
        long present = (some & HostColumn.MASK) | HostColumn.CPU_TOTAL.bit();
        sample.setPresent(present);
        for (HostColumn column : HostColumn.ALL) {
            if ((present & column.bit()) != 0) {
                sample.addValues(value(column));
            }
        }
        byte[] cores = new byte[random.nextInt(20)];
        for (int i = 0; i < cores.length; i++) {
            cores[i] = (byte) random.nextInt(201);
        }
        sample.setCoreLoad(ByteString.copyFrom(cores));
        for (int i = 0; i < random.nextInt(4); i++) {
            sample.addDisks(row(i, DiskColumn.ALL));
        }
        for (int i = 0; i < random.nextInt(3); i++) {
            sample.addInterfaces(row(i, InterfaceColumn.ALL));
        }
        for (int i = 0; i < random.nextInt(5); i++) {
            sample.addFilesystems(row(i, FilesystemColumn.ALL));
        }
        if (random.nextInt(4) == 0) {
            sample.addDiskIntervals(row(2, DiskColumn.ALL));
            sample.addInterfaceIntervals(row(1, InterfaceColumn.ALL));
            sample.addFilesystemIntervals(row(3, FilesystemColumn.ALL));
        }
        if (random.nextInt(4) == 0) {
            for (int i = random.nextInt(17); i > 0; i--) {
                sample.addProcesses(process(i));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                sample.addTemperatures(
                        TemperatureRow.newBuilder().setSensor(i - 1).setTenths(random.nextInt(-600, 2_001)));
            }
        }
        return sample.build();
    }

    private ProcessRow process(int place) {
        ProcessRow.Builder process = ProcessRow.newBuilder()
                .setPid(place + 17 * random.nextInt(246_723))
                .setCommand(ByteString.copyFromUtf8(List.of(
                                "java",
                                "</script>",
                                "k\u00f6nig",
                                "\u4e16\u754c",
                                "\ud83d\ude80 launch",
                                "x".repeat(64))
                        .get(random.nextInt(6))))
                .setMemory(random.nextLong(Limits.KIBIBYTES + 1))
                .setThreads(1 + random.nextInt(10_000));
        if (random.nextBoolean()) {
            process.setCpu(random.nextInt(Limits.PROCESS_CPU + 1));
        }
        return process.build();
    }

    private DeviceRow row(int device, List<? extends Column> columns) {
        DeviceRow.Builder row = DeviceRow.newBuilder().setDevice(device).setDurationMillis(random.nextInt(3) * 5_000);
        long present = 0;
        for (Column column : columns) {
            if (random.nextBoolean()) {
                present |= column.bit();
                row.addValues(value(column));
            }
        }
        return row.setPresent(present).build();
    }

    private long value(Column column) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> column.max();
            default -> random.nextLong(Math.min(column.max(), 1L << random.nextInt(1, 54)) + 1);
        };
    }

    /** Where the randomness comes from. */
    public Random random() {
        return random;
    }
}

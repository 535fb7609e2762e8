package ar.mcrn.sysmonstm.loadgen;

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
import ar.mcrn.sysmonstm.v1.Label;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Sensor;
import ar.mcrn.sysmonstm.v1.TemperatureRow;
import com.google.protobuf.ByteString;
import java.util.List;

/**
 * What one simulated machine measures: plausible curves (slow waves with noise) whose every value is a function of
 * (machine, run, sequence). So a sample can be made again at any time, byte for byte: the spool keeps numbers instead of
 * samples, and the oracle knows what must be stored. Immutable; safe on any thread.
 *
 * <p>Four cores, two disks, two interfaces, two file systems, three sensors. Every 10 s of ticks the disk and interface intervals close
 * (deltas summed, peaks kept) and ten processes are told, every 60 s those of the file systems close, in a phase of the
 * machine's own.
 */
final class SignalModel {

    static final int CORES = 4;
    static final int DISKS = 2;
    static final int INTERFACES = 2;
    static final int FILESYSTEMS = 2;
    static final int PROCESSES = 10;
    static final int SENSORS = 3;
    /** Number of the only inventory of a run. */
    static final int INVENTORY = 1;

    private static final List<ByteString> COMMANDS =
            List.of(text("postgres"), text("java"), text("nginx"), text("python3"), text("kworker/0:1-events"));
    private static final long MEMORY_KIBIBYTES = 16L << 20;
    private static final long SWAP_KIBIBYTES = 2L << 20;
    private static final long SOMETIMES_ABSENT = HostColumn.SWAP_UTILIZATION.bit()
            | HostColumn.PRESSURE_MEMORY_SOME.bit()
            | HostColumn.PRESSURE_MEMORY_FULL.bit();
    private static final long DISK_MASK = mask(DiskColumn.READ_BYTES, DiskColumn.PENDING);
    private static final long INTERFACE_MASK = mask(InterfaceColumn.RECEIVE_BYTES, InterfaceColumn.TRANSMIT_DROPPED);

    private final String machine;
    private final long run;
    private final long seed;
    private final int intervalMillis;
    private final int deviceTicks;
    private final int filesystemTicks;

    SignalModel(String machine, long machineSeed, long run, int intervalMillis) {
        this.machine = machine;
        this.run = run;
        this.seed = Mix.mix(machineSeed, run);
        this.intervalMillis = intervalMillis;
        this.deviceTicks = Math.max(1, 10_000 / intervalMillis);
        this.filesystemTicks = Math.max(1, 60_000 / intervalMillis);
    }

    /** The inventory that every sample's device indexes belong to. */
    Inventory inventory(long bootMillis) {
        Inventory.Builder inventory = Inventory.newBuilder()
                .setRun(run)
                .setNumber(INVENTORY)
                .setHostName(machine)
                .setOs("Simulated 1.0")
                .setKernel("6.1.0-load")
                .setCpuModel("Simulated CPU @ 2.40GHz")
                .setPhysicalCores(CORES / 2)
                .setLogicalCores(CORES)
                .setMemoryBytes(MEMORY_KIBIBYTES << 10)
                .setBootMillis(bootMillis)
                .setArchitecture("x86_64")
                .setVirtualization("simulated")
                .setAgentVersion("loadgen")
                .addLabels(Label.newBuilder().setName("source").setValue("loadgen"));
        for (int i = 0; i < DISKS; i++) {
            inventory.addDisks(Disk.newBuilder()
                    .setName(diskName(i))
                    .setModel("Simulated disk")
                    .setSizeBytes(size(i) << 10));
        }
        for (int i = 0; i < INTERFACES; i++) {
            inventory.addInterfaces(
                    NetworkInterface.newBuilder().setName(interfaceName(i)).setSpeedBits(1_000_000_000L));
        }
        for (int i = 0; i < FILESYSTEMS; i++) {
            inventory.addFilesystems(Filesystem.newBuilder()
                    .setMountpoint(mountpoint(i))
                    .setDevice("/dev/sd" + (char) ('a' + i) + "1")
                    .setType("ext4"));
        }
        for (int i = 0; i < SENSORS; i++) {
            inventory.addSensors(
                    Sensor.newBuilder().setId(i == 0 ? "simtemp/Package id 0" : "simtemp/Core " + (i - 1)));
        }
        return inventory.build();
    }

    /** Host columns that a sample has: now and then some cannot be measured. */
    long present(long sequence) {
        return noise(sequence, 120, 8) == 0 ? HostColumn.MASK & ~SOMETIMES_ABSENT : HostColumn.MASK;
    }

    /** True where the sample closes the intervals of disks and interfaces. */
    boolean closesDevices(long sequence) {
        return closes(sequence, deviceTicks);
    }

    /** True where the sample closes the intervals of file systems. */
    boolean closesFilesystems(long sequence) {
        return closes(sequence, filesystemTicks);
    }

    /** Length of the device intervals that a sample closes, milliseconds. */
    int deviceMillis(long sequence) {
        return covered(sequence, deviceTicks) * intervalMillis;
    }

    /** Length of the file system intervals that a sample closes, milliseconds. */
    int filesystemMillis(long sequence) {
        return covered(sequence, filesystemTicks) * intervalMillis;
    }

    /** Closed interval of a disk, indexed by wire number. */
    long[] diskInterval(int device, long sequence) {
        return diskInterval(device, sequence, covered(sequence, deviceTicks));
    }

    /** Closed interval of an interface, indexed by wire number. */
    long[] networkInterval(int device, long sequence) {
        return networkInterval(device, sequence, covered(sequence, deviceTicks));
    }

    static String diskName(int device) {
        return "sd" + (char) ('a' + device);
    }

    static String interfaceName(int device) {
        return "eth" + device;
    }

    static String mountpoint(int device) {
        return device == 0 ? "/" : "/data" + device;
    }

    /** The sample with this number; {@code endMillis} is its stamp, Unix milliseconds. */
    Sample sample(long sequence, long endMillis) {
        long present = present(sequence);
        long[] host = host(sequence);
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(endMillis)
                .setDurationMillis(intervalMillis)
                .setPresent(present)
                .setCoreLoad(ByteString.copyFrom(coreLoad(sequence)));
        for (int wire = 0; wire < host.length; wire++) {
            if ((present >>> wire & 1) != 0) {
                sample.addValues(host[wire]);
            }
        }
        for (int i = 0; i < DISKS; i++) {
            sample.addDisks(row(i, DISK_MASK, disk(i, sequence)));
        }
        for (int i = 0; i < INTERFACES; i++) {
            sample.addInterfaces(row(i, INTERFACE_MASK, network(i, sequence)));
        }
        if (closes(sequence, deviceTicks)) {
            closeDevices(sample, sequence);
        }
        if (closes(sequence, filesystemTicks)) {
            int ticks = covered(sequence, filesystemTicks);
            for (int i = 0; i < FILESYSTEMS; i++) {
                sample.addFilesystemIntervals(row(i, FilesystemColumn.MASK, filesystem(i, sequence))
                        .setDurationMillis(ticks * intervalMillis));
            }
        }
        return sample.build();
    }

    private void closeDevices(Sample.Builder sample, long sequence) {
        int ticks = covered(sequence, deviceTicks);
        for (int i = 0; i < DISKS; i++) {
            sample.addDiskIntervals(row(i, DiskColumn.MASK, diskInterval(i, sequence, ticks))
                    .setDurationMillis(ticks * intervalMillis));
        }
        for (int i = 0; i < INTERFACES; i++) {
            sample.addInterfaceIntervals(row(i, InterfaceColumn.MASK, networkInterval(i, sequence, ticks))
                    .setDurationMillis(ticks * intervalMillis));
        }
        for (int i = 0; i < FILESYSTEMS; i++) {
            sample.addFilesystems(row(i, FilesystemColumn.MASK, filesystem(i, sequence)));
        }
        for (int i = 0; i < PROCESSES; i++) {
            sample.addProcesses(process(i, sequence));
        }
        for (int i = 0; i < SENSORS; i++) {
            sample.addTemperatures(TemperatureRow.newBuilder().setSensor(i).setTenths((int)
                    (350 + wave(sequence, 150 + i, 600, 300) + noise(sequence, 150 + i, 20))));
        }
    }

    private ProcessRow process(int place, long sequence) {
        int salt = 130 + place;
        return ProcessRow.newBuilder()
                .setPid((int) (1_000 + PROCESSES * Mix.below(seed ^ salt, 400_000) + place))
                .setCommand(COMMANDS.get(place % COMMANDS.size()))
                .setCpu((int) (wave(sequence, salt, 300, 8_000 / (place + 1)) + noise(sequence, salt, 500)))
                .setMemory(MEMORY_KIBIBYTES / (8 + 4 * place) + noise(sequence, salt, 9_000))
                .setThreads((int) (1 + noise(sequence, salt, 40)))
                .build();
    }

    /** Host values of one sample, indexed by wire number. */
    long[] host(long sequence) {
        long[] values = new long[HostColumn.ALL.size()];
        long user = wave(sequence, 1, 300, 4_000) + noise(sequence, 1, 800);
        long nice = noise(sequence, 2, 40);
        long system = wave(sequence, 3, 120, 1_000) + noise(sequence, 3, 300);
        long iowait = noise(sequence, 4, 250);
        long interrupt = noise(sequence, 5, 60);
        long steal = noise(sequence, 6, 30);
        long busy = user + nice + system + interrupt + steal;
        set(values, HostColumn.CPU_TOTAL, busy);
        set(values, HostColumn.CPU_USER, user);
        set(values, HostColumn.CPU_NICE, nice);
        set(values, HostColumn.CPU_SYSTEM, system);
        set(values, HostColumn.CPU_IDLE, 10_000 - busy - iowait);
        set(values, HostColumn.CPU_IOWAIT, iowait);
        set(values, HostColumn.CPU_INTERRUPT, interrupt);
        set(values, HostColumn.CPU_STEAL, steal);
        set(values, HostColumn.LOAD_1M, busy * CORES / 100);
        set(values, HostColumn.LOAD_5M, wave(sequence, 7, 900, 300));
        set(values, HostColumn.LOAD_15M, wave(sequence, 8, 2_700, 250));
        set(values, HostColumn.CONTEXT_SWITCHES, scaled(3_000 + noise(sequence, 9, 2_000)));
        set(values, HostColumn.INTERRUPTS, scaled(1_200 + noise(sequence, 10, 900)));
        memory(values, sequence);
        pressure(values, sequence);
        devices(values, sequence);
        set(values, HostColumn.TCP_ESTABLISHED, 20 + noise(sequence, 20, 60));
        set(values, HostColumn.TCP_TIME_WAIT, noise(sequence, 21, 40));
        set(values, HostColumn.TCP_ORPHANED, noise(sequence, 22, 3));
        set(values, HostColumn.TCP_ALLOCATED, 90 + noise(sequence, 23, 60));
        set(values, HostColumn.PROCESSES, 180 + noise(sequence, 24, 20));
        set(values, HostColumn.PROCESSES_RUNNING, 1 + noise(sequence, 25, 6));
        set(values, HostColumn.PROCESSES_BLOCKED, noise(sequence, 26, 3));
        set(values, HostColumn.PROCESSES_CREATED, scaled(noise(sequence, 27, 30)));
        set(values, HostColumn.THREADS, 400 + noise(sequence, 28, 50));
        set(values, HostColumn.UPTIME, Mix.below(seed, 1_000_000) + sequence * intervalMillis / 1_000);
        return values;
    }

    private void memory(long[] values, long sequence) {
        long used = MEMORY_KIBIBYTES / 4 + wave(sequence, 11, 1_800, MEMORY_KIBIBYTES / 4) + noise(sequence, 11, 4_096);
        long buffers = 200_000 + noise(sequence, 12, 1_000);
        long cached = 3_000_000 + noise(sequence, 13, 9_000);
        long swapUsed = wave(sequence, 14, 3_600, SWAP_KIBIBYTES / 8);
        set(values, HostColumn.MEMORY_LIMIT, MEMORY_KIBIBYTES);
        set(values, HostColumn.MEMORY_USED, used);
        set(values, HostColumn.MEMORY_FREE, MEMORY_KIBIBYTES - used - buffers - cached);
        set(values, HostColumn.MEMORY_BUFFERS, buffers);
        set(values, HostColumn.MEMORY_CACHED, cached);
        set(values, HostColumn.MEMORY_SHARED, 50_000);
        set(values, HostColumn.MEMORY_AVAILABLE, MEMORY_KIBIBYTES - used);
        set(values, HostColumn.MEMORY_SLAB, 300_000 + noise(sequence, 15, 500));
        set(values, HostColumn.MEMORY_UTILIZATION, used * 10_000 / MEMORY_KIBIBYTES);
        set(values, HostColumn.SWAP_LIMIT, SWAP_KIBIBYTES);
        set(values, HostColumn.SWAP_USED, swapUsed);
        set(values, HostColumn.SWAP_UTILIZATION, swapUsed * 10_000 / SWAP_KIBIBYTES);
        set(values, HostColumn.SWAP_IN, scaled(noise(sequence, 16, 4)));
        set(values, HostColumn.SWAP_OUT, scaled(noise(sequence, 17, 4)));
        set(values, HostColumn.FAULTS_MAJOR, scaled(noise(sequence, 18, 3)));
        set(values, HostColumn.FAULTS_MINOR, scaled(2_000 + noise(sequence, 19, 3_000)));
    }

    private void pressure(long[] values, long sequence) {
        long micros = intervalMillis * 1_000L;
        set(values, HostColumn.PRESSURE_CPU_SOME, noise(sequence, 30, micros / 10));
        set(values, HostColumn.PRESSURE_MEMORY_SOME, noise(sequence, 31, micros / 100));
        set(values, HostColumn.PRESSURE_MEMORY_FULL, noise(sequence, 31, micros / 100) / 2);
        set(values, HostColumn.PRESSURE_IO_SOME, noise(sequence, 32, micros / 20));
        set(values, HostColumn.PRESSURE_IO_FULL, noise(sequence, 32, micros / 20) / 2);
    }

    private void devices(long[] values, long sequence) {
        long busiest = 0;
        for (int i = 0; i < DISKS; i++) {
            long[] disk = disk(i, sequence);
            add(values, HostColumn.DISK_READ_BYTES, disk[DiskColumn.READ_BYTES.wire()]);
            add(values, HostColumn.DISK_WRITE_BYTES, disk[DiskColumn.WRITE_BYTES.wire()]);
            add(values, HostColumn.DISK_READS, disk[DiskColumn.READS.wire()]);
            add(values, HostColumn.DISK_WRITES, disk[DiskColumn.WRITES.wire()]);
            busiest = Math.max(busiest, disk[DiskColumn.BUSY_MILLIS.wire()] * 10_000 / intervalMillis);
        }
        set(values, HostColumn.DISK_BUSIEST, busiest);
        for (int i = 0; i < INTERFACES; i++) {
            long[] network = network(i, sequence);
            add(values, HostColumn.NETWORK_RECEIVE_BYTES, network[InterfaceColumn.RECEIVE_BYTES.wire()]);
            add(values, HostColumn.NETWORK_TRANSMIT_BYTES, network[InterfaceColumn.TRANSMIT_BYTES.wire()]);
            add(values, HostColumn.NETWORK_RECEIVE_PACKETS, network[InterfaceColumn.RECEIVE_PACKETS.wire()]);
            add(values, HostColumn.NETWORK_TRANSMIT_PACKETS, network[InterfaceColumn.TRANSMIT_PACKETS.wire()]);
            add(values, HostColumn.NETWORK_DROPPED, network[InterfaceColumn.RECEIVE_DROPPED.wire()]);
        }
        long fullest = 0;
        for (int i = 0; i < FILESYSTEMS; i++) {
            fullest = Math.max(fullest, filesystem(i, sequence)[FilesystemColumn.UTILIZATION.wire()]);
        }
        set(values, HostColumn.FILESYSTEM_FULLEST, fullest);
    }

    /** Load of each core, 0 to 200. */
    byte[] coreLoad(long sequence) {
        byte[] load = new byte[CORES];
        for (int i = 0; i < CORES; i++) {
            load[i] = (byte) Math.min(Limits.CORE_LOAD, wave(sequence, 40 + i, 240, 120) + noise(sequence, 40 + i, 40));
        }
        return load;
    }

    /** One disk over one tick, indexed by wire number, without peaks. */
    private long[] disk(int device, long sequence) {
        int salt = 50 + device * 10;
        long reads = scaled(noise(sequence, salt, 60));
        long writes = scaled(5 + noise(sequence, salt + 1, 120));
        long busy = Math.min(intervalMillis, reads / 4 + writes / 4);
        return new long[] {
            reads * 16_384, writes * 8_192, reads, writes, reads / 2, writes, busy, noise(sequence, salt + 2, 4)
        };
    }

    /** One interface over one tick, indexed by wire number, without peaks. */
    private long[] network(int device, long sequence) {
        int salt = 80 + device * 10;
        long received = scaled(50 + wave(sequence, salt, 180, 900) + noise(sequence, salt, 200));
        long sent = scaled(40 + wave(sequence, salt + 1, 180, 500) + noise(sequence, salt + 1, 200));
        long dropped = noise(sequence, salt + 2, 1_000) / 999;
        return new long[] {received * 900, received, 0, dropped, sent * 600, sent, 0, 0};
    }

    private long[] diskInterval(int device, long sequence, int ticks) {
        long[] sums = new long[DiskColumn.ALL.size()];
        for (long tick = sequence - ticks + 1; tick <= sequence; tick++) {
            long[] one = disk(device, tick);
            for (int i = 0; i < DiskColumn.PENDING.wire(); i++) {
                sums[i] += one[i];
            }
            sums[DiskColumn.PENDING.wire()] = one[DiskColumn.PENDING.wire()];
            peak(sums, DiskColumn.READ_PEAK.wire(), perSecond(one[DiskColumn.READ_BYTES.wire()]));
            peak(sums, DiskColumn.WRITE_PEAK.wire(), perSecond(one[DiskColumn.WRITE_BYTES.wire()]));
            peak(sums, DiskColumn.BUSY_PEAK.wire(), one[DiskColumn.BUSY_MILLIS.wire()] * 10_000 / intervalMillis);
        }
        return sums;
    }

    private long[] networkInterval(int device, long sequence, int ticks) {
        long[] sums = new long[InterfaceColumn.ALL.size()];
        for (long tick = sequence - ticks + 1; tick <= sequence; tick++) {
            long[] one = network(device, tick);
            for (int i = 0; i < one.length; i++) {
                sums[i] += one[i];
            }
            peak(sums, InterfaceColumn.RECEIVE_PEAK.wire(), perSecond(one[InterfaceColumn.RECEIVE_BYTES.wire()]));
            peak(sums, InterfaceColumn.TRANSMIT_PEAK.wire(), perSecond(one[InterfaceColumn.TRANSMIT_BYTES.wire()]));
        }
        return sums;
    }

    /** One file system, indexed by wire number. */
    long[] filesystem(int device, long sequence) {
        long size = size(device);
        long used = size / 3 + wave(sequence, 110 + device, 7_200, size / 4);
        long inodes = size / 16;
        return new long[] {size, used, size - used, used * 10_000 / size, inodes / 5, inodes - inodes / 5};
    }

    private static long size(int device) {
        return (device + 1) * (100L << 20);
    }

    private boolean closes(long sequence, int ticks) {
        return Math.floorMod(sequence + Math.floorMod(seed, ticks), ticks) == 0;
    }

    /** Ticks that an interval closing here covers: fewer at the start of the run. */
    private static int covered(long sequence, int ticks) {
        return (int) Math.min(ticks, sequence);
    }

    private static void peak(long[] values, int wire, long value) {
        values[wire] = Math.max(values[wire], value);
    }

    private long perSecond(long delta) {
        return delta * 1_000 / intervalMillis;
    }

    /** A per-second figure as the delta of one tick. */
    private long scaled(long perSecond) {
        return perSecond * intervalMillis / 1_000;
    }

    /** Triangle of 0 to {@code height} over {@code period} ticks, in a phase of the machine's own. */
    private long wave(long sequence, int salt, int period, long height) {
        long position = (sequence + Mix.below(seed ^ salt, period)) % period * 2;
        return height * Math.min(position, 2L * period - position) / period;
    }

    /** Noise of 0 to {@code bound - 1}. */
    private long noise(long sequence, int salt, long bound) {
        return Mix.below(seed + sequence * 0x632be59bd9b4e019L + ((long) salt << 48), bound);
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static void set(long[] values, HostColumn column, long value) {
        values[column.wire()] = value;
    }

    private static void add(long[] values, HostColumn column, long value) {
        values[column.wire()] += value;
    }

    private static long mask(Column first, Column last) {
        return (last.bit() << 1) - first.bit();
    }

    private static DeviceRow.Builder row(int device, long present, long[] values) {
        DeviceRow.Builder row = DeviceRow.newBuilder().setDevice(device).setPresent(present);
        for (long value : values) {
            row.addValues(value);
        }
        return row;
    }
}

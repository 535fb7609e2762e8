package ar.mcrn.sysmonstm.api.testing;

import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Label;
import ar.mcrn.sysmonstm.v1.LiveInventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.LiveTick;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Sensor;
import ar.mcrn.sysmonstm.v1.TemperatureRow;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One machine of a test: 2 cores, a disk, an interface, a file system, a sensor; says what it is told to say. */
public final class Machine {
    private final String id;
    private int inventory = 1;
    private String disk = "sda";
    private long sequence;
    private long clockErrorMillis;

    /** A machine of this name. */
    public Machine(String id) {
        this.id = id;
    }

    /** Its name. */
    public String id() {
        return id;
    }

    /** Swaps the disk, which makes a new inventory. */
    public Machine withDisk(String name) {
        disk = name;
        inventory++;
        return this;
    }

    /** Sets its clock wrong, which makes a new inventory. */
    public Machine withClockError(long millis) {
        clockErrorMillis = millis;
        inventory++;
        return this;
    }

    /** What it is made of. */
    public Inventory inventory() {
        return Inventory.newBuilder()
                .setRun(7)
                .setNumber(inventory)
                .setHostName(id + ".local")
                .setOs("Debian GNU/Linux 12")
                .setKernel("6.1.0")
                .setCpuModel("Test CPU")
                .setLogicalCores(2)
                .setPhysicalCores(1)
                .setMemoryBytes(4L << 30)
                .setBootMillis(1_700_000_000_000L)
                .setArchitecture("x86_64")
                .setAgentVersion("0.1.0")
                .addDisks(Disk.newBuilder().setName(disk).setModel("Disk").setSizeBytes(1_000))
                .addInterfaces(NetworkInterface.newBuilder().setName("eth0").setSpeedBits(1_000_000_000))
                .addFilesystems(Filesystem.newBuilder()
                        .setMountpoint("/")
                        .setDevice("/dev/sda1")
                        .setType("ext4"))
                .addSensors(Sensor.newBuilder().setId("coretemp/Package id 0"))
                .addLabels(Label.newBuilder().setName("role").setValue("web"))
                .setClockErrorMillis(clockErrorMillis)
                .build();
    }

    /** Its next sample: CPU in basis points, memory 50 %, 1,000 bytes received, one second long. */
    public LiveSample sample(long timeMillis, long cpu) {
        return sample(timeMillis, cpu, false);
    }

    /** The same, with the values of each file system where wanted; the fullest is in every sample. */
    public LiveSample sample(long timeMillis, long cpu, boolean filesystem) {
        Map<HostColumn, Long> host = new TreeMap<>(Map.of(
                HostColumn.CPU_TOTAL, cpu,
                HostColumn.MEMORY_UTILIZATION, 5_000L,
                HostColumn.NETWORK_RECEIVE_BYTES, 1_000L,
                HostColumn.LOAD_1M, 123L,
                HostColumn.FILESYSTEM_FULLEST, 7_500L));
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(++sequence)
                .setEndMillis(timeMillis)
                .setDurationMillis(1_000)
                .setCoreLoad(ByteString.copyFrom(new byte[] {100, (byte) 200}))
                .addDisks(DeviceRow.newBuilder()
                        .setDevice(0)
                        .setPresent(3)
                        .addValues(2_048)
                        .addValues(4_096))
                .addInterfaces(DeviceRow.newBuilder().setDevice(0).setPresent(1).addValues(1_000));
        host.forEach((column, value) ->
                sample.setPresent(sample.getPresent() | column.bit()).addValues(value));
        if (filesystem) {
            sample.addFilesystems(
                    DeviceRow.newBuilder().setDevice(0).setPresent(8).addValues(7_500));
        }
        return LiveSample.newBuilder()
                .setMachine(id)
                .setRun(7)
                .setInventory(inventory)
                .setReceivedMillis(timeMillis)
                .setIntervalMillis(1_000)
                .setSample(sample)
                .build();
    }

    /** A tick of one sample with the inventory before it. */
    public LiveTick first(long timeMillis, long cpu) {
        return LiveTick.newBuilder()
                .addInventories(LiveInventory.newBuilder().setMachine(id).setInventory(inventory()))
                .addSamples(sample(timeMillis, cpu, true))
                .build();
    }

    /** A tick of one sample that tells of these processes and of a temperature. */
    public LiveTick slow(long timeMillis, int tenths, ProcessRow... processes) {
        LiveSample.Builder live = sample(timeMillis, 100, true).toBuilder();
        live.getSampleBuilder()
                .addAllProcesses(List.of(processes))
                .addTemperatures(TemperatureRow.newBuilder().setTenths(tenths));
        return LiveTick.newBuilder().addSamples(live).build();
    }

    /** A process of 1 MiB and three threads; without CPU time where {@code cpu} is negative. */
    public static ProcessRow process(int pid, String command, int cpu) {
        ProcessRow.Builder process = ProcessRow.newBuilder()
                .setPid(pid)
                .setCommand(ByteString.copyFrom(command, StandardCharsets.ISO_8859_1))
                .setMemory(1_024)
                .setThreads(3);
        return cpu < 0 ? process.build() : process.setCpu(cpu).build();
    }

    /** A tick of one sample. */
    public LiveTick next(long timeMillis, long cpu) {
        return LiveTick.newBuilder().addSamples(sample(timeMillis, cpu)).build();
    }
}

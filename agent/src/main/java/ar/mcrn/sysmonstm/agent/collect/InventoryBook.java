package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Label;
import ar.mcrn.sysmonstm.v1.Sensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The inventory of one run: a new number whenever a device comes or goes. Rows of samples are indexes into the newest. Bounds
 * on each kind keep it under 64 KiB. Used by one thread.
 */
public final class InventoryBook {
    /** Disks watched; together with interfaces and file systems {@link Limits#SERIES}. */
    static final int DISKS = 192;

    static final int INTERFACES = 192;
    static final int FILESYSTEMS = 128;

    /** An error of the clock is told beyond this, until it is below {@link #CLOCK_RIGHT_MILLIS}, so that it does not flap. */
    private static final long CLOCK_WRONG_MILLIS = 2_000;

    private static final long CLOCK_RIGHT_MILLIS = 1_500;
    private static final long CLOCK_CHANGE_MILLIS = 1_000;

    private final Inventory base;
    private final DeviceFacts facts;
    private List<String> disks = List.of();
    private List<String> interfaces = List.of();
    private List<Mount> mounts = List.of();
    private List<String> sensors = List.of();
    private int cores;
    private long clockErrorMillis;
    private Inventory newest;

    InventoryBook(
            long run,
            String hostName,
            String agentVersion,
            Map<String, String> labels,
            MachineFacts machine,
            DeviceFacts facts) {
        this.facts = facts;
        base = Inventory.newBuilder()
                .setRun(run)
                .setHostName(hostName)
                .setOs(machine.os())
                .setKernel(machine.kernel())
                .setCpuModel(machine.cpuModel())
                .setPhysicalCores(machine.physicalCores())
                .setMemoryBytes(machine.memoryBytes())
                .setBootMillis(machine.bootMillis())
                .setArchitecture(machine.architecture())
                .setVirtualization(machine.virtualization())
                .setAgentVersion(agentVersion)
                .addAllLabels(labels.entrySet().stream()
                        .map(label -> Label.newBuilder()
                                .setName(label.getKey())
                                .setValue(label.getValue())
                                .build())
                        .toList())
                .build();
        cores = machine.logicalCores();
        newest = base;
    }

    /** Learns how far the machine's clock is ahead, milliseconds; the next {@link #update} tells of it where that matters. */
    void clockError(long millis) {
        long told = newest.getClockErrorMillis();
        if (Math.abs(millis) <= (told == 0 ? CLOCK_WRONG_MILLIS : CLOCK_RIGHT_MILLIS)) {
            clockErrorMillis = 0;
        } else {
            boolean isAsTold = told != 0 && Math.abs(millis - told) < CLOCK_CHANGE_MILLIS;
            clockErrorMillis = isAsTold ? told : millis;
        }
    }

    /** Takes in what is there now; true when that made a new inventory. A kind that could not be read stays as it was. */
    boolean update(Reading reading, List<Mount> mountsNow, List<String> sensorsNow) {
        boolean same = newest.getNumber() > 0
                && (!reading.disks.isComplete() || reading.disks.names().equals(disks))
                && (!reading.interfaces.isComplete()
                        || reading.interfaces.names().equals(interfaces))
                && mounts.equals(mountsNow)
                && sensors.equals(sensorsNow)
                && (reading.cores == 0 || reading.cores == cores)
                && newest.getClockErrorMillis() == clockErrorMillis;
        if (same) {
            return false;
        }
        if (reading.disks.isComplete()) {
            disks = List.copyOf(reading.disks.names());
        }
        if (reading.interfaces.isComplete()) {
            interfaces = List.copyOf(reading.interfaces.names());
        }
        if (reading.cores > 0) {
            cores = reading.cores;
        }
        mounts = List.copyOf(mountsNow);
        sensors = List.copyOf(sensorsNow);
        List<Filesystem> filesystems = new ArrayList<>();
        for (Mount mount : mounts) {
            filesystems.add(Filesystem.newBuilder()
                    .setMountpoint(mount.mountpoint())
                    .setDevice(fits(mount.device()) ? mount.device() : "")
                    .setType(mount.type())
                    .build());
        }
        newest = base.toBuilder()
                .setNumber(newest.getNumber() + 1)
                .setLogicalCores(cores)
                .setClockErrorMillis(clockErrorMillis)
                .addAllDisks(disks.stream().map(facts::disk).toList())
                .addAllInterfaces(
                        interfaces.stream().map(facts::networkInterface).toList())
                .addAllFilesystems(filesystems)
                .addAllSensors(sensors.stream()
                        .map(id -> Sensor.newBuilder().setId(id).build())
                        .toList())
                .build();
        return true;
    }

    private static boolean fits(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= Limits.NAME_BYTES;
    }

    /** The newest inventory; before the first {@link #update} one with number 0. */
    Inventory newest() {
        return newest;
    }
}

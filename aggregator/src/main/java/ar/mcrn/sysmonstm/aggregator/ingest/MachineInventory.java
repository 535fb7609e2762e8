package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * One inventory of one run of one machine, as a stream received it: what the device indexes of its samples mean. Kept
 * encoded, but for the names that samples refer to, since nobody here asks for the rest and there are as many as
 * machines. Immutable but for the one attachment, which belongs to the history.
 */
public final class MachineInventory {
    private final MachineId machine;
    private final long run;
    private final int number;
    private final List<String> disks;
    private final List<String> interfaces;
    private final List<String> filesystems;
    private final int sensors;
    private final byte[] encoded;
    private final AtomicReference<Object> historyIds = new AtomicReference<>();

    /** Of a validated inventory: at most 512 devices, names within their limits. */
    public MachineInventory(MachineId machine, Inventory inventory) {
        this.machine = machine;
        run = inventory.getRun();
        number = inventory.getNumber();
        disks = names(inventory.getDisksList().stream().map(Disk::getName));
        interfaces = names(inventory.getInterfacesList().stream().map(NetworkInterface::getName));
        filesystems = names(inventory.getFilesystemsList().stream().map(Filesystem::getMountpoint));
        sensors = inventory.getSensorsCount();
        encoded = inventory.toByteArray();
    }

    /** Machines of a fleet are alike: each name is kept once for all of them. */
    private static List<String> names(Stream<String> names) {
        return names.map(String::intern).toList();
    }

    /** Which machine. */
    public MachineId machine() {
        return machine;
    }

    /** Run it belongs to. */
    public long run() {
        return run;
    }

    /** Number within the run. */
    public int number() {
        return number;
    }

    /** Names of its disks. */
    public List<String> disks() {
        return disks;
    }

    /** Names of its network interfaces. */
    public List<String> interfaces() {
        return interfaces;
    }

    /** Mount points of its file systems. */
    public List<String> filesystems() {
        return filesystems;
    }

    /** Number of its temperature sensors. */
    int sensors() {
        return sensors;
    }

    /** What it says, encoded; read only. */
    public byte[] encoded() {
        return encoded;
    }

    /** The history's own ids of machine, run and devices; null until it has resolved them. Any thread. */
    public AtomicReference<Object> historyIds() {
        return historyIds;
    }
}

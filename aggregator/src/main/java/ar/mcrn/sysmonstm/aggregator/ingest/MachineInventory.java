package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Inventory;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One inventory of one run of one machine, as a stream received it: what the device indexes of its samples mean. Kept encoded,
 * since what it says is asked for once, and there are as many as machines. Immutable but for the one attachment, which belongs to
 * the history.
 */
public final class MachineInventory {
    private final MachineId machine;
    private final long run;
    private final int number;
    private final int disks;
    private final int interfaces;
    private final int filesystems;
    private final int sensors;
    private final byte[] encoded;
    private final AtomicReference<Object> historyIds = new AtomicReference<>();

    /** Of a validated inventory: at most 512 devices, names within their limits. */
    public MachineInventory(MachineId machine, Inventory inventory) {
        this.machine = machine;
        run = inventory.getRun();
        number = inventory.getNumber();
        disks = inventory.getDisksCount();
        interfaces = inventory.getInterfacesCount();
        filesystems = inventory.getFilesystemsCount();
        sensors = inventory.getSensorsCount();
        encoded = inventory.toByteArray();
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

    /** Disks it names. */
    int disks() {
        return disks;
    }

    /** Network interfaces it names. */
    int interfaces() {
        return interfaces;
    }

    /** File systems it names. */
    int filesystems() {
        return filesystems;
    }

    /** Temperature sensors it names. */
    int sensors() {
        return sensors;
    }

    /** What it says, decoded by each call. */
    public Inventory inventory() {
        try {
            return Inventory.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("BUG: an inventory that was encoded here cannot be decoded", e);
        }
    }

    /** The same encoded; read only. */
    public byte[] encoded() {
        return encoded;
    }

    /** The history's own ids of machine, run and devices; null until it has resolved them. Any thread. */
    public AtomicReference<Object> historyIds() {
        return historyIds;
    }
}

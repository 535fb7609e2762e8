package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Inventory;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One inventory of one run of one machine, as a stream received it: what the device indexes of its samples mean. Immutable
 * but for the one attachment, which belongs to the history.
 */
public final class MachineInventory {
    private final MachineId machine;
    private final Inventory inventory;
    private final byte[] encoded;
    private final AtomicReference<Object> historyIds = new AtomicReference<>();

    /** Of a validated inventory: at most 512 devices, names within their limits. */
    public MachineInventory(MachineId machine, Inventory inventory) {
        this.machine = machine;
        this.inventory = inventory;
        this.encoded = inventory.toByteArray();
    }

    /** Which machine. */
    public MachineId machine() {
        return machine;
    }

    /** Run it belongs to. */
    public long run() {
        return inventory.getRun();
    }

    /** Number within the run. */
    public int number() {
        return inventory.getNumber();
    }

    /** What it says. */
    public Inventory inventory() {
        return inventory;
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

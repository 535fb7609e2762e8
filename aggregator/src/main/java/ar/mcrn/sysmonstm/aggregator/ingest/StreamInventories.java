package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Inventories that one stream holds, keyed by run and number: one for the live lane, which backfill never evicts, and three
 * for backfill, the oldest of which goes for a new one. Those that were refused are remembered as such, so that their samples
 * are refused for good too instead of being asked for again and again. On the stream's event loop.
 */
final class StreamInventories {
    private static final int BACKFILL = 3;
    private static final int REFUSED = 8;

    private final MachineId machine;
    private final long liveRun;
    private MachineInventory live;
    private final MachineInventory[] backfill = new MachineInventory[BACKFILL];
    private int oldest;
    private final Deque<Refused> refused = new ArrayDeque<>(REFUSED);

    /** An inventory that breaks the contract, and what is wrong with it. */
    record Refused(long run, int number, RejectReason reason, String detail) {
        boolean is(long ofRun, int ofNumber) {
            return run == ofRun && number == ofNumber;
        }
    }

    /** @param liveRun run of the stream, whose newest inventory the live lane uses */
    StreamInventories(MachineId machine, long liveRun) {
        this.machine = machine;
        this.liveRun = liveRun;
    }

    /** Keeps a validated inventory; one that is held already stays as it is. */
    void put(Inventory inventory) {
        refused.removeIf(was -> was.is(inventory.getRun(), inventory.getNumber()));
        MachineInventory held = find(inventory.getRun(), inventory.getNumber());
        if (held != null && Arrays.equals(held.encoded(), inventory.toByteArray())) {
            return;
        }
        MachineInventory added = new MachineInventory(machine, inventory);
        if (inventory.getRun() == liveRun && (live == null || inventory.getNumber() >= live.number())) {
            live = added;
            return;
        }
        for (int i = 0; i < BACKFILL; i++) {
            if (backfill[i] == held && held != null) {
                backfill[i] = added;
                return;
            }
        }
        backfill[oldest] = added;
        oldest = (oldest + 1) % BACKFILL;
    }

    /** Remembers what an agent was told of an inventory; the oldest of eight goes for a new one. */
    void refuse(Inventory inventory, RejectReason reason, String detail) {
        refused.removeIf(was -> was.is(inventory.getRun(), inventory.getNumber()));
        if (refused.size() == REFUSED) {
            refused.removeFirst();
        }
        refused.addLast(new Refused(inventory.getRun(), inventory.getNumber(), reason, detail));
    }

    /** Why the inventory of this run and number was refused; null where it was not. */
    Refused refused(long run, int number) {
        for (Refused was : refused) {
            if (was.is(run, number)) {
                return was;
            }
        }
        return null;
    }

    /** The inventory of this run and number; null where it is not held, which happens on the hot path. */
    MachineInventory find(long run, int number) {
        if (live != null && live.number() == number && live.run() == run) {
            return live;
        }
        for (MachineInventory candidate : backfill) {
            if (candidate != null && candidate.number() == number && candidate.run() == run) {
                return candidate;
            }
        }
        return null;
    }
}

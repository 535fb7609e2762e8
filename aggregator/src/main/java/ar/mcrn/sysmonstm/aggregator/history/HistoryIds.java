package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;

/**
 * What the database calls a machine, one run of it and the devices of one inventory. Attached to the inventory once the
 * transaction that resolved it has committed.
 *
 * @param space for which they are good
 * @param machine {@code machine.machine_id}
 * @param run {@code run.run_id}
 * @param disks {@code device.device_id} by position in the inventory
 * @param interfaces the same for network interfaces
 * @param filesystems the same for file systems
 */
record HistoryIds(IdSpace space, int machine, int run, int[] disks, int[] interfaces, int[] filesystems) {

    /** Those of an inventory, or null where they are not resolved yet. */
    static HistoryIds of(MachineInventory inventory) {
        return (HistoryIds) inventory.historyIds().get();
    }
}

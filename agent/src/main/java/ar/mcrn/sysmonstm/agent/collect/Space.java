package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.v1.DeviceRow;

/**
 * How full a file system is.
 *
 * @param sizeBytes its size
 * @param freeBytes free for anyone, the reserve for the superuser included
 * @param availableBytes free for unprivileged users
 * @param inodes how many files it can hold; 0 = it does not say
 * @param inodesFree how many more
 */
record Space(long sizeBytes, long freeBytes, long availableBytes, long inodes, long inodesFree) {

    private long usedBytes() {
        return Math.max(0, sizeBytes - freeBytes);
    }

    /** used / (used + available), as df(1) shows it; basis points. */
    long utilization() {
        long whole = usedBytes() + availableBytes;
        return whole <= 0 ? 0 : Quantities.basisPoints(usedBytes(), whole);
    }

    /** As a row of the file system at {@code index} of the inventory. */
    DeviceRow row(int index, int durationMillis) {
        DeviceRow.Builder row = DeviceRow.newBuilder().setDevice(index).setDurationMillis(durationMillis);
        long present = FilesystemColumn.SIZE.bit()
                | FilesystemColumn.USED.bit()
                | FilesystemColumn.FREE.bit()
                | FilesystemColumn.UTILIZATION.bit();
        row.addValues(sizeBytes >> 10);
        row.addValues(usedBytes() >> 10);
        row.addValues(availableBytes >> 10);
        row.addValues(utilization());
        if (inodes > 0) {
            present |= FilesystemColumn.INODES_USED.bit() | FilesystemColumn.INODES_FREE.bit();
            row.addValues(Math.max(0, inodes - inodesFree));
            row.addValues(inodesFree);
        }
        return row.setPresent(present).build();
    }
}

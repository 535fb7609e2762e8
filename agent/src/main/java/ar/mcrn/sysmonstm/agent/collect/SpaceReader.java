package ar.mcrn.sysmonstm.agent.collect;

import java.io.File;
import java.io.IOException;

/** Asks the system how full a file system is. May take as long as a network does; called from any thread. */
interface SpaceReader {

    /**
     * Asks for one.
     *
     * @throws IOException when the system does not say
     */
    Space read(String mountpoint) throws IOException;

    /** By java.io.File, which says nothing of inodes. */
    static Space ofFile(String mountpoint) throws IOException {
        File file = new File(mountpoint);
        long size = file.getTotalSpace();
        if (size <= 0) {
            throw new IOException("no size: mountpoint=" + mountpoint);
        }
        return new Space(size, file.getFreeSpace(), file.getUsableSpace(), 0, 0);
    }
}

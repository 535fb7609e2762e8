package ar.mcrn.sysmonstm.aggregator.retention;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Room on the disk that holds the database, as df counts: what only root may take is not there.
 *
 * @param freeBytes that can still be written
 * @param totalBytes used and free; 0 = not known
 */
public record DiskSpace(long freeBytes, long totalBytes) {
    /** Share in use, percent, from which on the oldest raw samples go early, to keep the database alive: the disk guard. */
    public static final int FULL_PERCENT = 85;

    /**
     * Of the file system that a path is on.
     *
     * @throws IOException when the path is not there or cannot be seen
     */
    public static DiskSpace of(Path path) throws IOException {
        FileStore store = Files.getFileStore(path);
        long used = store.getTotalSpace() - store.getUnallocatedSpace();
        return new DiskSpace(store.getUsableSpace(), used + store.getUsableSpace());
    }

    /** Share that is free, 0 to 1. */
    public double freeRatio() {
        return totalBytes == 0 ? 0 : (double) freeBytes / totalBytes;
    }

    /** What may still be written before the guard acts; 0 or less = it acts. */
    public double roomBytes() {
        return freeBytes - (100 - FULL_PERCENT) / 100.0 * totalBytes;
    }
}

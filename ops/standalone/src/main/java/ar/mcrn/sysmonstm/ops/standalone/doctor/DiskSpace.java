package ar.mcrn.sysmonstm.ops.standalone.doctor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room on the disk that holds the database, bytes; as df counts, without what only root may take. */
public record DiskSpace(long freeBytes, long totalBytes) {
    /** From here on the oldest raw samples go early, to keep the database alive: the aggregator's disk guard. */
    static final double GUARD_RATIO = 0.85;

    /** Of the file system that a path is on. */
    public static DiskSpace of(Path path) throws IOException {
        FileStore store = Files.getFileStore(path);
        long used = store.getTotalSpace() - store.getUnallocatedSpace();
        return new DiskSpace(store.getUsableSpace(), used + store.getUsableSpace());
    }

    double freeRatio() {
        return totalBytes == 0 ? 0 : (double) freeBytes / totalBytes;
    }

    /** What may still be written before the guard acts; 0 or less = it acts. */
    double roomBytes() {
        return freeBytes - (1 - GUARD_RATIO) * totalBytes;
    }
}

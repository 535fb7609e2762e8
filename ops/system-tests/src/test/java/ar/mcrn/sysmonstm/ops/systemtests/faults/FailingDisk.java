package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system (ext4 in a file) that makes itself read-only under the hands of whoever has files open there, as one does that
 * found an error. Needs root (Linux). Closing unmounts it.
 */
public final class FailingDisk implements AutoCloseable {
    private final Path image;
    private final Path mount;

    private FailingDisk(Path image, Path mount) {
        this.image = image;
        this.mount = mount;
    }

    /** Makes and mounts one. */
    public static FailingDisk ofBytes(long bytes) throws IOException, InterruptedException {
        Path image = Files.createTempFile("sysmonstm-disk", ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        // Without a journal an error takes nothing along that was written before.
        Commands.run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", image.toString());
        Path mount = Files.createTempDirectory("sysmonstm-disk");
        Commands.run("mount", "-o", "loop,errors=remount-ro", image.toString(), mount.toString());
        return new FailingDisk(image, mount);
    }

    /** Its root. */
    public Path path() {
        return mount;
    }

    /** From now on nothing can be written any more, to files that are open either. */
    public void fail() throws IOException, InterruptedException {
        String device = Commands.run("findmnt", "-n", "-o", "SOURCE", mount.toString());
        Files.writeString(Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString(), "trigger_fs_error"), "1");
    }

    @Override
    public void close() {
        try {
            // Lazily: whoever still has a file open there ends soon.
            Commands.run("umount", "-l", mount.toString());
            Files.delete(mount);
            Files.delete(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

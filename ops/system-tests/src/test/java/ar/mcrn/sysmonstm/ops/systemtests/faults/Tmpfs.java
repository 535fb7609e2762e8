package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of a few MiB in memory, which can be full. Needs root (Linux). Closing unmounts it. */
public final class Tmpfs implements AutoCloseable {
    private static final int BLOCK = 4_096;

    private final Path mount;

    private Tmpfs(Path mount) {
        this.mount = mount;
    }

    /** Mounts one. */
    public static Tmpfs ofBytes(long bytes) throws IOException, InterruptedException {
        Path mount = Files.createTempDirectory("sysmonstm-tmpfs");
        Commands.run("mount", "-t", "tmpfs", "-o", "mode=0777,size=" + bytes, "tmpfs", mount.toString());
        return new Tmpfs(mount);
    }

    /** One that is mounted there. */
    static Tmpfs mountedAt(Path mount) {
        return new Tmpfs(mount);
    }

    /** Its root. */
    public Path path() {
        return mount;
    }

    /** Fills it up but for this much; what it was filled with before stays. */
    public void fill(long leftBytes) throws IOException {
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (freeBytes() >= leftBytes + BLOCK) {
                out.write(block);
            }
        } catch (IOException full) {
            if (freeBytes() > 0) {
                throw full;
            }
        }
    }

    /** Gives the space back. */
    public void free() throws IOException {
        Files.delete(filler());
    }

    /** Nothing can be written any more, or it can be again. */
    public void readOnly(boolean on) throws IOException, InterruptedException {
        Commands.run("mount", "-o", "remount," + (on ? "ro" : "rw"), mount.toString());
    }

    /** What is left. */
    public long freeBytes() throws IOException {
        return Files.getFileStore(mount).getUsableSpace();
    }

    private Path filler() {
        return mount.resolve("filler");
    }

    @Override
    public void close() {
        try {
            // Lazily: whoever still has a file open there ends soon.
            Commands.run("umount", "-l", mount.toString());
            Files.delete(mount);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

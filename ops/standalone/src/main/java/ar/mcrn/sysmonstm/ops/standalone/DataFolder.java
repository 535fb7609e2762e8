package ar.mcrn.sysmonstm.ops.standalone;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder that holds all a single process keeps, locked for as long as this is open. The lock is the kernel's, so that a
 * kill -9 gives it up; the file holds the pid of its holder for people.
 */
final class DataFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes the folder where there is none, and locks it.
     *
     * @throws ConfigurationProblem naming the pid where another process holds it, or why it cannot be used
     */
    static DataFolder lock(Path path) {
        Path file = path.resolve("lock");
        try {
            Files.createDirectories(path);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new ConfigurationProblem("data folder " + path + " is in use by process "
                        + Files.readString(file).strip() + "; stop it or give another --data");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new DataFolder(path, channel);
        } catch (FileAlreadyExistsException e) {
            throw new ConfigurationProblem("data folder " + path + " cannot be used: it is a file");
        } catch (AccessDeniedException e) {
            throw new ConfigurationProblem("data folder " + path + " cannot be used: no permission for " + e.getFile());
        } catch (IOException e) {
            throw new ConfigurationProblem("data folder " + path + " cannot be used: " + e.getMessage());
        }
    }

    /** Where the embedded database lives. */
    Path database() {
        return path.resolve("database");
    }

    /** Where the agent of this machine keeps its samples, in a data folder. */
    static Path spool(Path data) {
        return data.resolve("spool");
    }

    /** Gives the folder up. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}

package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a spool, locked for as long as this is open.
 *
 * <pre>
 * lock                    locked by the agent that runs; its pid. The kernel's lock: kill -9 gives it up
 * owner                   see SpoolOwner
 * 00000000000000000042.spool   segments, see SegmentFormat; the greatest number is the newest
 * set-aside-N/            segments and owner of another machine, for a person to look at; never read again
 * *.junk                  what was called a segment and holds none
 * </pre>
 */
final class SpoolFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);
    private static final String SUFFIX = ".spool";
    private static final int DIGITS = 20;

    private final Path path;
    private final FileOpener files;
    private final FileChannel lock;
    private final String install;

    private SpoolFolder(Path path, FileOpener files, FileChannel lock, String install) {
        this.path = path;
        this.files = files;
        this.lock = lock;
        this.install = install;
    }

    /**
     * Makes the folder where there is none, locks it, and sets another machine's segments aside.
     *
     * @param identity see {@link SpoolOwner#identity}
     * @throws ConfigurationException naming the pid where another agent holds it, and where it is no folder
     * @throws IOException where the disk does not allow it now
     */
    static SpoolFolder open(Path path, Map<String, String> identity, FileOpener files) throws IOException {
        make(path);
        FileChannel lock = files.open(
                path.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        try {
            if (!locks(lock)) {
                String pid = Files.readString(path.resolve("lock"), StandardCharsets.UTF_8)
                        .strip();
                throw new ConfigurationException("COLLECTOR_SPOOL_DIR=" + path + " is in use by the agent of process "
                        + pid + "; stop it, or give this one another folder or another COLLECTOR_MACHINE_ID");
            }
            lock.truncate(0);
            lock.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)), 0);
            return new SpoolFolder(path, files, lock, own(path, identity, files).install());
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void make(Path path) throws IOException {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path);
                if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw new ConfigurationException("COLLECTOR_SPOOL_DIR=" + path + " is not a folder; one that this agent may"
                    + " write to is needed");
        }
    }

    private static boolean locks(FileChannel channel) throws IOException {
        try {
            FileLock held = channel.tryLock();
            return held != null;
        } catch (OverlappingFileLockException e) {
            // Another agent in this very process.
            return false;
        }
    }

    private static SpoolOwner own(Path path, Map<String, String> identity, FileOpener files) throws IOException {
        Path file = path.resolve("owner");
        Optional<SpoolOwner> found = SpoolOwner.read(file);
        if (found.isPresent()) {
            Set<String> differences = found.get().differences(identity);
            if (differences.isEmpty()) {
                SpoolOwner owner = found.get().boundTo(identity);
                if (!owner.equals(found.get())) {
                    owner.write(file, files);
                }
                return owner;
            }
            Path aside = setAside(path);
            LOG.warn(
                    "spool belongs to another machine, its samples are set aside and not sent: folder={}, differs={}",
                    aside,
                    differences);
        } else if (Files.exists(file)) {
            // Rather a sample under a wrong install id than a sample lost to a flipped bit.
            LOG.warn("owner of the spool is damaged, it counts as this machine's: file={}", file);
        }
        SpoolOwner owner = SpoolOwner.draw(identity);
        owner.write(file, files);
        return owner;
    }

    private static Path setAside(Path path) throws IOException {
        int number = 1;
        while (Files.exists(path.resolve("set-aside-" + number))) {
            number++;
        }
        Path aside = Files.createDirectory(path.resolve("set-aside-" + number));
        // The owner last: after a kill in between the rest follows at the next start.
        for (Path segment : segments(path).values()) {
            Files.move(segment, aside.resolve(segment.getFileName()));
        }
        Files.move(path.resolve("owner"), aside.resolve("owner"));
        return aside;
    }

    /** Install id, 16 hexadecimal digits. */
    String install() {
        return install;
    }

    /** Segment files there are, by number. */
    Map<Long, Path> segments() throws IOException {
        return segments(path);
    }

    private static Map<Long, Path> segments(Path path) throws IOException {
        Map<Long, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(path, "*" + SUFFIX)) {
            for (Path file : all) {
                number(file).ifPresent(number -> found.put(number, file));
            }
        }
        return found;
    }

    private static Optional<Long> number(Path file) {
        String name = file.getFileName().toString();
        String digits = name.substring(0, name.length() - SUFFIX.length());
        boolean ours = digits.length() == DIGITS && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        try {
            return ours && Files.isRegularFile(file) ? Optional.of(Long.parseLong(digits)) : Optional.empty();
        } catch (NumberFormatException e) {
            // Twenty digits, but beyond a long: nobody's segment.
            return Optional.empty();
        }
    }

    /** A new segment file. */
    FileStore create(long number) throws IOException {
        return FileStore.create(path.resolve(name(number)), files);
    }

    /** A segment file that is there. */
    FileStore existing(long number) throws IOException {
        return FileStore.existing(path.resolve(name(number)), files);
    }

    private static String name(long number) {
        return String.format("%0" + DIGITS + "d%s", number, SUFFIX);
    }

    /** Takes a file that holds no record out of the way: deletes it where it is empty. */
    void discard(long number) throws IOException {
        Path file = path.resolve(name(number));
        if (Files.size(file) <= SegmentFormat.FILE_HEADER) {
            Files.delete(file);
            return;
        }
        Path junk = path.resolve(name(number) + ".junk");
        Files.deleteIfExists(junk);
        Files.move(file, junk);
        LOG.warn("file of the spool holds no record, it is put aside: file={}", junk);
    }

    /** True where the disk has hardly any room left. */
    boolean isFull() {
        try {
            return Files.getFileStore(path).getUsableSpace() < 1 << 20;
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes new and deleted files survive a power cut, where the system can do that to a folder. */
    void force() {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // Not every system opens folders; the files themselves are forced.
        }
    }

    /** Gives the folder up. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException ignored) {
            // The kernel gives the lock up with the process.
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

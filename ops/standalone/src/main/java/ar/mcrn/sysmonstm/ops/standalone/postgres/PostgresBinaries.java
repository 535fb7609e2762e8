package ar.mcrn.sysmonstm.ops.standalone.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once into the data folder from the archive in the class path. The folder carries the
 * archive's version in its name and appears by an atomic move, so that an unpacking cut short is never used.
 */
final class PostgresBinaries {
    private PostgresBinaries() {}

    /**
     * Makes sure that the programs are there.
     *
     * @param folder where they are kept
     * @return folder that holds {@code bin/postgres}
     * @throws IOException when there is no archive for this machine, or it cannot be unpacked
     */
    static Path unpack(Path folder) throws IOException {
        String architecture = switch (System.getProperty("os.arch")) {
            case "amd64" -> "x86_64";
            case "aarch64" -> "arm_64";
            default ->
                throw new IOException("no embedded PostgreSQL for os.arch=" + System.getProperty("os.arch")
                        + "; run the services separately with TIMESCALE_URL");
        };
        String archive = "postgres-linux-" + architecture + ".txz";
        Path target = folder.resolve("postgresql-" + version(archive));
        if (Files.isDirectory(target)) {
            return target;
        }
        Files.createDirectories(folder);
        Path unpacking = Files.createTempDirectory(folder, "unpacking-");
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (in == null) {
                throw new IOException("BUG: not in the class path: " + archive);
            }
            extract(in, unpacking);
            Files.move(unpacking, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(unpacking);
        }
        return target;
    }

    /** The archive's size tells versions apart well enough and costs nothing to know. */
    private static String version(String archive) throws IOException {
        var url = PostgresBinaries.class.getResource("/" + archive);
        return url == null ? "none" : Long.toHexString(url.openConnection().getContentLengthLong());
    }

    private static void extract(InputStream in, Path target) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("archive leaves its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

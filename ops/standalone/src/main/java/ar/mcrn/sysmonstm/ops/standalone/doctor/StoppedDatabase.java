package ar.mcrn.sysmonstm.ops.standalone.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a database that does not run.
 *
 * @param version of PostgreSQL that made them
 * @param bytes all of them
 * @param written when its newest write-ahead log was last written
 * @param crashed true where it was not stopped in order: it recovers at its next start
 */
public record StoppedDatabase(String version, long bytes, Instant written, boolean crashed) {
    /** Looks at a PostgreSQL data folder; nothing is started. */
    public static StoppedDatabase of(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        List<Path> logs;
        try (Stream<Path> files = Files.list(folder.resolve("pg_wal"))) {
            logs = files.filter(Files::isRegularFile).toList();
        }
        Instant written = Instant.EPOCH;
        for (Path log : logs) {
            Instant at = Files.getLastModifiedTime(log).toInstant();
            written = at.isAfter(written) ? at : written;
        }
        return new StoppedDatabase(
                Files.readString(folder.resolve("PG_VERSION")).strip(),
                bytes,
                written,
                Files.exists(folder.resolve("postmaster.pid")));
    }

    /** In words. */
    public String said() {
        return "PostgreSQL " + version + ", " + Words.bytes(bytes) + " in all, last written " + Words.moment(written)
                + (crashed ? ", not stopped in order: it recovers by itself at its next start" : "");
    }
}

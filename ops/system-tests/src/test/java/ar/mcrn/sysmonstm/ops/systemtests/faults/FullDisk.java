package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A deployment whose PostgreSQL has its data, or its write-ahead log alone, on a small file system. Needs root (Linux). */
public final class FullDisk {
    private static final long BYTES = 256L << 20;

    private FullDisk() {}

    /** Data on the small file system, the log elsewhere. */
    public static Deployment ofData() throws IOException, InterruptedException {
        Tmpfs disk = Tmpfs.ofBytes(BYTES);
        PostgresFixture postgres = PostgresFixture.start(disk.path().resolve("data"));
        Path log = Files.createTempDirectory("sysmonstm-wal");
        moveLog(postgres, log);
        return Deployment.on(postgres).atLast(disk).atLast(() -> delete(log));
    }

    /** The log on the small file system, data elsewhere. */
    public static Deployment ofLog() throws IOException, InterruptedException {
        Tmpfs disk = Tmpfs.ofBytes(BYTES);
        PostgresFixture postgres = PostgresFixture.start();
        moveLog(postgres, disk.path());
        return Deployment.on(postgres).atLast(disk);
    }

    /** The small file system that the data of this deployment is on. */
    public static Tmpfs underData(Deployment deployment) {
        return Tmpfs.mountedAt(deployment.postgres().data().getParent());
    }

    /** The small file system that the write-ahead log of this deployment is on. */
    public static Tmpfs underLog(Deployment deployment) throws IOException {
        return Tmpfs.mountedAt(
                deployment.postgres().data().resolve("pg_wal").toRealPath().getParent());
    }

    private static void moveLog(PostgresFixture postgres, Path folder) throws IOException {
        postgres.kill9();
        Path log = postgres.data().resolve("pg_wal");
        Path moved = Files.createDirectories(folder.resolve("pg_wal"));
        try (var files = Files.walk(log)) {
            for (Path file : files.filter(file -> !file.equals(log)).toList()) {
                Path target = moved.resolve(log.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        delete(log);
        Files.createSymbolicLink(log, moved);
        postgres.restart();
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.retention;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * How full the database's disk is. A limit that was set is compared with the size of the database; without one, and with the
 * database on this machine (reached by loopback, its folder visible), it is the file system of its folder. Otherwise nobody
 * here can know.
 */
final class DiskGauge {
    private final long limitBytes;

    /**
     * With or without a limit.
     *
     * @param limitBytes what the database may take; 0 = none set
     */
    DiskGauge(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Use of the disk.
     *
     * @param usedBytes taken
     * @param totalBytes there are
     */
    record Use(long usedBytes, long totalBytes) {
        double ratio() {
            return (double) usedBytes / totalBytes;
        }
    }

    /** As it is now; empty where it cannot be known. */
    Optional<Use> look(Connection connection) throws SQLException {
        if (limitBytes == 0) {
            return DatabaseFolder.find(connection).flatMap(DiskGauge::fileSystem);
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_database_size(current_database())")) {
            row.next();
            return Optional.of(new Use(row.getLong(1), limitBytes));
        }
    }

    private static Optional<Use> fileSystem(Path folder) {
        try {
            DiskSpace space = DiskSpace.of(folder);
            return space.totalBytes() <= 0
                    ? Optional.empty()
                    : Optional.of(new Use(space.totalBytes() - space.freeBytes(), space.totalBytes()));
        } catch (IOException notHere) {
            return Optional.empty();
        }
    }
}

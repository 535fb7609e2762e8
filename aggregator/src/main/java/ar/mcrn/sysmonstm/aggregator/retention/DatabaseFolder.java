package ar.mcrn.sysmonstm.aggregator.retention;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Where a database on this machine keeps its data. */
public final class DatabaseFolder {
    private static final String FOLDER = """
            select case when coalesce(inet_server_addr() <<= inet '127.0.0.0/8' or inet_server_addr() = inet '::1', true)
                         and pg_has_role(current_user, 'pg_read_all_settings', 'usage')
                        then current_setting('data_directory') end""";

    private DatabaseFolder() {}

    /**
     * The folder; empty where the database is not reached by loopback or a socket, or may not be asked. It need not be visible
     * here: a container's, or that of a machine at the other end of a tunnel, looks the same.
     *
     * @throws SQLException when the database cannot be asked
     */
    public static Optional<Path> find(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FOLDER)) {
            row.next();
            return Optional.ofNullable(row.getString(1)).map(Path::of);
        }
    }
}

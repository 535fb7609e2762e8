package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Whether a database can be run in mode timescale. */
final class Timescale {
    /** Before the extension is created it is the loader's settings that tell that the server has loaded it. */
    private static final String LOADED = """
            select exists (select from pg_available_extensions where name = 'timescaledb')
               and current_setting('timescaledb.disable_load', true) is not null""";

    private Timescale() {}

    /**
     * Creates the extension where that is possible; false where the server has not loaded it, will not let us, or has the
     * Apache edition, which lacks the columnstore.
     *
     * @param connection with auto-commit; nothing is left of a vain attempt
     */
    static boolean install(Connection connection) throws SQLException {
        boolean auto = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            if (!bool(statement, LOADED)) {
                return false;
            }
            try {
                statement.execute("create extension if not exists timescaledb");
            } catch (SQLException refused) {
                // The user may not; whoever may can do it before the first start.
                return false;
            }
            boolean community = bool(statement, "select current_setting('timescaledb.license', true) = 'timescale'");
            if (community) {
                connection.commit();
            }
            return community;
        } finally {
            connection.rollback();
            connection.setAutoCommit(auto);
        }
    }

    private static boolean bool(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The writer's connection, set up: read committed, synchronous commit, temporary tables, and a limit on how long the network
 * may be silent. Used by the writer thread alone; closing gives the connection back.
 */
final class HistorySession implements AutoCloseable {
    /** A server that is silent for this long is taken for lost; whatever it does with the batch then is found out later. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final Connection connection;
    private final BatchStore batches;
    private final IdResolver ids;
    private final long installation;
    private final String durability;

    private HistorySession(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setNetworkTimeout(Runnable::run, (int) SILENCE.toMillis());
        try (Statement statement = connection.createStatement()) {
            statement.execute("set statement_timeout = '60s'");
            statement.execute("set lock_timeout = 0");
            if (show(statement, "synchronous_commit").equals("off")) {
                statement.execute("set synchronous_commit = on");
            }
            BatchStore.makeStages(statement);
            durability = durability(statement);
            installation = installation(statement);
        }
        connection.commit();
        this.batches = new BatchStore(connection);
        this.ids = new IdResolver(connection, installation);
    }

    static HistorySession open(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        try {
            return new HistorySession(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static String durability(Statement statement) throws SQLException {
        List<String> faults = new ArrayList<>();
        for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
            String value = show(statement, setting);
            if (value.equals("off")) {
                faults.add(setting + '=' + value);
            }
        }
        return String.join(", ", faults);
    }

    private static long installation(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("select (extract(epoch from chosen_at) * 1000000)::bigint from history_mode")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String show(Statement statement, String setting) throws SQLException {
        try (ResultSet row = statement.executeQuery("show " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    Connection connection() {
        return connection;
    }

    BatchStore batches() {
        return batches;
    }

    IdResolver ids() {
        return ids;
    }

    /** Which database this is, so that ids of another one that was here before are not used. */
    long installation() {
        return installation;
    }

    /** Settings that make a commit forgettable, such as {@code fsync=off}; empty where a commit is durable. */
    String durability() {
        return durability;
    }

    /** Leaves the failed transaction. */
    void rollback() throws SQLException {
        connection.rollback();
    }

    @Override
    public void close() {
        try (connection) {
            connection.rollback();
            try (Statement statement = connection.createStatement()) {
                statement.execute("reset all");
                statement.execute("discard temp");
            }
            connection.commit();
        } catch (SQLException ignored) {
            // It is given up because it is broken, most often; the pool finds out by itself.
        }
    }
}

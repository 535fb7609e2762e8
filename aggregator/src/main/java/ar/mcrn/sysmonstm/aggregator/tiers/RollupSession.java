package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The rollup's connection, set up. Used by one thread, but for {@link #cancel}; closing gives the connection back.
 *
 * <p>No compilation of expressions: it takes longer than the aggregation of a minute. No sequential scans: statistics of a
 * fresh partition know nothing, and one range of a key per machine and bucket is always right. When we are gone in the
 * middle of a transaction the server would keep the fence: it ends that itself after 30 s, and the connection after a minute without a sign.
 */
final class RollupSession implements AutoCloseable {
    private static final Duration STATEMENT = Duration.ofMinutes(5);
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Connection connection;
    private final TierWriter writer;

    private RollupSession(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setNetworkTimeout(Runnable::run, (int) STATEMENT.plus(IDLE).toMillis());
        try (Statement statement = connection.createStatement()) {
            statement.execute("set statement_timeout = " + STATEMENT.toMillis());
            statement.execute("set idle_in_transaction_session_timeout = " + IDLE.toMillis());
            statement.execute("set lock_timeout = '10s'");
            statement.execute("set tcp_keepalives_idle = 30");
            statement.execute("set tcp_keepalives_interval = 10");
            statement.execute("set tcp_keepalives_count = 3");
            statement.execute("set jit = off");
            statement.execute("set enable_seqscan = off");
        }
        connection.commit();
        this.writer = new TierWriter(connection);
    }

    static RollupSession open(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        try {
            return new RollupSession(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    TierWriter writer() {
        return writer;
    }

    /** Takes the fence for this transaction; false, and the transaction left, where another aggregator has it. */
    boolean fence() throws SQLException {
        if (HistoryLock.ROLLUP.tryExclusive(connection)) {
            return true;
        }
        connection.rollback();
        return false;
    }

    /** Ends what runs now, which fails then. Any thread. */
    void cancel() {
        try {
            writer.cancel();
        } catch (SQLException ignored) {
            // It is being stopped: what cannot be cancelled ends by its own limits.
        }
    }

    @Override
    public void close() {
        try (connection) {
            connection.rollback();
            try (Statement statement = connection.createStatement()) {
                statement.execute("select pg_advisory_unlock_all()");
                statement.execute("reset all");
            }
            connection.commit();
        } catch (SQLException ignored) {
            // It is given up because it is broken, most often; the pool finds out by itself.
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
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

    /** Two statements, so that the second one's snapshot is taken when the lock is held; one round trip. */
    private static final String BEGIN = "select pg_advisory_xact_lock_shared(" + HistoryLock.HISTORY.key() + ");" + """
            select (extract(epoch from nullif(tier.closed_until, '-infinity')) * 1000)::bigint,
                   (extract(epoch from nullif(state.horizon, '-infinity')) * 1000)::bigint,
                   state.ids_epoch
            from history_state as state, history_tier as tier
            where tier.tier = 'minute'""";

    private final Connection connection;
    private final PreparedStatement begin;
    private final DirectBatch direct;
    private final StagedBatch staged;
    private final IdResolver ids;
    private final String durability;
    private final String mode;
    private IdSpace idSpace;

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
            RawTable.makeStages(statement);
            durability = durability(statement);
            mode = mode(statement);
        }
        connection.commit();
        this.idSpace = new IdSpace(0);
        this.begin = connection.prepareStatement(BEGIN);
        begin();
        connection.commit();
        BinaryCopy copy = new BinaryCopy(connection);
        this.direct = new DirectBatch(connection, copy);
        this.staged = new StagedBatch(connection, copy);
        this.ids = new IdResolver(connection);
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

    private static String mode(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select mode from history_mode")) {
            row.next();
            return row.getString(1);
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

    DirectBatch direct() {
        return direct;
    }

    StagedBatch staged() {
        return staged;
    }

    IdResolver ids() {
        return ids;
    }

    /**
     * Begins a transaction that writes: takes the history lock shared and then looks at the marks. Nothing else may have
     * been done in it before.
     */
    WriterMarks begin() throws SQLException {
        boolean rows = begin.execute();
        while (!rows || begin.getResultSet().getMetaData().getColumnCount() == 1) {
            rows = begin.getMoreResults();
        }
        try (ResultSet row = begin.getResultSet()) {
            row.next();
            long epoch = row.getLong(3);
            if (epoch != idSpace.epoch()) {
                idSpace = new IdSpace(epoch);
            }
            return new WriterMarks(mark(row, 1), mark(row, 2));
        }
    }

    private static long mark(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? WriterMarks.NONE : millis;
    }

    /** Which ids were good when the newest transaction began. */
    IdSpace idSpace() {
        return idSpace;
    }

    /** How the tables are cut by time: plain or timescale. */
    String mode() {
        return mode;
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

package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTier;
import ar.mcrn.sysmonstm.aggregator.history.Partitions;
import ar.mcrn.sysmonstm.aggregator.history.SqlFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * Partitions or chunks, whichever the database has, on a connection with auto-commit. Dropping never makes a writer wait:
 * partitions are detached concurrently, which waits for others and not others for it, and then dropped as tables of their own.
 */
final class Pieces implements AutoCloseable {
    private static final Duration AHEAD = Duration.ofDays(1);
    /** In a row, before dropping is left to the next run. */
    private static final int MOST_DEADLOCKS = 5;

    private static final String OLDEST_CHUNK =
            "select min(range_start) from timescaledb_information.chunks where hypertable_name = ?";

    private final Connection connection;
    private final boolean plain;

    Pieces(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '2s'");
            statement.execute("set statement_timeout = '60s'");
        }
        this.plain = Partitions.isPlain(connection);
    }

    /** Length of one of a tier. */
    Duration length(HistoryTier tier) {
        return plain ? tier.partition() : tier.chunk();
    }

    /** Makes the partitions of now and of the coming day. */
    void makeAhead(HistoryTier tier, Instant now) throws SQLException {
        if (plain) {
            connection.setAutoCommit(false);
            try {
                Partitions.tryMake(connection, tier, Partitions.slots(tier, now, now.plus(AHEAD)));
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    /** Where the oldest of a tier's first table begins; empty where there is none. */
    Optional<Instant> oldest(HistoryTier tier) throws SQLException {
        String table = tier.tables().getFirst();
        if (plain) {
            return Partitions.endedBy(connection, tier, table, Instant.MAX).values().stream()
                    .min(Comparator.naturalOrder());
        }
        try (PreparedStatement select = connection.prepareStatement(OLDEST_CHUNK)) {
            select.setString(1, table);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant);
            }
        }
    }

    /** Drops what ends at a stamp or before, of all tables of a tier; returns how many pieces went. */
    int drop(HistoryTier tier, Instant end) throws SQLException {
        int dropped = 0;
        for (String table : tier.tables()) {
            dropped += plain ? dropPartitions(tier, table, end) : dropChunks(table, end);
        }
        return dropped;
    }

    /** Leaves the connection as it was. */
    @Override
    public void close() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("reset lock_timeout");
            statement.execute("reset statement_timeout");
        }
    }

    /** The database's own jobs lock a chunk and its entry in the other order, so either side may be told of a deadlock. */
    private int dropChunks(String table, Instant end) throws SQLException {
        for (int deadlocks = 1; ; deadlocks++) {
            try {
                return dropUnlocked(table, end);
            } catch (SQLException e) {
                if (SqlFailure.of(e) != SqlFailure.AGAIN || deadlocks == MOST_DEADLOCKS) {
                    throw e;
                }
            }
        }
    }

    private int dropUnlocked(String table, Instant end) throws SQLException {
        try (PreparedStatement drop = connection.prepareStatement(
                "select count(*) from drop_chunks(?::regclass, older_than => ?::timestamptz)")) {
            drop.setString(1, table);
            drop.setTimestamp(2, Timestamp.from(end));
            try (ResultSet row = drop.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private int dropPartitions(HistoryTier tier, String table, Instant end) throws SQLException {
        int dropped = 0;
        for (String partition : Partitions.endedBy(connection, tier, table, end).keySet()) {
            try (Statement statement = connection.createStatement()) {
                switch (attachment(partition)) {
                    case "attached" ->
                        statement.execute("alter table " + table + " detach partition " + partition + " concurrently");
                    case "pending" ->
                        // Interrupted once; what it waited for then is over.
                        statement.execute("alter table " + table + " detach partition " + partition + " finalize");
                    default -> {}
                }
                statement.execute("drop table " + partition);
                dropped++;
            }
        }
        return dropped;
    }

    private String attachment(String partition) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select coalesce((select case when inhdetachpending"
                + " then 'pending' else 'attached' end from pg_inherits where inhrelid = ?::regclass), 'none')")) {
            select.setString(1, partition);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }
}

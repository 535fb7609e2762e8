package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * The advisory locks of the history, all of the transaction: they end with it, however it ends, so that nobody has to be
 * elected and nothing has to be given up.
 *
 * <p>Writers hold {@link #HISTORY} shared, taken by the first statement of each transaction that stores samples, events or
 * ids, and read what they have to know ({@code minute.closed_until}, {@code history_state}) by a second statement, whose
 * snapshot is taken after the lock was got. Whoever moves those holds it exclusively, in a short transaction of its own. So
 * every writer is either done before such a move, and seen by whatever reads after it, or has seen it.
 *
 * <p>Jobs fence themselves: {@link #ROLLUP} by whoever writes tier tables or coverage, {@link #RETENTION} by whoever makes or
 * drops partitions and chunks or removes machines. Taken in the order of this list where several are: rollup, retention,
 * history.
 */
public enum HistoryLock {
    /** The schema is brought up to date by one at a time; taken alone. */
    MIGRATION(0x7379736d_6d696772L),
    /** Tier tables and coverage are written by one at a time. */
    ROLLUP(0x7379736d_726f6c6cL),
    /** Partitions and chunks are made and dropped, machines removed, by one at a time. */
    RETENTION(0x7379736d_6b656570L),
    /** Shared by writers, exclusive for moving what they look at. */
    HISTORY(0x7379736d_68697374L);

    private final long key;

    HistoryLock(long key) {
        this.key = key;
    }

    /** The number by which the database knows it. */
    public long key() {
        return key;
    }

    /** Waits for it, beside others that hold it shared. */
    public void shared(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock_shared(" + key + ")");
        }
    }

    /**
     * Waits for it, alone.
     *
     * @param limit longest wait; it holds for the other locks of this transaction too
     * @throws SQLException 55P03 when it took longer
     */
    public void exclusive(Connection connection, Duration limit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = " + limit.toMillis());
            statement.execute("select pg_advisory_xact_lock(" + key + ")");
        }
    }

    /** Takes it alone, or returns false at once where anybody has it. */
    public boolean tryExclusive(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_try_advisory_xact_lock(" + key + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}

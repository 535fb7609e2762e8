package ar.mcrn.sysmonstm.api.db;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.config.JdbiConfig;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.postgresql.jdbc.PgStatement;

/**
 * When a transaction's answer has to be there. The database's own limit is for one statement, and begins anew with each portion of its
 * rows: so later statements get what earlier ones left, and who reads many rows asks every now and then.
 */
final class Deadline {
    private static final int LOOK_ROWS = 1_024;

    private final long limitNanos;
    private final long begunNanos = System.nanoTime();
    private int rows;

    private Deadline(long limitNanos) {
        this.limitNanos = limitNanos;
    }

    /** From now on, for all statements of this handle. */
    static void begin(Handle handle, Duration limit) {
        Deadline deadline = new Deadline(limit.toNanos());
        handle.getConfig(SqlStatements.class).addCustomizer(deadline.new Remaining());
        handle.getConfig(OfHandle.class).deadline = deadline;
    }

    /** That of this handle's transaction. */
    static Deadline of(Handle handle) {
        return handle.getConfig(OfHandle.class).deadline;
    }

    /** One more row was read. */
    void row() throws SQLException {
        if (++rows % LOOK_ROWS == 0) {
            left();
        }
    }

    private long left() throws SQLException {
        long left = limitNanos - (System.nanoTime() - begunNanos);
        if (left <= 0) {
            throw new SQLTimeoutException("the transaction took too long", DatabaseDown.TOO_LONG);
        }
        return left;
    }

    /** Nothing is said to the driver as long as most of the time is left: the statement's own limit holds. */
    private final class Remaining implements StatementCustomizer {
        @Override
        public void beforeExecution(PreparedStatement statement, StatementContext context) throws SQLException {
            long left = left();
            if (left < limitNanos / 5 * 4) {
                statement.unwrap(PgStatement.class).setQueryTimeoutMs(1 + left / 1_000_000);
            }
        }
    }

    /** How a handle knows it. */
    public static final class OfHandle implements JdbiConfig<OfHandle> {
        private Deadline deadline = new Deadline(Long.MAX_VALUE);

        /** Made by the library. */
        public OfHandle() {}

        @Override
        public OfHandle createCopy() {
            OfHandle copy = new OfHandle();
            copy.deadline = deadline;
            return copy;
        }
    }
}

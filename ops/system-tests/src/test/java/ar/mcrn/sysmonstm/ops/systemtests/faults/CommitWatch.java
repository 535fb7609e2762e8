package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.sql.Connection;
import java.sql.SQLException;

/** Sees in {@code pg_stat_activity} when the aggregator's writer is inside a transaction. One thread. */
public final class CommitWatch implements AutoCloseable {
    /** The writer's transaction, by what it says last: a COPY into a temporary table, inserts from it, the commit. */
    private static final String INSIDE = """
            select count(*) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
              and backend_type = 'client backend' and (query ilike 'copy%' or query ilike 'insert into %sample%' or query ilike 'commit%')
            """;

    private final Connection connection;

    CommitWatch(Connection connection) {
        this.connection = connection;
    }

    /** Looks again and again until it is inside one; false when it is not for that long. */
    public boolean awaitInside(double limitSeconds) throws SQLException {
        long begin = System.nanoTime();
        while (FaultStage.seconds(begin) < limitSeconds) {
            if (Sql.number(connection, INSIDE) > 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}

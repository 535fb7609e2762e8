package ar.mcrn.sysmonstm.api.db;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.postgres.PostgresPlugin;

/** Transactions that end after 5 s; those that read see one moment. Any thread. */
public final class Reads {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Jdbi jdbi;
    private final Duration limit;

    /** @param source connections; handing one out fails within seconds when the database is away */
    public Reads(DataSource source) {
        this(source, LIMIT);
    }

    /** @param limit longest transaction */
    Reads(DataSource source, Duration limit) {
        this.jdbi = Jdbi.create(source).installPlugin(new PostgresPlugin());
        this.limit = limit;
    }

    /**
     * Reads in one transaction.
     *
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    <T> T read(Query<T> query) {
        return in("repeatable read, read only", query);
    }

    /**
     * Writes in one transaction: the few rows that are the api's own.
     *
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    <T> T write(Query<T> query) {
        return in("read committed, read write", query);
    }

    private <T> T in(String mode, Query<T> query) {
        try {
            return jdbi.inTransaction(handle -> {
                handle.execute("set transaction isolation level " + mode);
                // Compiling a plan or starting workers for it takes longer than reading one machine's rows.
                handle.execute("set local statement_timeout = " + limit.toMillis() + "; set local jit = off;"
                        + " set local max_parallel_workers_per_gather = 0");
                Deadline.begin(handle, limit);
                return query.read(handle);
            });
        } catch (JdbiException e) {
            throw down(e);
        }
    }

    private static DatabaseDown down(JdbiException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return DatabaseDown.of(sql);
            }
        }
        return new DatabaseDown("database cannot be reached", failure);
    }

    /** Reads by an open handle. */
    interface Query<T> {
        T read(Handle handle);
    }
}

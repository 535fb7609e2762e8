package ar.mcrn.sysmonstm.ops.runtime.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The pool of connections to PostgreSQL. Making it never fails and never waits; taking a connection while the database is
 * away fails within {@value #CONNECT_MILLIS} ms. Any thread. Closing it closes idle connections at once and others when
 * they are given back.
 */
public final class Database implements AutoCloseable {
    private static final long CONNECT_MILLIS = 2_000;

    private final DatabaseUrl url;
    private final HikariDataSource pool;
    private volatile boolean up;

    /**
     * Makes the pool.
     *
     * @param url where the database is
     * @param name names the pool and, at the database, the application
     * @param connections most connections at one time
     */
    public Database(DatabaseUrl url, String name, int connections) {
        this.url = url;
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url.jdbc());
        if (!url.user().isEmpty()) {
            config.setUsername(url.user());
            config.setPassword(url.password().reveal());
        }
        // Whatever the server's default: locks and what is read under them are separate statements.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setIdleTimeout(60_000);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setValidationTimeout(1_000);
        config.setKeepaliveTime(30_000);
        config.setInitializationFailTimeout(-1);
        config.addDataSourceProperty("ApplicationName", "sysmonstm-" + name);
        config.addDataSourceProperty("connectTimeout", "2");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        this.pool = new HikariDataSource(config);
    }

    /** The pool; each connection taken from it must be closed. */
    public DataSource dataSource() {
        return pool;
    }

    /**
     * Takes a connection; it must be closed.
     *
     * @throws SQLException when the database cannot be reached or all connections are in use
     */
    public Connection connection() throws SQLException {
        try {
            Connection connection = pool.getConnection();
            up = true;
            return connection;
        } catch (SQLException e) {
            up = false;
            throw e;
        }
    }

    /** Whether the newest attempt to take a connection went well. */
    public boolean isUp() {
        return up;
    }

    /** First line of what the database or the driver said; a pool's own "timed out" hides why. */
    public static String reason(Throwable failure) {
        Throwable said = failure;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                said = cause;
            }
        }
        String message = said.getMessage() == null ? said.getClass().getSimpleName() : said.getMessage();
        return message.lines().findFirst().orElse("").strip();
    }

    /** Where the database is. */
    public DatabaseUrl url() {
        return url;
    }

    @Override
    public void close() {
        pool.close();
    }
}

package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Redis and PostgreSQL of their own for one system. */
final class Stores implements AutoCloseable {
    private static final String SIZE = """
            select coalesce(sum(pg_relation_size(c.oid)) filter (where c.relkind in ('r', 't', 'm')), 0)::bigint,
                   coalesce(sum(pg_relation_size(c.oid)) filter (where c.relkind = 'i'), 0)::bigint
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname not in ('pg_catalog', 'information_schema')
              and (n.nspname <> 'pg_toast' or c.oid >= 16384)
            """;

    private final Redis redis;
    private final PostgresFixture postgres;
    private final String database;
    private Size before = new Size(0, 0);

    /**
     * Bytes on disk.
     *
     * @param data tables
     * @param indexes their indexes
     */
    record Size(long data, long indexes) {}

    Stores(Path folder, boolean timescale) throws IOException {
        redis = Redis.start(folder);
        try {
            postgres = timescale ? PostgresFixture.startTimescale() : PostgresFixture.start();
        } catch (RuntimeException e) {
            redis.close();
            throw e;
        }
        database = postgres.freshDatabase();
    }

    int redisPort() {
        return redis.port();
    }

    long redisPid() {
        return redis.pid();
    }

    long postgresPid() {
        return postgres.pid();
    }

    String database() {
        return database;
    }

    /** What is on disk from here on is counted. */
    void noteSize() throws SQLException {
        before = size();
    }

    /** Growth on disk since then. */
    Size growth() throws SQLException {
        Size now = size();
        return new Size(now.data() - before.data(), now.indexes() - before.indexes());
    }

    private Size size() throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SIZE)) {
            row.next();
            return new Size(row.getLong(1), row.getLong(2));
        }
    }

    /** Version of PostgreSQL. */
    String version() throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_version")) {
            row.next();
            return row.getString(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } finally {
            redis.close();
        }
    }
}

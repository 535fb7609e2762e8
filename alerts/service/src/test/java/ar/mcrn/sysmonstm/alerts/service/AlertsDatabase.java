package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A real PostgreSQL with the alert tables of the aggregator's migration. */
final class AlertsDatabase implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private AlertsDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static AlertsDatabase start() throws IOException, SQLException {
        return of(EmbeddedPostgres.builder().start());
    }

    static AlertsDatabase startAt(int port) throws IOException, SQLException {
        return of(EmbeddedPostgres.builder().setPort(port).start());
    }

    private static AlertsDatabase of(EmbeddedPostgres postgres) throws IOException, SQLException {
        try (InputStream sql = AlertsDatabase.class.getResourceAsStream("/db/V002__alerts.sql");
                Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
        }
        return new AlertsDatabase(postgres);
    }

    static Database pool(int port) {
        return new Database(DatabaseUrl.parse("postgresql://postgres@127.0.0.1:" + port + "/postgres"), "alerts", 2);
    }

    Database pool() {
        return pool(postgres.getPort());
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}

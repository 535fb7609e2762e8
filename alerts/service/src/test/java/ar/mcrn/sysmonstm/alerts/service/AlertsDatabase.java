package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A real PostgreSQL with the alert tables of the aggregator's migration. */
final class AlertsDatabase implements AutoCloseable {
    final PostgresFixture postgres = PostgresFixture.start();

    AlertsDatabase() throws IOException, SQLException {
        try (InputStream sql = AlertsDatabase.class.getResourceAsStream("/db/V002__alerts.sql")) {
            execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    Database pool() {
        return new Database(DatabaseUrl.parse(postgres.url()), "alerts", 2);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        postgres.close();
    }
}

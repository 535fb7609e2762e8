package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.exception.FlywayValidateException;

/**
 * Brings the schema up to this version, under Flyway's lock, so that several aggregators may start at once. Nobody else
 * migrates. Scripts: {@code db/V*.sql}; placeholders: {@code mode} and {@code partitioned}.
 */
final class SchemaMigration {
    private final DataSource source;
    private final String mode;

    SchemaMigration(DataSource source, String mode) {
        this.source = source;
        this.mode = mode;
    }

    /**
     * Migrates as far as there is something to do.
     *
     * @throws SQLException when the database cannot be reached or fails; trying again may help
     * @throws SchemaMismatch when the schema is not ours to write to
     */
    void run() throws SQLException, SchemaMismatch {
        checkMode();
        Flyway flyway = Flyway.configure(SchemaMigration.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db")
                .failOnMissingLocations(true)
                // A database may hold other things already.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .placeholders(Map.of("mode", mode, "partitioned", " partition by range (time)"))
                .load();
        try {
            MigrationInfo newest = Arrays.stream(flyway.info().all())
                    .filter(info ->
                            info.getState().isApplied() && !info.getState().isResolved())
                    .reduce((first, second) -> second)
                    .orElse(null);
            if (newest != null) {
                throw new SchemaMismatch("schema of the database is newer than this version: found="
                        + newest.getVersion() + ", known=" + known(flyway)
                        + "; start a newer sysmonstm");
            }
            flyway.migrate();
        } catch (FlywayValidateException e) {
            throw mismatch(e);
        } catch (FlywayException e) {
            throw sqlCause(e);
        }
    }

    private static String known(Flyway flyway) {
        return Arrays.stream(flyway.info().all())
                .filter(info -> info.getState().isResolved() && info.getVersion() != null)
                .reduce((first, second) -> second)
                .map(info -> info.getVersion().toString())
                .orElse("none");
    }

    private static SchemaMismatch mismatch(FlywayException e) {
        String text =
                String.join("; ", e.getMessage().lines().map(String::strip).toList());
        SchemaMismatch mismatch = new SchemaMismatch("schema of the database was altered by hand: " + text);
        mismatch.initCause(e);
        return mismatch;
    }

    private static SQLException sqlCause(FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return new SQLException("migration failed: " + SqlFailure.line(e), e);
    }

    private void checkMode() throws SQLException, SchemaMismatch {
        try (Connection connection = source.getConnection()) {
            String recorded = recordedMode(connection);
            if (!recorded.isEmpty() && !recorded.equals(mode)) {
                throw new SchemaMismatch("HISTORY_MODE=" + mode + " does not match the database: its mode is "
                        + recorded + ", chosen at its first migration");
            }
        }
    }

    private static String recordedMode(Connection connection) throws SQLException {
        if (text(connection, "select coalesce(to_regclass('history_mode')::text, '')")
                .isEmpty()) {
            return "";
        }
        return text(connection, "select coalesce(max(mode), '') from history_mode");
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}

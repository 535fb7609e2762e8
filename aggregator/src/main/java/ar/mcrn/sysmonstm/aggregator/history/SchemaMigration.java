package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.exception.FlywayValidateException;

/**
 * Brings the schema up to this version, under Flyway's lock, so that several aggregators may start at once. Nobody else
 * migrates. Scripts: {@code db/V*.sql}, in mode timescale {@code timescale/V*.sql} too, in one numbering; placeholders:
 * {@code mode} and {@code partitioned}.
 *
 * <p>The mode is the recorded one. Before the first migration it is the one wanted, or timescale where the extension can be had
 * with its community licence, or plain.
 */
final class SchemaMigration {
    /** Longest wait for another aggregator's migration before it is tried again. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DataSource source;
    private final String wanted;
    private volatile String mode;

    /**
     * For one database.
     *
     * @param wanted plain, timescale, or empty for either
     */
    SchemaMigration(DataSource source, String wanted) {
        this.source = source;
        this.wanted = wanted;
        this.mode = wanted;
    }

    /** The mode of the database, once it was there. */
    String mode() {
        return mode;
    }

    /**
     * Migrates as far as there is something to do.
     *
     * @throws SQLException when the database cannot be reached or fails; trying again may help
     * @throws SchemaMismatch when the schema is not ours to write to
     */
    void run() throws SQLException, SchemaMismatch {
        try (Connection fence = source.getConnection()) {
            fence.setAutoCommit(false);
            try {
                // Flyway's own lock lies in its table, which two may be about to make; neither may two make the
                // extension.
                HistoryLock.MIGRATION.exclusive(fence, PATIENCE);
                migrate();
            } finally {
                fence.rollback();
            }
        }
    }

    private void migrate() throws SQLException, SchemaMismatch {
        mode = chooseMode();
        boolean timescale = mode.equals(HistorySettings.TIMESCALE);
        Flyway flyway = Flyway.configure(SchemaMigration.class.getClassLoader())
                .dataSource(source)
                .locations(
                        timescale
                                ? new String[] {"classpath:db", "classpath:timescale"}
                                : new String[] {"classpath:db"})
                .failOnMissingLocations(true)
                // A database may hold other things already.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .placeholders(Map.of("mode", mode, "partitioned", timescale ? "" : " partition by range (time)"))
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
        return new SQLException("migration failed: " + Database.reason(e), e);
    }

    private String chooseMode() throws SQLException, SchemaMismatch {
        try (Connection connection = source.getConnection()) {
            String recorded = recordedMode(connection);
            if (!recorded.isEmpty()) {
                if (!wanted.isEmpty() && !recorded.equals(wanted)) {
                    throw new SchemaMismatch("HISTORY_MODE=" + wanted + " does not match the database: its mode is "
                            + recorded + ", chosen at its first migration");
                }
                return recorded;
            }
            if (wanted.equals(HistorySettings.PLAIN)) {
                return wanted;
            }
            boolean there = Timescale.install(connection);
            if (!there && wanted.equals(HistorySettings.TIMESCALE)) {
                throw new SchemaMismatch(
                        "HISTORY_MODE=timescale needs TimescaleDB with its community licence: put"
                                + " timescaledb into shared_preload_libraries and let the database's owner create the extension");
            }
            return there ? HistorySettings.TIMESCALE : HistorySettings.PLAIN;
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

package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.SQLException;
import javax.sql.DataSource;

/** The schema alone, for tests of what works on it. */
public final class TestSchema {
    private TestSchema() {}

    /** Migrates in mode plain. */
    public static void migrate(DataSource source) throws SQLException {
        migrate(source, "plain");
    }

    /** Migrates in a mode. */
    public static void migrate(DataSource source, String mode) throws SQLException {
        try {
            new SchemaMigration(source, mode).run();
        } catch (SchemaMismatch e) {
            throw new IllegalStateException(e);
        }
    }
}

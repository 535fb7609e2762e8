package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Skipped where no PostgreSQL with TimescaleDB is installed. */
class TimescaleHistoryTest extends HistoryContract {
    private static PostgresFixture postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.startTimescale();
    }

    @AfterAll
    static void stopPostgres() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    PostgresFixture postgres() {
        return postgres;
    }

    @Override
    String mode() {
        return "timescale";
    }

    @Override
    String pieces(String table) {
        return "(select range_start as start from timescaledb_information.chunks where hypertable_name = '" + table
                + "') as pieces";
    }

    @Override
    String pieceStart() {
        return "start";
    }
}

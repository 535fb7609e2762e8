package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PlainRetentionTest extends RetentionContract {
    private static PostgresFixture postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.start();
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
}

package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PlainHistoryTest extends HistoryContract {
    private static PostgresFixture postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @Override
    PostgresFixture postgres() {
        return postgres;
    }

    @Override
    String mode() {
        return "plain";
    }

    @Override
    String pieces(String table) {
        return "(select to_timestamp(right(relname, 11), 'YYYYMMDD_HH24') as start from pg_inherits join pg_class"
                + " on pg_class.oid = inhrelid where inhparent = '" + table + "'::regclass) as pieces";
    }

    @Override
    String pieceStart() {
        return "start";
    }
}

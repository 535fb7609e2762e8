package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    @Test
    void copiesNewRowsStraightIntoTheColumnstore() throws Exception {
        RandomSamples random = new RandomSamples(29);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        long begin = hourOf(NOW) - 3 * HOUR;
        for (long i = 1; i <= 50; i++) {
            rig.live(web, random.full(2 * i, begin + 2 * i * 1_000L));
        }
        rig.awaitSettled();
        for (String table : List.of("host_sample", "disk_sample", "nic_sample", "fs_sample")) {
            execute("select compress_chunk(c) from show_chunks('" + table + "') c");
        }
        execute("update history_tier set closed_until = " + time(NOW) + " where tier = 'minute'");

        for (long i = 1; i <= 50; i++) {
            rig.backfill(web, random.full(2 * i - 1, begin + (2 * i - 1) * 1_000L));
        }
        rig.awaitSettled();
        assertThat(rig.history().backfillMetrics().staged.value()).isZero();
        assertThat(rig.history().backfillMetrics().stored.value()).isEqualTo(50);
        assertThat(number("select count(distinct time) from host_sample")).isEqualTo(100);
        assertThat(number("select count(*) from nic_sample")).isEqualTo(200);
        assertThat(number("select count(*) from rollup_dirty")).isEqualTo(1);
    }

    @Test
    void takesLateRowsAndLetsRowsGoInTheColumnstore() throws Exception {
        RandomSamples random = new RandomSamples(31);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        MachineInventory other = HistoryTestRig.inventory("web-2", RandomSamples.inventory(8));
        long begin = hourOf(NOW) - 3 * HOUR;
        List<Sample> first = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            Sample sample = random.full(i, begin + i * 1_000L);
            first.add(sample);
            rig.live(web, sample);
            rig.live(other, sample);
        }
        rig.awaitSettled();
        long disks = number("select count(*) from disk_sample");
        for (String table : List.of("host_sample", "disk_sample", "nic_sample", "fs_sample")) {
            execute("select compress_chunk(c) from show_chunks('" + table + "') c");
        }
        execute("update history_tier set closed_until = " + time(NOW) + " where tier = 'minute'");

        for (int i = 0; i < 10; i++) {
            rig.backfill(web, first.get(i));
        }
        rig.awaitSettled();
        assertThat(number("select count(*) from rollup_dirty"))
                .as("nothing went in")
                .isZero();
        for (int i = 1; i <= 20; i++) {
            rig.backfill(web, random.host(200 + i, begin + i * 1_000L + 1).build());
        }
        rig.backfill(web, random.full(300, begin + 50_000));
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected())
                .extracting(rejection -> rejection.sequence() + " " + rejection.reason())
                .containsExactly("300 REJECT_REASON_TIME_COLLISION");
        assertThat(rig.history().backfillMetrics().duplicate.value()).isEqualTo(10);
        assertThat(rows("select name, count(*), count(*) filter (where late) from host_sample join machine using"
                        + " (machine_id) group by 1 order by 1"))
                .containsExactly("web-1 120 20", "web-2 100 0");
        assertThat(number("select count(*) from disk_sample")).isEqualTo(disks);
        assertThat(rows("select name, (extract(epoch from hour) * 1000)::bigint from rollup_dirty join machine using"
                        + " (machine_id)"))
                .containsExactly("web-1 " + begin);
        assertThat(number("select count(*) from timescaledb_information.chunks where is_compressed and hypertable_name"
                        + " = 'host_sample'"))
                .isEqualTo(1);

        execute("delete from host_sample where time >= " + time(begin) + " and time < " + time(begin + HOUR)
                + " and machine_id = (select machine_id from machine where name = 'web-1')");
        assertThat(rows("select name, count(*) from host_sample join machine using (machine_id) group by 1 order by 1"))
                .containsExactly("web-2 100");
    }

    @Test
    void isMadeOfHypertablesThatGoToTheColumnstore() throws Exception {
        assertThat(
                        rows(
                                "select hypertable_name, compression_enabled from timescaledb_information.hypertables order by 1"))
                .hasSize(13)
                .allMatch(row -> row.endsWith(" t"));
        assertThat(number("select count(*) from timescaledb_information.jobs where proc_name = 'policy_compression'"))
                .isEqualTo(13);
        assertThat(number("select count(*) from timescaledb_information.jobs where proc_name = 'policy_retention'"))
                .isZero();
        assertThat(rows("select indexrelname from pg_stat_user_indexes where relname = 'host_sample'"))
                .containsExactly("host_sample_key");
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.v1.Sample;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the history holds to in both modes. */
abstract class HistoryContract {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final long HOUR = 3_600_000;
    static final long NOW = System.currentTimeMillis() / 1_000 * 1_000;

    DataSource source;
    HistoryTestRig rig;

    /** The server, running. */
    abstract PostgresFixture postgres();

    /** plain or timescale. */
    abstract String mode();

    @BeforeEach
    void startHistory() {
        source = postgres().dataSource(postgres().freshDatabase());
        rig = HistoryTestRig.start(source);
    }

    @AfterEach
    void stopHistory() {
        rig.close();
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Rows of a query as text, columns joined by a space. */
    List<String> rows(String sql) throws SQLException {
        List<String> result = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(String.valueOf(row.getString(i)));
                }
                result.add(String.join(" ", values));
            }
        }
        return result;
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(rows(sql).getFirst());
    }

    static String time(long millis) {
        return "to_timestamp(" + millis / 1_000 + ")";
    }

    static long hourOf(long millis) {
        return Math.floorDiv(millis, HOUR) * HOUR;
    }

    private List<String> dirty() throws SQLException {
        return rows("select name, (extract(epoch from hour) * 1000)::bigint, marks from rollup_dirty join machine using"
                + " (machine_id) order by 1, 2");
    }

    @Test
    void recordsItsMode() throws Exception {
        assertThat(rows("select mode from history_mode")).containsExactly(mode());
    }

    @Test
    void marksTheHoursOfRowsThatWentInBelowTheMark() throws Exception {
        RandomSamples random = new RandomSamples(21);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        MachineInventory database = HistoryTestRig.inventory("db-1", RandomSamples.inventory(8));
        Sample first = random.full(1, NOW - 5 * HOUR);
        rig.live(web, first);
        rig.awaitSettled();
        assertThat(dirty()).as("nothing is closed yet").isEmpty();

        execute("update history_tier set closed_until = " + time(NOW - 2 * HOUR) + " where tier = 'minute'");
        rig.backfill(web, first);
        rig.live(web, random.full(2, NOW - 5 * HOUR));
        rig.live(web, random.full(3, NOW));
        rig.live(web, random.full(4, NOW - 2 * HOUR));
        rig.awaitSettled();
        assertThat(dirty())
                .as("a duplicate, a collision, a new row, one at the mark")
                .isEmpty();

        rig.backfill(database, random.host(1, NOW - 2 * HOUR - 1_000).build());
        rig.awaitSettled();
        rig.backfill(web, random.host(5, NOW - 3 * HOUR).build());
        rig.awaitSettled();
        rig.backfill(web, random.host(6, NOW - 3 * HOUR + 1).build());
        rig.awaitSettled();
        assertThat(dirty())
                .containsExactly(
                        "db-1 " + hourOf(NOW - 2 * HOUR - 1_000) + " 1", "web-1 " + hourOf(NOW - 3 * HOUR) + " 2");
    }

    @Test
    void marksTheHourOfDeviceRowsToo() throws Exception {
        RandomSamples random = new RandomSamples(22);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        Sample bare = random.host(1, NOW - 5 * HOUR).build();
        rig.live(web, bare);
        rig.awaitSettled();
        execute("update history_tier set closed_until = " + time(NOW) + " where tier = 'minute'");
        // The same sample again, but with device rows: against the rules, and what goes in is still rolled up.
        Sample full = random.full(1, NOW - 5 * HOUR);
        rig.live(
                web,
                bare.toBuilder()
                        .addAllInterfaceIntervals(full.getInterfaceIntervalsList())
                        .build());
        rig.awaitSettled();
        assertThat(number("select count(*) from nic_sample")).isEqualTo(2);
        assertThat(dirty()).containsExactly("web-1 " + hourOf(NOW - 5 * HOUR) + " 1");
    }

    @Test
    void stagesABatchOnlyWhereARowIsThereAlready() throws Exception {
        RandomSamples random = new RandomSamples(27);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        LaneMetrics live = rig.history().liveMetrics();
        Sample known = random.full(1, NOW);
        rig.live(web, known);
        rig.awaitSettled();
        assertThat(live.staged.value()).as("all new").isZero();

        rig.live(web, random.full(2, NOW + 1_000));
        rig.live(web, known);
        rig.live(web, random.full(3, NOW + 2_000));
        rig.awaitSettled();
        long staged = live.staged.value();
        assertThat(staged).as("one of them is there").isPositive();
        assertThat(live.duplicate.value()).isEqualTo(1);

        rig.live(web, random.full(4, NOW + 3_000));
        rig.awaitSettled();
        rig.live(web, random.full(5, NOW + 4_000));
        rig.awaitSettled();
        assertThat(live.staged.value())
                .as("one whole batch of new rows at most goes that way afterwards")
                .isLessThanOrEqualTo(staged + 1);
        assertThat(rig.outcomes().rejected()).isEmpty();
        assertThat(rows("select sequence, (select count(*) from nic_sample as nic where nic.machine_id ="
                        + " host.machine_id and nic.time = host.time) from host_sample as host order by 1"))
                .containsExactly("1 2", "2 2", "3 2", "4 2", "5 2");
    }

    @Test
    void refusesWhatATriggerLeavesOut() throws Exception {
        execute("create function leave_out() returns trigger language plpgsql as $$ begin"
                + " if new.sequence % 3 = 0 then return null; end if; return new; end $$");
        execute("create trigger leave_out before insert on host_sample for each row execute function leave_out()");
        RandomSamples random = new RandomSamples(28);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        for (int i = 1; i <= 10; i++) {
            rig.live(web, random.full(i, NOW + i * 1_000L));
        }
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected())
                .extracting(rejection -> rejection.sequence() + " " + rejection.reason())
                .containsExactlyInAnyOrder(
                        "3 REJECT_REASON_DATABASE", "6 REJECT_REASON_DATABASE", "9 REJECT_REASON_DATABASE");
        assertThat(number("select count(*) from host_sample")).isEqualTo(7);
        assertThat(rig.history().liveMetrics().stored.value()).isEqualTo(7);
    }

    @Test
    void aWriterThatWaitsForTheMarkSeesIt() throws Exception {
        RandomSamples random = new RandomSamples(23);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        rig.live(web, random.full(1, NOW));
        rig.awaitSettled();
        try (Connection mover = source.getConnection();
                Statement statement = mover.createStatement()) {
            mover.setAutoCommit(false);
            HistoryLock.HISTORY.exclusive(mover, Duration.ofSeconds(10));
            rig.live(web, random.full(2, NOW - HOUR));
            await("the writer waits")
                    .atMost(LIMIT)
                    .until(() -> number("select count(*) from pg_locks where locktype = 'advisory' and not granted and"
                                    + " database = (select oid from pg_database where datname ="
                                    + " current_database())")
                            == 1);
            statement.execute("update history_tier set closed_until = " + time(NOW) + " where tier = 'minute'");
            mover.commit();
        }
        rig.awaitSettled();
        assertThat(dirty()).containsExactly("web-1 " + hourOf(NOW - HOUR) + " 1");
    }

    @Test
    void refusesWhatIsOlderThanTheHorizonAndMakesNoRoomForIt() throws Exception {
        RandomSamples random = new RandomSamples(24);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        rig.live(web, random.full(1, NOW));
        rig.awaitSettled();
        execute("update history_state set horizon = " + time(NOW - 20 * HOUR));
        rig.live(web, random.full(2, NOW - 20 * HOUR - 1));
        rig.live(web, random.full(3, NOW - 20 * HOUR));
        rig.live(web, random.full(4, NOW - 40 * HOUR));
        rig.live(web, random.full(5, NOW - 30 * HOUR));
        rig.live(web, random.full(6, NOW + 1_000));
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected())
                .extracting(rejection -> rejection.sequence() + " " + rejection.reason())
                .containsExactlyInAnyOrder(
                        "2 REJECT_REASON_TOO_OLD", "4 REJECT_REASON_TOO_OLD", "5 REJECT_REASON_TOO_OLD");
        assertThat(rows("select sequence from host_sample order by 1")).containsExactly("1", "3", "6");
        assertThat(rows("select " + pieceStart() + " < " + time(NOW - 26 * HOUR) + " from " + pieces("host_sample")))
                .doesNotContain("t");
        assertThat(rig.history().acceptHorizon()).isBetween(Duration.ofHours(20), Duration.ofHours(21));
        assertThat(number("select count(*) from host_sample")).isEqualTo(3);
    }

    /** A relation of the partitions or chunks of a table. */
    abstract String pieces(String table);

    /** The column of it that says where one begins. */
    abstract String pieceStart();

    @Test
    void usesNoIdsOfAMachineThatWasRemoved() throws Exception {
        RandomSamples random = new RandomSamples(25);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        MachineInventory other = HistoryTestRig.inventory("web-2", RandomSamples.inventory(7));
        rig.live(web, random.full(1, NOW));
        rig.live(other, random.full(1, NOW));
        rig.awaitSettled();
        long old = number("select machine_id from machine where name = 'web-1'");
        try (Connection remover = source.getConnection();
                Statement statement = remover.createStatement()) {
            remover.setAutoCommit(false);
            HistoryLock.HISTORY.exclusive(remover, Duration.ofSeconds(10));
            for (long i = 2; i <= 50; i++) {
                rig.live(web, random.full(i, NOW + i * 1_000));
            }
            statement.execute("update machine set name = 'gone' where name = 'web-1'");
            statement.execute("update history_state set ids_epoch = ids_epoch + 1");
            remover.commit();
        }
        rig.live(web, random.full(51, NOW + 51_000));
        rig.live(other, random.full(2, NOW + 1_000));
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected()).isEmpty();
        assertThat(rows("select machine.name, machine_id = " + old
                        + ", count(*), count(distinct run_id) from host_sample"
                        + " join machine using (machine_id) group by 1, 2 order by 1"))
                .containsExactly("gone t 1 1", "web-1 f 50 1", "web-2 f 2 1");
        assertThat(rows("select name, count(*) from nic_sample join device using (device_id, machine_id) where"
                        + " machine_id = (select machine_id from machine where name = 'web-1') group by 1"
                        + " order by 1"))
                .containsExactly("eth0 50", "wlan \u00fc 50");
    }

    @Test
    void triesAgainWhateverMayPass() throws Exception {
        execute("create table trouble (state text)");
        execute("create sequence attempts");
        execute("""
                create function trouble() returns trigger language plpgsql as $$
                declare
                    wanted text;
                begin
                    select state into wanted from trouble;
                    if wanted is not null then
                        perform nextval('attempts');
                        raise exception 'trouble %', wanted using errcode = wanted;
                    end if;
                    return null;
                end
                $$""");
        execute("create trigger trouble before insert on host_sample for each statement execute function trouble()");
        RandomSamples random = new RandomSamples(26);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        long sent = 0;
        // Serialization, deadlock, read only, disk full, out of memory, too many connections, shut down, lock, I/O,
        // cancelled.
        for (String state :
                List.of("40001", "40P01", "25006", "53100", "53200", "53300", "57P01", "55P03", "58030", "57014")) {
            execute("insert into trouble values ('" + state + "')");
            long attempts = number("select last_value from attempts");
            for (int i = 0; i < 20; i++) {
                rig.live(web, random.full(++sent, NOW + sent * 1_000));
            }
            await(state + " is tried again")
                    .atMost(LIMIT)
                    .until(() -> number("select last_value from attempts") >= attempts + 2);
            if (!state.startsWith("40")) {
                assertThat(rig.readiness()
                                .dependency("database", false)
                                .status()
                                .detail())
                        .contains("trouble " + state);
            }
            execute("delete from trouble");
            await("recovers from " + state)
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> rig.history().inFlight() == 0);
        }
        assertThat(rig.outcomes().rejected()).isEmpty();
        assertThat(rig.outcomes().commits()).isEqualTo((int) sent);
        assertThat(number("select count(*) from host_sample")).isEqualTo(sent);
        await("the database is up again")
                .atMost(LIMIT)
                .until(() -> rig.readiness().dependency("database", false).isUp());
    }
}

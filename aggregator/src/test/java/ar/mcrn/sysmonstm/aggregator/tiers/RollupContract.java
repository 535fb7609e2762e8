package ar.mcrn.sysmonstm.aggregator.tiers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the rollup does, step by step, the same in both modes of the history. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RollupContract {
    private static final Instant HOUR = TierRig.HOUR;
    private static final int WEB = 1;
    private static final int DB = 2;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private PostgresFixture postgres;
    private DataSource source;
    private TierRig rig;

    /** Starts the server; skips where there is none of its kind. */
    abstract PostgresFixture server();

    /** plain or timescale. */
    abstract String mode();

    @BeforeAll
    void startPostgres() throws Exception {
        postgres = server();
        source = postgres.dataSource(postgres.freshDatabase());
        TestSchema.migrate(source, mode());
        if (mode().equals("plain")) {
            TierRig.makeRoom(source);
        }
    }

    @AfterAll
    void stopPostgres() {
        threads.shutdownNow();
        if (postgres != null) {
            postgres.close();
        }
    }

    @BeforeEach
    void emptyDatabase() throws Exception {
        TierRig.empty(source);
        rig = new TierRig(source, (connection, from, until) -> {});
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    private static Instant at(int minute, int second) {
        return HOUR.plusSeconds(60L * minute + second);
    }

    /** Starts something that is expected to wait for a lock, and returns once it does. */
    private <T> Future<T> blocked(Callable<T> work) throws Exception {
        Future<T> future = threads.submit(work);
        Awaitility.await("it waits for a lock")
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        rig.count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                                > 0);
        assertThat(future).isNotDone();
        return future;
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    @Test
    void tiersEqualWhatRawSays() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        // Some minutes full, some thin, some empty; stamps on and beside the edges of minutes.
        for (int minute = 0; minute < 150; minute += 1 + random.nextInt(12)) {
            try (TierRig.Writer writer = rig.new Writer()) {
                for (int row = random.nextInt(8); row >= 0; row--) {
                    Instant stamp = at(minute, 0).plusMillis(row * 7_500L + (row == 0 ? 0 : random.nextInt(7_000)));
                    writer.write(random.nextBoolean() ? WEB : DB, stamp, random.nextLong(1_000_000));
                }
                writer.commit();
            }
        }
        rig.rollUp(HOUR.plus(Duration.ofMinutes(149)));
        assertThat(rig.marks().hoursUntil()).as("seed %d", seed).isEqualTo(HOUR.plus(Duration.ofHours(2)));
        assertThat(rig.assertExact().rows()).as("seed %d", seed).isGreaterThan(50);
        assertThat(rig.count("rollup_dirty")).isZero();
        assertThat(rig.count("coverage")).isPositive();
    }

    @Test
    void noValueStopsTheRollup() throws Exception {
        rig.execute(
                "insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late, context_switches,"
                        + " memory_used) select 1, '" + HOUR + "'::timestamptz + i * interval '1 ms', 1, i, 1, false,"
                        + " 2147483647, 9223372036854775807 from generate_series(0, 40000) as i");
        rig.execute("insert into disk_sample (machine_id, device_id, time, duration_millis, read_bytes) values (1, 1, '"
                + HOUR + "', 0, 7)");
        rig.rollUp(HOUR.plus(Duration.ofHours(1)));
        rig.assertExact();
        assertThat(rig.count("host_hour where memory_used_sum = 9223372036854775807 and memory_used_n = 32767 and n"
                        + " = 40001"))
                .isEqualTo(1);
        assertThat(rig.count("disk_minute where read_bytes_sum = 7 and read_bytes_max is null and read_bytes_n = 1"))
                .isEqualTo(1);
    }

    @Test
    void firstStartBeginsAtTheOldestHourThatHasRaw() throws Exception {
        rig.write(WEB, at(-170, 5), 1);
        rig.write(DB, at(-20, 5), 2);
        rig.now(at(30, 15));
        rig.closing.run(rig.session);
        assertThat(rig.marks()).isEqualTo(new Marks(at(30, 0), at(-180, 0), at(-180, 0)));
        rig.rollUp(at(31, 0));
        assertThat(rig.marks()).isEqualTo(new Marks(at(31, 0), at(31, 0), at(0, 0)));
        rig.assertExact();
    }

    @Test
    void firstStartWithoutRawBeginsWithThisHourAndTakesOlderRowsByRepair() throws Exception {
        rig.close(at(30, 0));
        assertThat(rig.marks()).isEqualTo(new Marks(at(30, 0), HOUR, HOUR));
        rig.rollUp(at(30, 0));
        rig.write(WEB, at(-170, 5), 1);
        assertThat(rig.repairAll()).isEqualTo(1);
        assertThat(rig.count("host_hour")).isEqualTo(1);
        rig.assertExact();
    }

    @Test
    void closingNeverPassesTheDatabasesClock() throws Exception {
        rig.now(Instant.now().plus(Duration.ofHours(5)));
        rig.closing.run(rig.session);
        assertThat(rig.marks().closedUntil()).isBefore(Instant.now());
    }

    @Test
    void marksGoBackWithTheDatabasesClock() throws Exception {
        for (int minute = 0; minute < 120; minute += 10) {
            rig.write(WEB, at(minute, 1), minute);
        }
        rig.rollUp(at(120, 0));
        rig.execute("update history_tier set rolled_until = '" + at(100_000, 0).truncatedTo(ChronoUnit.HOURS)
                + "', closed_until = case when tier = 'minute' then timestamptz '" + at(100_000, 0)
                + "' end where tier in ('minute', 'hour')");
        rig.write(WEB, at(121, 1), 1_000);
        assertThat(rig.repairAll()).isEqualTo(1);
        Closing waiting = new Closing(Instant::now, Closing.FIRST_LIMIT, Duration.ofHours(1));
        waiting.run(rig.session);
        assertThat(rig.marks().closedUntil()).as("not at once").isEqualTo(at(100_000, 0));
        Instant behind = at(125, 0).plus(Closing.AFTER);
        rig.now(behind);
        assertThat(rig.closing.due()).isTrue();
        rig.closing.run(rig.session);
        Instant back = rig.marks().closedUntil();
        assertThat(back)
                .as("as far as the database's clock, whatever the aggregator's says")
                .isBetween(Instant.now().minus(Duration.ofMinutes(3)), Instant.now());
        assertThat(rig.marks()).isEqualTo(new Marks(back, back, back.truncatedTo(ChronoUnit.HOURS)));
        rig.write(WEB, back.plus(Duration.ofMinutes(1)), 1_001);
        assertThat(rig.count("rollup_dirty"))
                .as("what comes in time marks nothing")
                .isZero();
    }

    @Test
    void whatWasRolledUpBeforeItsTimeIsRolledUpAnew() throws Exception {
        for (int minute = 0; minute < 180; minute += 10) {
            rig.write(WEB, at(minute, 1), minute);
        }
        rig.rollUp(at(180, 0));
        rollBack();
        rig.write(WEB, at(126, 1), 1_001);
        rig.write(DB, at(122, 1), 1_002);
        while (rig.repairAll() > 0 || rollUpAnew(at(190, 0))) {
            assertThat(rig.marks().closedUntil()).isBeforeOrEqualTo(at(190, 0));
        }
        rig.assertExact();
    }

    @Test
    void whatCannotBeMadeAnewStaysAsItIs() throws Exception {
        for (int minute = 0; minute < 180; minute += 10) {
            rig.write(WEB, at(minute, 1), minute);
        }
        rig.rollUp(at(180, 0));
        long minutes = rig.count("host_minute");
        long coverage = rig.count("coverage");
        rollBack();
        rig.execute("delete from host_sample");
        rig.execute("update history_tier set kept_from = now() where tier = 'raw'");
        while (rollUpAnew(at(190, 0))) {
            assertThat(rig.count("host_minute")).isEqualTo(minutes);
        }
        assertThat(rig.marks().hoursUntil()).isEqualTo(at(180, 0));
        assertThat(rig.count("host_minute")).isEqualTo(minutes);
        assertThat(rig.count("coverage")).isEqualTo(coverage);
    }

    private void rollBack() throws Exception {
        rig.execute("update history_tier set closed_until = case when tier = 'minute' then timestamptz '" + at(125, 0)
                + "' end, rolled_until = case when tier = 'minute' then timestamptz '" + at(125, 0)
                + "' else timestamptz '" + at(60, 0) + "' end where tier in ('minute', 'hour')");
    }

    /** Closes up to there and rolls up, past what was rolled up before its time; false where nothing is left. */
    private boolean rollUpAnew(Instant until) throws Exception {
        rig.close(until);
        try {
            return rig.rollup.run(rig.session);
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("23505");
            rig.session.connection().rollback();
            return true;
        }
    }

    @Test
    void closingWaitsForWritersUnderWay() throws Exception {
        rig.rollUp(at(1, 0));
        try (TierRig.Writer writer = rig.new Writer()) {
            writer.write(WEB, at(1, 30), 1);
            Closing patient = new Closing(() -> at(2, 0).plus(Closing.AFTER), Duration.ofSeconds(30), Duration.ZERO);
            Future<?> closing = blocked(() -> {
                patient.run(rig.session);
                return null;
            });
            writer.commit();
            get(closing);
        }
        assertThat(rig.marks().closedUntil()).isEqualTo(at(2, 0));
        assertThat(rig.count("rollup_dirty")).isZero();
        rig.rollUp(at(2, 0));
        assertThat(rig.count("host_minute")).isEqualTo(1);
        rig.assertExact();
    }

    @Test
    void closingGivesUpSoonSoThatWritersGoOn() throws Exception {
        rig.rollUp(at(1, 0));
        try (TierRig.Writer writer = rig.new Writer()) {
            writer.write(WEB, at(1, 30), 1);
            assertThatThrownBy(() -> rig.close(at(2, 0)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("lock timeout");
            rig.session.connection().rollback();
            writer.commit();
        }
        rig.rollUp(at(2, 0));
        rig.assertExact();
    }

    @Test
    void rowAfterClosingMarksItsHour() throws Exception {
        rig.close(at(2, 0));
        try (TierRig.Writer writer = rig.new Writer()) {
            writer.write(WEB, at(1, 30), 1);
            // Not committed: the rollup does not see it.
            rig.rollUp(at(2, 0));
            assertThat(rig.count("host_minute")).isZero();
            writer.commit();
        }
        assertThat(rig.count("rollup_dirty")).isEqualTo(1);
        assertThat(rig.repairAll()).isEqualTo(1);
        assertThat(rig.count("host_minute")).isEqualTo(1);
        rig.assertExact();
        assertThat(rig.count("rollup_dirty")).isZero();
    }

    @Test
    void rowBetweenClosingAndRollupIsRolledUpAndRepairedToTheSame() throws Exception {
        rig.close(at(2, 0));
        rig.write(WEB, at(1, 30), 1);
        rig.rollUp(at(2, 0));
        rig.assertExact();
        assertThat(rig.repairAll()).isEqualTo(1);
        rig.assertExact();
    }

    @Test
    void repairBeforeTheRollupLeavesTheRowsToIt() throws Exception {
        rig.close(at(2, 0));
        rig.write(WEB, at(1, 30), 1);
        assertThat(rig.repairAll()).isEqualTo(1);
        assertThat(rig.count("host_minute")).isZero();
        rig.rollUp(at(2, 0));
        assertThat(rig.count("host_minute")).isEqualTo(1);
        rig.assertExact();
    }

    @Test
    void repairWaitsForAWriterThatTouchedTheMark() throws Exception {
        rig.rollUp(at(120, 0));
        rig.write(WEB, at(1, 30), 1);
        List<Repair.Pair> due = rig.repair.due(rig.session);
        try (TierRig.Writer writer = rig.new Writer()) {
            writer.write(WEB, at(5, 30), 2);
            Future<Repair.Outcome> repair = blocked(() -> rig.repair.run(rig.session, due.getFirst()));
            writer.commit();
            assertThat(get(repair)).isEqualTo(Repair.Outcome.DONE);
        }
        assertThat(rig.count("host_minute")).isEqualTo(2);
        assertThat(rig.count("rollup_dirty")).isZero();
        rig.assertExact();
    }

    @Test
    void writerWhoseFirstMarkIsNotCommittedIsRepairedAfterwards() throws Exception {
        rig.rollUp(at(120, 0));
        rig.write(WEB, at(1, 30), 1);
        List<Repair.Pair> due = rig.repair.due(rig.session);
        assertThat(rig.repair.run(rig.session, due.getFirst())).isEqualTo(Repair.Outcome.DONE);
        try (TierRig.Writer writer = rig.new Writer()) {
            writer.write(WEB, at(5, 30), 2);
            assertThat(rig.repair.run(rig.session, due.getFirst())).isEqualTo(Repair.Outcome.LEFT);
            writer.commit();
        }
        assertThat(rig.repairAll()).isEqualTo(1);
        rig.assertExact();
    }

    @Test
    void writerAfterTheMarkWasTakenMarksAnew() throws Exception {
        rig.rollUp(at(120, 0));
        rig.write(WEB, at(1, 30), 1);
        List<Repair.Pair> due = rig.repair.due(rig.session);
        try (Connection gate = rig.source.getConnection()) {
            gate.setAutoCommit(false);
            try (Statement statement = gate.createStatement()) {
                // Holds the repair up behind taking the mark away.
                statement.execute("lock table host_minute in share mode");
            }
            Future<Repair.Outcome> repair = blocked(() -> rig.repair.run(rig.session, due.getFirst()));
            Future<?> written = threads.submit(() -> {
                rig.write(WEB, at(5, 30), 2);
                return null;
            });
            Awaitility.await("the writer waits for the repair")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> rig.count(
                                    "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                            == 2);
            gate.rollback();
            assertThat(get(repair)).isEqualTo(Repair.Outcome.DONE);
            get(written);
        }
        assertThat(rig.count("rollup_dirty")).isEqualTo(1);
        assertThat(rig.count("host_minute")).isEqualTo(1);
        assertThat(rig.repairAll()).isEqualTo(1);
        assertThat(rig.count("host_minute")).isEqualTo(2);
        rig.assertExact();
    }

    @Test
    void repairReplacesOnlyWhatItsMachineHasOfThatHour() throws Exception {
        for (int minute = 0; minute < 120; minute += 10) {
            rig.write(WEB, at(minute, 1), minute);
            rig.write(DB, at(minute, 2), minute);
        }
        rig.rollUp(at(90, 0));
        rig.execute("delete from host_minute where machine_id = " + DB);
        rig.execute("delete from host_hour where machine_id = " + DB);
        rig.write(WEB, at(5, 1), 1_000);
        rig.write(WEB, at(65, 1), 1_001);
        assertThat(rig.repairAll()).isEqualTo(2);
        assertThat(rig.count("host_minute where machine_id = " + DB)).isZero();
        assertThat(rig.count("host_minute where machine_id = " + WEB)).isEqualTo(11);
        rig.write(DB, at(5, 1), 1_000);
        rig.write(DB, at(65, 1), 1_001);
        rig.repairAll();
        rig.assertExact();
    }

    @Test
    void hoursOfWhichRawIsGoingAreLeftAlone() throws Exception {
        rig.write(WEB, at(1, 1), 1);
        rig.rollUp(at(120, 0));
        rig.write(WEB, at(5, 1), 2);
        rig.write(WEB, at(65, 1), 3);
        rig.execute("update history_tier set kept_from = '" + at(60, 0) + "' where tier = 'raw'");
        rig.execute("delete from host_sample where time < '" + at(60, 0) + "'");
        List<Repair.Pair> due = rig.repair.due(rig.session);
        assertThat(rig.repair.run(rig.session, due.get(0))).isEqualTo(Repair.Outcome.EXPIRED);
        assertThat(rig.repair.run(rig.session, due.get(1))).isEqualTo(Repair.Outcome.DONE);
        assertThat(rig.count("host_minute")).isEqualTo(2);
        assertThat(rig.count("host_hour")).isEqualTo(2);
        assertThat(rig.count("rollup_dirty")).isZero();

        rig.write(WEB, at(65, 2), 4);
        rig.execute("update history_state set horizon = '" + at(181, 0) + "'");
        due = rig.repair.due(rig.session);
        assertThat(rig.repair.run(rig.session, due.getFirst())).isEqualTo(Repair.Outcome.EXPIRED);
    }

    @Test
    void nothingIsDoneWhereAnotherHasTheFence() throws Exception {
        rig.close(at(2, 0));
        rig.write(WEB, at(1, 30), 1);
        List<Repair.Pair> due = rig.repair.due(rig.session);
        try (Connection other = rig.source.getConnection()) {
            other.setAutoCommit(false);
            assertThat(HistoryLock.ROLLUP.tryExclusive(other)).isTrue();
            assertThat(rig.rollup.run(rig.session)).isFalse();
            assertThat(rig.repair.run(rig.session, due.getFirst())).isEqualTo(Repair.Outcome.LEFT);
            rig.now(at(4, 0));
            rig.closing.run(rig.session);
            assertThat(rig.marks()).isEqualTo(new Marks(at(2, 0), HOUR, HOUR));
            other.rollback();
        }
        rig.rollUp(at(3, 0));
        rig.repairAll();
        rig.assertExact();
    }

    @Test
    void onlyOneOfTwoRepairs() throws Exception {
        rig.rollUp(at(2, 0));
        rig.write(WEB, at(1, 30), 1);
        assertThat(rig.repair.due(rig.session)).hasSize(1);
        Repair other = new Repair(rig.space, rig.metrics, Duration.ZERO);
        try (RollupSession session = RollupSession.open(rig.source)) {
            assertThat(other.due(session)).isEmpty();
            rig.repair.release(rig.session);
            assertThat(other.due(session)).hasSize(1);
            assertThat(rig.repair.due(rig.session)).isEmpty();
        }
        // Its connection has ended, in whatever way.
        assertThat(rig.repair.due(rig.session)).hasSize(1);
    }

    @Test
    void quietPairsAreRepairedAndRestlessOnesAfterFiveTimesAsLong() throws Exception {
        Repair patient = new Repair(rig.space, rig.metrics, Duration.ofSeconds(60));
        rig.execute("insert into rollup_dirty (machine_id, hour, marked_at, last_marked_at) select 1, '" + HOUR
                + "'::timestamptz + i * interval '1 h', now() - first * interval '1 s', now() - last * interval '1 s'"
                + " from (values (1, 59, 59), (2, 61, 61), (3, 299, 1), (4, 301, 1)) as t (i, first, last)");
        assertThat(patient.due(rig.session))
                .containsExactly(
                        new Repair.Pair(1, HOUR.plus(Duration.ofHours(4))),
                        new Repair.Pair(1, HOUR.plus(Duration.ofHours(2))));
    }

    @Test
    void rowsThatNoMarkTellsOfAreReplaced() throws Exception {
        rig.write(WEB, at(1, 30), 1);
        rig.close(at(2, 0));
        rig.execute(
                "insert into host_minute (machine_id, time, covered_millis, n) values (1, '" + at(1, 0) + "', 1, 1)");
        assertThatThrownBy(() -> {
                    while (rig.rollup.run(rig.session)) {
                        assertThat(rig.marks().minutesUntil()).isBefore(at(2, 0));
                    }
                })
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("host_minute");
        rig.session.connection().rollback();
        rig.rollUp(at(2, 0));
        rig.assertExact();
    }

    @Test
    void absenceIsMadeUpForInPiecesOfAnHourAtMost() throws Exception {
        for (int minute = 0; minute < 240; minute += 7) {
            rig.write(WEB, at(minute, 1), minute);
        }
        rig.close(at(240, 0));
        Instant before = HOUR;
        int pieces = 0;
        while (rig.rollup.run(rig.session)) {
            Instant now = rig.marks().minutesUntil();
            assertThat(Duration.between(before, now)).isLessThanOrEqualTo(Duration.ofHours(1));
            before = now;
            pieces++;
        }
        assertThat(rig.marks()).isEqualTo(new Marks(at(240, 0), at(240, 0), at(240, 0)));
        assertThat(pieces).isGreaterThan(8);
        rig.assertExact();
    }
}

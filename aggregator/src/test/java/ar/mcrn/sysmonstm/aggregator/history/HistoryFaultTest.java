package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryFaultTest {
    private static final long NOW = System.currentTimeMillis() / 1_000 * 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Defers nothing, however long a loaded machine takes to start the server again. */
    private static final HistorySettings PATIENT =
            new HistorySettings("plain", null, Duration.ofMillis(50), Duration.ofHours(1), null, null, null);

    private final MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
    private static PostgresFixture postgres;
    private DataSource source;
    private Database pool;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void freshDatabase() {
        String url = postgres.freshDatabase();
        source = postgres.dataSource(url);
        pool = new Database(DatabaseUrl.parse(url), "history-test", 5);
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Dependency database(HistoryTestRig rig) {
        return rig.readiness().dependency("database", false);
    }

    private void assertNothingLostOrDoubled(HistoryTestRig rig, long sent) throws SQLException {
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected()).isEmpty();
        assertThat(rig.outcomes().deferred()).isEmpty();
        assertThat(rig.outcomes().committed()).hasSize((int) sent).doesNotHaveDuplicates();
        assertThat(number("select count(*) from host_sample")).isEqualTo(sent);
        assertThat(number("select count(distinct sequence) from host_sample")).isEqualTo(sent);
        LaneMetrics live = rig.history().liveMetrics();
        assertThat(live.stored.value() + live.duplicate.value()).isEqualTo(sent);
    }

    @Test
    void losesNothingWhenItsConnectionIsCutAgainAndAgain() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        RandomSamples samples = new RandomSamples(seed);
        AtomicBoolean done = new AtomicBoolean();
        try (HistoryTestRig rig = HistoryTestRig.start(pool.dataSource(), PATIENT)) {
            Thread cutter = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    try {
                        // While it copies or inserts, where it does so at that moment.
                        number("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                                + " where datname = current_database() and pid <> pg_backend_pid()"
                                + " and state = 'active' and query ~ '(copy|insert into)'");
                    } catch (SQLException e) {
                        throw new IllegalStateException("seed " + seed, e);
                    }
                }
            });
            long sent = 0;
            for (int batch = 0; batch < 20; batch++) {
                for (int i = 0; i < 50 + random.nextInt(500); i++) {
                    sent++;
                    rig.live(web, samples.full(sent, NOW - sent * 1_000));
                }
                long all = sent;
                await().atMost(LIMIT).until(() -> rig.outcomes().commits() > all - 2_000);
            }
            done.set(true);
            cutter.join();
            assertNothingLostOrDoubled(rig, sent);
            assertThat(database(rig).isUp()).isTrue();
        }
    }

    @Test
    void losesNothingWhenTheDatabaseIsKilled() throws Exception {
        RandomSamples samples = new RandomSamples(5);
        try (HistoryTestRig rig = HistoryTestRig.start(pool.dataSource(), PATIENT)) {
            long sent = 0;
            for (int kill = 0; kill < 2; kill++) {
                for (int i = 0; i < 1_500; i++) {
                    sent++;
                    rig.live(web, samples.host(sent, NOW - sent * 1_000).build());
                }
                int committed = rig.outcomes().commits();
                long all = sent;
                postgres.kill9();
                for (int i = 0; i < 500; i++) {
                    sent++;
                    rig.live(web, samples.host(sent, NOW - sent * 1_000).build());
                }
                await().atMost(LIMIT).until(() -> !database(rig).isUp());
                assertThat(rig.outcomes().commits()).isBetween(committed, (int) all);
                assertThat(rig.history().inFlight()).isGreaterThanOrEqualTo(500);
                postgres.restart();
                await().atMost(LIMIT).until(() -> database(rig).isUp());
            }
            assertNothingLostOrDoubled(rig, sent);
        }
    }

    @Test
    void aBatchThatIsTooMuchIsTriedInSmallerOnes() throws Exception {
        new SchemaMigration(source, "plain").run();
        // Stands for a limit of time or memory: the transaction fails, and the connection with it.
        execute("""
                create function too_much() returns trigger language plpgsql as $$
                begin
                    if (select count(*) from fresh) > 100 then
                        raise exception 'canceling statement due to statement timeout' using errcode = '57014';
                    end if;
                    return null;
                end $$""");
        execute("create trigger too_much after insert on host_sample referencing new table as fresh"
                + " for each statement execute function too_much()");
        RandomSamples samples = new RandomSamples(12);
        postgres.kill9();
        try (HistoryTestRig rig = HistoryTestRig.start(pool.dataSource(), PATIENT)) {
            for (long i = 1; i <= 1_500; i++) {
                rig.live(web, samples.host(i, NOW - i * 1_000).build());
            }
            postgres.restart();
            assertNothingLostOrDoubled(rig, 1_500);
        }
    }

    @Test
    void startsWithoutADatabaseAndWritesWhenItIsThere() throws Exception {
        RandomSamples samples = new RandomSamples(6);
        postgres.kill9();
        try (HistoryTestRig rig = HistoryTestRig.start(pool.dataSource(), PATIENT)) {
            rig.live(web, samples.full(1, NOW));
            await().atMost(LIMIT).until(() -> database(rig).status().detail().contains("refused"));
            assertThat(rig.outcomes().commits()).isZero();
            postgres.restart();
            assertNothingLostOrDoubled(rig, 1);
        }
    }

    @Test
    void defersWhenFullAndResumesBelowAQuarter() throws Exception {
        RandomSamples samples = new RandomSamples(7);
        HistorySettings small =
                new HistorySettings("plain", null, Duration.ofMillis(50), null, 100_000L, 100, 1_000_000L);
        postgres.kill9();
        try (HistoryTestRig rig = HistoryTestRig.start(pool.dataSource(), small)) {
            rig.intake().join(rig.outcomes());
            for (long i = 1; i <= 1_000; i++) {
                rig.live(web, samples.host(i, NOW - i * 1_000).build());
                assertThat(rig.backfill(web, samples.host(i, NOW - i * 1_000).build()))
                        .isEqualTo(i <= 100);
            }
            int taken = rig.history().inFlight() - 100;
            assertThat(taken).isBetween(50, 500);
            assertThat(rig.outcomes().deferred())
                    .hasSize(1_000 - taken)
                    .startsWith(taken + 1L)
                    .endsWith(1_000L);
            assertThat(rig.outcomes().resumptions()).isZero();
            assertThat(rig.outcomes().credit()).isZero();
            assertThat(rig.history().backfillMetrics().deferred.value()).isEqualTo(900);

            postgres.restart();
            await().atMost(LIMIT)
                    .until(() ->
                            rig.outcomes().resumptions() == 1 && rig.outcomes().credit() > 0);
            rig.live(web, samples.host(2_000, NOW + 1_000).build());
            rig.awaitSettled();
            // Backfill brought the same samples as the live lane, for the first hundred.
            assertThat(number("select count(*) from host_sample")).isEqualTo(Math.max(taken, 100) + 1);
            LaneMetrics live = rig.history().liveMetrics();
            assertThat(live.stored.value() + live.duplicate.value() + live.deferred.value())
                    .isEqualTo(live.received.value())
                    .isEqualTo(1_001);
        }
    }

    @Test
    void defersAndSaysSoWhenTheSchemaIsNewerThanItself() throws Exception {
        new SchemaMigration(source, "plain").run();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into flyway_schema_history values"
                    + " (1000, '999', 'later', 'SQL', 'V999__later.sql', 1, 'x', now(), 1, true)");
        }
        postgres.kill9();
        RandomSamples samples = new RandomSamples(8);
        try (HistoryTestRig rig = HistoryTestRig.start(pool.dataSource(), PATIENT)) {
            postgres.restart();
            await().atMost(LIMIT).until(() -> database(rig).status().detail().contains("newer than this version"));
            rig.live(web, samples.full(1, NOW));
            assertThat(rig.outcomes().deferred()).containsExactly(1L);
        }
    }

    @Test
    void usesNoIdsOfADatabaseThatWasReplaced() throws Exception {
        RandomSamples samples = new RandomSamples(10);
        try (HistoryTestRig rig = HistoryTestRig.start(pool.dataSource(), PATIENT)) {
            rig.live(HistoryTestRig.inventory("other", RandomSamples.inventory(1)), samples.full(1, NOW));
            rig.awaitSettled();
            rig.live(web, samples.full(1, NOW));
            rig.awaitSettled();
            postgres.kill9();
            // Encoded with ids of the old database.
            for (long i = 2; i <= 50; i++) {
                rig.live(web, samples.full(i, NOW - i * 1_000));
            }
            postgres.restart();
            await().atMost(LIMIT).until(() -> database(rig).isUp());
            rig.awaitSettled();
            execute("drop schema public cascade; create schema public");
            for (long i = 51; i <= 100; i++) {
                rig.live(web, samples.full(i, NOW - i * 1_000));
            }
            await().atMost(LIMIT).until(() -> rig.history().inFlight() == 0);
            assertThat(number("select count(*) from host_sample join machine using (machine_id) join run using (run_id)"
                            + " where name = 'web-1' and run.run = 7 and run.machine_id = machine.machine_id"))
                    .isEqualTo(50);
            assertThat(number("select count(*) from nic_sample join device using (machine_id, device_id)"
                            + " join machine using (machine_id)"
                            + " where machine.name = 'web-1' and kind = 'interface'"))
                    .isEqualTo(100);
            assertThat(number("select count(*) from machine")).isEqualTo(1);
        }
    }

    @Test
    void twoAggregatorsStoreTheSameSamplesOnce() throws Exception {
        MachineInventory[] machines = new MachineInventory[20];
        for (int i = 0; i < machines.length; i++) {
            machines[i] = HistoryTestRig.inventory("machine-" + i, RandomSamples.inventory(i + 1));
        }
        MachineInventory[] copies = new MachineInventory[machines.length];
        for (int i = 0; i < machines.length; i++) {
            copies[i] = HistoryTestRig.inventory("machine-" + i, RandomSamples.inventory(i + 1));
        }
        try (HistoryTestRig one = HistoryTestRig.start(pool.dataSource(), PATIENT);
                HistoryTestRig two = HistoryTestRig.start(source)) {
            Thread other = Thread.ofPlatform().start(() -> sendAll(two, copies));
            sendAll(one, machines);
            other.join();
            one.awaitSettled();
            two.awaitSettled();
            long sent = machines.length * 200L;
            assertThat(number("select count(*) from host_sample")).isEqualTo(sent);
            assertThat(number("select count(*) from nic_sample")).isEqualTo(2 * sent);
            LaneMetrics first = one.history().liveMetrics();
            LaneMetrics second = two.history().liveMetrics();
            assertThat(first.stored.value() + second.stored.value()).isEqualTo(sent);
            assertThat(first.duplicate.value() + second.duplicate.value()).isEqualTo(sent);
            assertThat(one.outcomes().commits()).isEqualTo((int) sent);
            assertThat(two.outcomes().commits()).isEqualTo((int) sent);
        }
    }

    private static void sendAll(HistoryTestRig rig, MachineInventory[] machines) {
        RandomSamples samples = new RandomSamples(11);
        for (long i = 1; i <= 200; i++) {
            for (MachineInventory machine : machines) {
                rig.live(machine, samples.full(i, NOW - i * 1_000));
            }
            if (i % 20 == 0) {
                rig.awaitSettled();
            }
        }
    }

    @Test
    void saysSoWhenCommitsAreNotDurable() throws Exception {
        try (EmbeddedPostgres forgetful = EmbeddedPostgres.start();
                HistoryTestRig rig = HistoryTestRig.start(forgetful.getPostgresDatabase())) {
            await().atMost(LIMIT).until(() -> database(rig).status().detail().equals("not durable: fsync=off"));
        }
    }

    @Test
    void writesWhatIsHeldWhenItStops() throws Exception {
        RandomSamples samples = new RandomSamples(9);
        HistoryTestRig rig = HistoryTestRig.start(
                pool.dataSource(), new HistorySettings("plain", null, Duration.ofSeconds(60), null, null, null, null));
        for (long i = 1; i <= 500; i++) {
            rig.live(web, samples.host(i, NOW - i * 1_000).build());
        }
        await().atMost(LIMIT).until(() -> rig.outcomes().commits() == 0);
        rig.close();
        assertThat(number("select count(*) from host_sample")).isEqualTo(500);
        assertThat(rig.outcomes().commits()).isEqualTo(500);
    }
}

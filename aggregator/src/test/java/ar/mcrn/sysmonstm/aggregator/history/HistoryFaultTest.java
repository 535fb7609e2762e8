package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryFaultTest {
    private static final long NOW = System.currentTimeMillis() / 1_000 * 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
    private TestPostgres postgres;
    private DataSource source;

    @BeforeEach
    void startPostgres() throws Exception {
        postgres = TestPostgres.start();
        source = postgres.freshDatabase();
    }

    @AfterEach
    void stopPostgres() {
        postgres.close();
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
        try (HistoryTestRig rig = HistoryTestRig.start(source)) {
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
        try (HistoryTestRig rig = HistoryTestRig.start(source)) {
            long sent = 0;
            for (int kill = 0; kill < 3; kill++) {
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
    void startsWithoutADatabaseAndWritesWhenItIsThere() throws Exception {
        RandomSamples samples = new RandomSamples(6);
        postgres.kill9();
        try (HistoryTestRig rig = HistoryTestRig.start(source)) {
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
        try (HistoryTestRig rig = HistoryTestRig.start(source, small)) {
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
        try (HistoryTestRig rig = HistoryTestRig.start(source)) {
            postgres.restart();
            await().atMost(LIMIT).until(() -> database(rig).status().detail().contains("newer than this version"));
            rig.live(web, samples.full(1, NOW));
            assertThat(rig.outcomes().deferred()).containsExactly(1L);
        }
    }

    @Test
    void saysSoWhenCommitsAreNotDurable() throws Exception {
        try (TestPostgres forgetful = TestPostgres.startForgetful();
                HistoryTestRig rig = HistoryTestRig.start(forgetful.freshDatabase())) {
            await().atMost(LIMIT).until(() -> database(rig).status().detail().equals("not durable: fsync=off"));
        }
    }

    @Test
    void writesWhatIsHeldWhenItStops() throws Exception {
        RandomSamples samples = new RandomSamples(9);
        HistoryTestRig rig = HistoryTestRig.start(
                source, new HistorySettings("plain", null, Duration.ofSeconds(60), null, null, null, null));
        for (long i = 1; i <= 500; i++) {
            rig.live(web, samples.host(i, NOW - i * 1_000).build());
        }
        await().atMost(LIMIT).until(() -> rig.outcomes().commits() == 0);
        rig.close();
        assertThat(number("select count(*) from host_sample")).isEqualTo(500);
        assertThat(rig.outcomes().commits()).isEqualTo(500);
    }
}

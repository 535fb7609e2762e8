package ar.mcrn.sysmonstm.aggregator.retention;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.aggregator.history.Partitions;
import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessEventBus;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessHotState;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Sample;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What retention, disk guard and removal hold to in both modes. */
abstract class RetentionContract {
    private static final long HOUR = 3_600_000;
    private static final long NOW = System.currentTimeMillis() / 1_000 * 1_000;

    private final Readiness readiness = new Readiness();
    private final Dependency dependency = readiness.dependency("history disk", false);
    private final HistoryDisk disk = new HistoryDisk();
    private final RetentionMetrics metrics = new RetentionMetrics(new Telemetry("aggregator"));
    private final MachineInventory web = machine("web-1");
    private Instant clock = Instant.now();
    private String url;
    private DataSource source;
    private HistoryTestRig rig;

    /** The server, running. */
    abstract PostgresFixture postgres();

    @BeforeEach
    void startHistory() {
        url = postgres().freshDatabase();
        source = postgres().dataSource(url);
        rig = HistoryTestRig.start(source);
    }

    @AfterEach
    void stopHistory() {
        rig.close();
    }

    private static MachineInventory machine(String name) {
        return HistoryTestRig.inventory(
                name,
                Inventory.newBuilder()
                        .setRun(7)
                        .setNumber(1)
                        .setLogicalCores(1)
                        .addInterfaces(NetworkInterface.newBuilder().setName("eth0"))
                        .build());
    }

    private static Sample sample(long sequence, long endMillis) {
        return Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(endMillis)
                .setDurationMillis(1_000)
                .setPresent(1)
                .addValues(sequence)
                .addInterfaceIntervals(DeviceRow.newBuilder().setDevice(0).setDurationMillis(10_000))
                .build();
    }

    /** Address of the database of this test. */
    String url() {
        return url;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> rows(String sql) throws SQLException {
        List<String> result = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                result.add(row.getString(1));
            }
        }
        return result;
    }

    RetentionJob job(long diskLimit) {
        return new RetentionJob(
                source,
                new RetentionSettings(null, null, null, diskLimit),
                new DiskGauge(diskLimit),
                dependency,
                disk,
                metrics,
                () -> clock,
                Duration.ZERO);
    }

    void fillHours(int hours) {
        for (int hour = 0; hour < hours; hour++) {
            rig.backfill(web, sample(hour + 1, NOW - hour * HOUR));
        }
        rig.awaitSettled();
    }

    static String shift(int hours) {
        // What was written so many hours ago is so many hours older now: the clock is the database's.
        return "update history_tier set retention = retention - interval '" + hours + " hours' where tier = 'raw'";
    }

    /** Broken off as a deadlock's victim, by a columnstore policy that works on the same chunk, it goes on at its next turn. */
    private static void removeAsTheJobDoes(RemovalJob removal) throws Exception {
        for (int turn = 0; ; turn++) {
            try {
                removal.removeAll();
                return;
            } catch (SQLException e) {
                if (!"40P01".equals(e.getSQLState()) || turn == 20) {
                    throw e;
                }
            }
        }
    }

    @Test
    void keepsRawUntilItIsRolledUpAndThenDropsWhatIsOld() throws Exception {
        fillHours(47);
        RetentionJob job = job(0);
        job.keep();
        execute(shift(30));
        job.keep();
        assertThat(rows("select count(*) from host_sample"))
                .as("nothing is rolled up")
                .containsExactly("47");

        execute("update history_tier set rolled_until = date_bin('1 hour', now() - interval '40 hours',"
                + " timestamptz 'epoch') where tier in ('minute', 'hour')");
        job.keep();
        long partly = Long.parseLong(rows("select count(*) from host_sample").getFirst());
        assertThat(partly).isBetween(40L, 46L);

        execute("update history_tier set rolled_until = date_bin('1 hour', now(), timestamptz 'epoch') where tier in"
                + " ('minute', 'hour')");
        execute("insert into rollup_dirty (machine_id, hour) select machine_id, date_bin('1 hour', now() - interval"
                + " '46 hours', timestamptz 'epoch') from machine");
        job.keep();
        assertThat(rows("select count(*) from host_sample where time < now() - interval '27 hours'"))
                .containsExactly("0");
        assertThat(rows("select count(*) from nic_sample where time < now() - interval '27 hours'"))
                .containsExactly("0");
        assertThat(rows("select count(*) from host_sample where time > now() - interval '20 hours'"))
                .containsExactly("20");
        assertThat(rows("select count(*) from rollup_dirty"))
                .as("cannot be repaired any more")
                .containsExactly("0");
        assertThat(rows(
                        "select (horizon = kept_from + interval '2 hours' and kept_from <= now() - interval '20 hours')::text"
                                + " from history_state, history_tier where tier = 'raw'"))
                .containsExactly("true");
        // And it stays gone.
        rig.backfill(web, sample(100, NOW - 40 * HOUR));
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected()).hasSize(1);
        assertThat(dependency.status().state()).isNotEqualTo(Dependency.State.DOWN);
    }

    @Test
    void onlyOneKeepsAtATime() throws Exception {
        fillHours(47);
        RetentionJob job = job(0);
        job.keep();
        execute(shift(30));
        execute("update history_tier set rolled_until = now() where tier in ('minute', 'hour')");
        try (Connection other = source.getConnection()) {
            other.setAutoCommit(false);
            assertThat(HistoryLock.RETENTION.tryExclusive(other)).isTrue();
            job.keep();
            assertThat(rows("select count(*) from host_sample")).containsExactly("47");
            other.rollback();
        }
        job.keep();
        assertThat(rows("select count(*) from host_sample")).doesNotContain("47");
    }

    @Test
    void dropsWithoutMakingWritersWaitForReaders() throws Exception {
        fillHours(47);
        RetentionJob job = job(0);
        job.keep();
        execute(shift(30));
        execute("update history_tier set rolled_until = now() where tier in ('minute', 'hour')");
        try (Connection reader = source.getConnection();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("select count(*) from host_sample").close();
            Thread keeper = Thread.ofVirtual().start(job);
            for (int i = 0; i < 20; i++) {
                rig.live(web, sample(1_000 + i, NOW + (i + 1) * 1_000L));
                rig.awaitSettled();
            }
            reader.rollback();
            keeper.join();
        }
        job.keep();
        assertThat(rows("select count(*) from host_sample where time < now() - interval '27 hours'"))
                .containsExactly("0");
        assertThat(rows("select count(*) from host_sample where sequence >= 1000"))
                .containsExactly("20");
    }

    @Test
    void letsTheOldestRawGoEarlyWhenTheDiskIsFull() throws Exception {
        fillHours(47);
        long used = Long.parseLong(
                rows("select pg_database_size(current_database())").getFirst());
        assertThat(disk.last().state()).isEqualTo(HistoryDisk.State.UNKNOWN);
        job(used * 2).keep();
        assertThat(disk.last().state()).isEqualTo(HistoryDisk.State.ROOM);
        assertThat(rows("select count(*) from host_sample")).as("half full").containsExactly("47");
        assertThat(dependency.status().state()).isEqualTo(Dependency.State.UP);

        job(used).keep();
        long left = Long.parseLong(rows("select count(*) from host_sample").getFirst());
        assertThat(left).isBetween(2L, 46L);
        assertThat(rows("select (horizon = kept_from + interval '2 hours')::text from history_state, history_tier"
                        + " where tier = 'raw'"))
                .containsExactly("true");
        assertThat(dependency.status().state()).isEqualTo(Dependency.State.DEGRADED);
        assertThat(dependency.status().detail()).contains("raw history is kept only since");
        assertThat(disk.last())
                .isEqualTo(new HistoryDisk.Look(
                        HistoryDisk.State.SHORT, dependency.status().detail()));
        rig.backfill(web, sample(200, NOW - 47 * HOUR));
        rig.live(web, sample(201, NOW + 1_000));
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected()).hasSize(1);
        assertThat(rig.intake().acceptHorizon().toHours()).isLessThan(48);
    }

    @Test
    void liveSamplesAreTakenHoweverFullTheDiskIs() throws Exception {
        fillHours(47);
        RetentionJob full = job(1);
        String before;
        do {
            before = rows("select count(*) from host_sample").getFirst();
            full.keep();
        } while (!rows("select count(*) from host_sample").getFirst().equals(before));
        assertThat(Long.parseLong(before)).isBetween(1L, 15L);
        rig.live(web, sample(300, NOW - HOUR / 2));
        rig.live(web, sample(301, NOW + 2_000));
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected()).isEmpty();
        assertThat(rows("select count(*) from host_sample where sequence >= 300"))
                .containsExactly("2");
    }

    @Test
    void aClockThatIsAheadDropsNothing() throws Exception {
        fillHours(47);
        execute("update history_tier set rolled_until = now() + interval '40 days' where tier in ('minute', 'hour')");
        RetentionJob job = job(0);
        clock = Instant.now().plus(Duration.ofDays(30));
        job.keep();
        assertThat(rows("select count(*) from host_sample"))
                .as("the aggregator's is ahead")
                .containsExactly("47");
        // Not longer than twenty hours, of which the database thinks that they are over.
        clock = Instant.now().minus(Duration.ofHours(30));
        execute("update history_tier set retention = interval '20 hours' where tier = 'raw'");
        job.keep();
        assertThat(rows("select count(*) from host_sample"))
                .as("the database's is ahead")
                .containsExactly("47");
        clock = Instant.now();
        job.keep();
        assertThat(Long.parseLong(rows("select count(*) from host_sample").getFirst()))
                .as("both agree")
                .isBetween(20L, 40L);
    }

    @Test
    void marksOfTheFutureComeBackWithTheClock() throws Exception {
        execute("update history_tier set kept_from = now() + interval '30 days'");
        execute("update history_state set horizon = now() + interval '30 days 2 hours'");
        rig.live(web, sample(1, NOW));
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected()).hasSize(1);

        job(0).keep();
        assertThat(rows("select kept_from <= now() from history_tier union select horizon <= now() from history_state"))
                .containsExactly("t");
        rig.live(web, sample(2, System.currentTimeMillis() + 1_000));
        rig.live(web, sample(3, System.currentTimeMillis() + 2_000));
        rig.awaitSettled();
        assertThat(rows("select sequence from host_sample order by 1")).containsExactly("2", "3");
    }

    @Test
    void onlyMarksOfTheFutureComeBack() throws Exception {
        execute("update history_tier set kept_from = now() + interval '20 days' where tier = 'raw'");
        execute("update history_tier set kept_from = now() - interval '20 days' where tier = 'hour'");
        job(0).keep();
        assertThat(rows("select tier || coalesce(' ' || (kept_from > now() - interval '1 day')::text, '')"
                        + " from history_tier order by tier"))
                .containsExactly("hour false", "minute", "raw true");
    }

    @Test
    void makesRoomForTiers() throws Exception {
        makeTiers();
        job(0).keep();
        for (int hour : List.of(-50, 0, 23)) {
            execute("insert into coverage select 1, now() + interval '" + hour + " hours', 1, 1, 1, 1, 1");
        }
        assertThat(rows("select count(*) from coverage")).containsExactly("3");
        assertThat(rows("select extract(epoch from retention)::bigint from history_tier order by retention"))
                .containsExactly("180000", "2592000", "63072000");
    }

    private void makeTiers() throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            Partitions.makeTiers(connection, Instant.ofEpochMilli(NOW - 50 * HOUR), Instant.ofEpochMilli(NOW));
            connection.commit();
        }
    }

    @Test
    void removesAMachineWithAllItHasWhileItGoesOnSending() throws Exception {
        MachineInventory other = machine("web-2");
        fillHours(40);
        for (int i = 0; i < 10; i++) {
            rig.live(other, sample(i + 1, NOW - i * 1_000L));
        }
        rig.intake()
                .offerEvent(
                        new MachineId("web-1"),
                        Event.newBuilder()
                                .setRun(7)
                                .setEventSequence(1)
                                .setKind(EventKind.EVENT_KIND_RUN_START)
                                .setTimeMillis(NOW)
                                .build(),
                        rig.outcomes());
        rig.awaitSettled();
        String old = rows("select machine_id from machine where name = 'web-1'").getFirst();
        makeTiers();
        for (String table : List.of("host_minute", "nic_minute", "host_hour", "fs_hour")) {
            insertTierRow(table, old);
        }
        execute("insert into coverage select machine_id, now(), 1, 1, 1, 1, 1 from machine");
        execute("insert into rollup_dirty (machine_id, hour) select machine_id, now() from machine");
        execute(
                "insert into alert_episode select 'e', 'r', 'web-1', '', 'firing', 'info', '', now(), now(), null, 1, 1, 'x'");
        execute("insert into machine_removal (machine_id) values (" + old + ")");
        try (InProcessEventBus bus = new InProcessEventBus();
                InProcessHotState hot = new InProcessHotState(bus)) {
            hot.write(
                    List.of(new HotState.Entry(new MachineId("web-1"), new byte[0], Optional.empty(), NOW)),
                    new byte[0]);
            RemovalJob removal = new RemovalJob(source, hot, metrics);
            Thread sender = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200; i++) {
                    rig.live(web, sample(1_000 + i, NOW + (i + 1) * 1_000L));
                    if (i % 20 == 0) {
                        rig.awaitSettled();
                    }
                }
            });
            removeAsTheJobDoes(removal);
            sender.join();
            rig.awaitSettled();
            assertThat(hot.lastSeen()).doesNotContainKey(new MachineId("web-1"));
        }
        for (String table : List.of(
                "host_sample",
                "nic_sample",
                "host_minute",
                "nic_minute",
                "host_hour",
                "fs_hour",
                "coverage",
                "rollup_dirty",
                "machine_event",
                "run",
                "device",
                "machine",
                "machine_removal")) {
            assertThat(rows("select count(*) from " + table + " where machine_id = " + old))
                    .as(table)
                    .containsExactly("0");
        }
        assertThat(rig.outcomes().rejected()).isEmpty();
        assertThat(rows("select count(*) from host_sample join machine using (machine_id) where name = 'web-2'"))
                .containsExactly("10");
        assertThat(rows("select count(*) from coverage")).containsExactly("1");
        assertThat(rows("select state from alert_episode")).containsExactly("resolved");
        rig.live(web, sample(5_000, NOW + 3_600_000));
        rig.awaitSettled();
        assertThat(rows("select machine_id <> " + old + " from machine where name = 'web-1'"))
                .containsExactly("t");
        assertThat(rows("select count(*) > 0 from host_sample join run using (machine_id, run_id) join machine using"
                        + " (machine_id) where name = 'web-1'"))
                .containsExactly("t");
    }

    private void insertTierRow(String table, String machine) throws SQLException {
        // Every column that may not be null gets 1, but for the time.
        List<String> columns = rows("select column_name from information_schema.columns where table_name = '" + table
                + "' and is_nullable = 'NO' order by ordinal_position");
        String values = String.join(
                ", ",
                columns.stream()
                        .map(column -> switch (column) {
                            case "machine_id" -> machine;
                            case "time" -> "now()";
                            default -> "1";
                        })
                        .toList());
        execute("insert into " + table + " (" + String.join(", ", columns) + ") values (" + values + ")");
    }

    @Test
    void machinesThatHotStateLostAreKnownAgainByTheirNewestRow() throws Exception {
        rig.backfill(web, sample(1, NOW - 2 * HOUR));
        rig.backfill(web, sample(2, NOW - HOUR));
        rig.backfill(machine("web-2"), sample(1, NOW - HOUR));
        rig.backfill(machine("gone"), sample(1, NOW - HOUR));
        rig.awaitSettled();
        makeTiers();
        execute(
                "insert into machine (name, first_seen) values ('web-3', '2026-01-01T00:00:00Z'), ('web-4', '2025-01-01')");
        execute(
                "insert into coverage select machine_id, date_trunc('hour', now()), 1, 1, 1, 1, 1 from machine where name = 'web-4'");
        execute("insert into machine_removal (machine_id) select machine_id from machine where name = 'gone'");
        execute("insert into machine (name) values (null)");
        try (InProcessEventBus bus = new InProcessEventBus();
                InProcessHotState hot = new InProcessHotState(bus)) {
            hot.write(
                    List.of(new HotState.Entry(new MachineId("web-2"), new byte[0], Optional.empty(), NOW)),
                    new byte[0]);
            long newestHour = Long.parseLong(rows("select extract(epoch from time)::bigint * 1000 from coverage")
                    .getFirst());
            KnownMachines known = new KnownMachines(source, hot);
            known.restore();
            assertThat(hot.lastSeen())
                    .containsOnly(
                            Map.entry(new MachineId("web-1"), NOW - HOUR),
                            Map.entry(new MachineId("web-2"), NOW),
                            Map.entry(
                                    new MachineId("web-3"),
                                    Instant.parse("2026-01-01T00:00:00Z").toEpochMilli()),
                            Map.entry(new MachineId("web-4"), newestHour + HOUR));
            assertThat(hot.read(new MachineId("web-1")).orElseThrow().sample()).isEmpty();
        }
    }
}

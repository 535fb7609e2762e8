package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryWriterTest {
    private static final long NOW = System.currentTimeMillis() / 1_000 * 1_000;
    private static final long HOUR = 3_600_000;

    private static PostgresFixture postgres;
    private DataSource source;
    private HistoryTestRig rig;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = PostgresFixture.start();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void startHistory() throws Exception {
        source = postgres.dataSource(postgres.freshDatabase());
        rig = HistoryTestRig.start(source);
    }

    @AfterEach
    void stopHistory() {
        rig.close();
    }

    /** Rows of a query, every value as the driver gives it. */
    private List<List<Object>> rows(String sql) throws SQLException {
        List<List<Object>> result = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<Object> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(row.getObject(i));
                }
                result.add(values);
            }
        }
        return result;
    }

    private long count(String table) throws SQLException {
        return (long) rows("select count(*) from " + table).getFirst().getFirst();
    }

    private static String names(List<? extends Column> columns) {
        return String.join(", ", columns.stream().map(Column::column).toList());
    }

    private static List<Object> values(List<? extends Column> columns, long present, List<Long> values) {
        List<Object> result = new ArrayList<>();
        int next = 0;
        for (Column column : columns) {
            if ((present & column.bit()) == 0) {
                result.add(null);
            } else {
                long value = values.get(next++);
                // Not a conditional expression, which would widen.
                if (RowEncoder.width(column) == Long.BYTES) {
                    result.add(value);
                } else {
                    result.add((int) value);
                }
            }
        }
        return result;
    }

    @Test
    void rowsEqualSlotsInEveryColumn() throws Exception {
        long seed = new Random().nextLong();
        RandomSamples random = new RandomSamples(seed);
        MachineInventory web = HistoryTestRig.inventory("web \u00e9 1", RandomSamples.inventory(7));
        MachineInventory second = HistoryTestRig.inventory("db-1", RandomSamples.inventory(Long.MAX_VALUE));
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            samples.add(random.full(i + 1, NOW - i * 1_000L));
            // The first ones before the ids are known, the later ones after.
            if (i == 100) {
                rig.awaitSettled();
            }
            rig.live(web, samples.get(i));
            assertThat(rig.backfill(second, samples.get(i))).isTrue();
        }
        rig.awaitSettled();

        assertThat(rig.outcomes().rejected()).as("seed %d", seed).isEmpty();
        assertThat(rig.outcomes().commits()).isEqualTo(600);
        assertHosts(seed, "web \u00e9 1", 7, false, samples);
        assertHosts(seed, "db-1", Long.MAX_VALUE, true, samples);
        assertDevices(seed, "disk", "disk_sample", DiskColumn.ALL, List.of("sda", "sdb", "nvme0n1"), samples);
        assertDevices(seed, "interface", "nic_sample", InterfaceColumn.ALL, List.of("eth0", "wlan \u00fc"), samples);
        assertDevices(seed, "filesystem", "fs_sample", FilesystemColumn.ALL, List.of("/", "/home"), samples);
        assertThat(count("device")).isEqualTo(14);
    }

    private void assertHosts(long seed, String machine, long run, boolean late, List<Sample> samples) throws Exception {
        List<List<Object>> stored = rows("select (extract(epoch from time) * 1000)::bigint, run, sequence,"
                + " duration_millis, late, core_load, " + names(HostColumn.ALL)
                + " from host_sample join machine using (machine_id) join run using (run_id)"
                + " where name = '" + machine + "' order by time desc");
        assertThat(stored).hasSize(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            List<Object> row = stored.get(i);
            assertThat(row.subList(0, 5))
                    .as("seed %d, sample %d", seed, i)
                    .containsExactly(
                            sample.getEndMillis(), run, sample.getSequence(), sample.getDurationMillis(), late);
            assertThat((byte[]) row.get(5))
                    .isEqualTo(
                            sample.getCoreLoad().isEmpty()
                                    ? null
                                    : sample.getCoreLoad().toByteArray());
            assertThat(row.subList(6, row.size()))
                    .as("seed %d, sample %d", seed, i)
                    .isEqualTo(values(HostColumn.ALL, sample.getPresent(), sample.getValuesList()));
        }
    }

    private static List<DeviceRow> intervals(Sample sample, String kind) {
        return switch (kind) {
            case "disk" -> sample.getDiskIntervalsList();
            case "interface" -> sample.getInterfaceIntervalsList();
            default -> sample.getFilesystemIntervalsList();
        };
    }

    private void assertDevices(
            long seed,
            String kind,
            String table,
            List<? extends Column> columns,
            List<String> devices,
            List<Sample> samples)
            throws Exception {
        Map<List<Object>, List<Object>> stored = new HashMap<>();
        for (List<Object> row : rows("select m.name, d.name, (extract(epoch from time) * 1000)::bigint, kind,"
                + " duration_millis, " + names(columns) + " from " + table
                + " t join device d using (device_id) join machine m on m.machine_id = t.machine_id"
                + " where d.machine_id = t.machine_id")) {
            stored.put(row.subList(0, 3), row.subList(3, row.size()));
        }
        Map<List<Object>, List<Object>> expected = new HashMap<>();
        for (String machine : List.of("web \u00e9 1", "db-1")) {
            for (Sample sample : samples) {
                for (DeviceRow row : intervals(sample, kind)) {
                    List<Object> value = new ArrayList<>();
                    value.add(kind);
                    value.add(row.getDurationMillis() == 0 ? sample.getDurationMillis() : row.getDurationMillis());
                    value.addAll(values(columns, row.getPresent(), row.getValuesList()));
                    expected.put(List.of(machine, devices.get(row.getDevice()), sample.getEndMillis()), value);
                }
            }
        }
        assertThat(stored).as("%s, seed %d", table, seed).isEqualTo(expected);
    }

    @Test
    void tellsDuplicatesFromCollisions() throws Exception {
        RandomSamples random = new RandomSamples(1);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        MachineInventory again = HistoryTestRig.inventory("web-1", RandomSamples.inventory(8));
        Sample first = random.full(1, NOW);
        rig.live(web, first);
        rig.awaitSettled();
        long disks = count("disk_sample");
        long nics = count("nic_sample");

        // Same again on both lanes, a new one, one of another run at the same stamp, one of another sequence.
        rig.live(web, first);
        rig.backfill(web, first);
        rig.live(web, random.full(2, NOW + 1_000));
        rig.live(again, random.full(1, NOW));
        rig.live(web, random.full(3, NOW));
        // Two in one batch at one stamp: the lower sequence wins.
        rig.live(web, random.host(5, NOW + 2_000).build());
        rig.live(web, random.host(4, NOW + 2_000).build());
        rig.live(web, random.host(4, NOW + 2_000).build());
        rig.awaitSettled();

        assertThat(rows("select sequence from host_sample order by 1"))
                .isEqualTo(List.of(List.of(1L), List.of(2L), List.of(4L)));
        assertThat(rig.outcomes().committed()).containsExactlyInAnyOrder(1L, 1L, 1L, 2L, 4L, 4L);
        assertThat(rig.outcomes().rejected())
                .extracting(RecordedOutcomes.Rejection::reason)
                .containsOnly(RejectReason.REJECT_REASON_TIME_COLLISION)
                .hasSize(3);
        assertThat(rig.history().liveMetrics().stored.value()).isEqualTo(3);
        assertThat(rig.history().liveMetrics().duplicate.value()).isEqualTo(2);
        assertThat(rig.history().backfillMetrics().duplicate.value()).isEqualTo(1);
        assertThat(rows("select count(*) from disk_sample where time = to_timestamp(" + NOW / 1_000 + ")"))
                .isEqualTo(List.of(List.of(disks)));
        assertThat(rows("select count(*) from nic_sample where time = to_timestamp(" + NOW / 1_000 + ")"))
                .isEqualTo(List.of(List.of(nics)));
    }

    @Test
    void halvesABatchUntilThePoisonStandsAlone() throws Exception {
        RandomSamples random = new RandomSamples(2);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        MachineInventory bad = HistoryTestRig.inventory(
                "web-2",
                Inventory.newBuilder(RandomSamples.inventory(9))
                        .setDisks(0, disk("a\u0000b"))
                        .build());
        for (int i = 1; i <= 200; i++) {
            Sample.Builder sample = random.host(i, NOW - i * 1_000L);
            switch (i) {
                case 50 -> sample.setEndMillis(Long.MAX_VALUE / 2);
                case 51 -> sample.setEndMillis(NOW + 400L * 24 * HOUR);
                case 120 -> sample.setPresent(1).clearValues().addValues(1L << 40);
                default -> {}
            }
            rig.live(i == 180 ? bad : web, sample.build());
        }
        rig.awaitSettled();

        assertThat(rig.outcomes().rejected())
                .extracting(RecordedOutcomes.Rejection::sequence)
                .containsExactlyInAnyOrder(50L, 51L, 120L, 180L);
        assertThat(rig.outcomes().rejected())
                .extracting(rejection -> rejection.sequence() + " " + rejection.reason())
                .containsExactlyInAnyOrder(
                        "50 REJECT_REASON_CLOCK_AHEAD",
                        "51 REJECT_REASON_CLOCK_AHEAD",
                        "120 REJECT_REASON_DATABASE",
                        "180 REJECT_REASON_DATABASE");
        assertThat(count("host_sample")).isEqualTo(196);
        assertThat(rig.outcomes().commits()).isEqualTo(196);
    }

    private static ar.mcrn.sysmonstm.v1.Disk disk(String name) {
        return ar.mcrn.sysmonstm.v1.Disk.newBuilder().setName(name).build();
    }

    @Test
    void makesPartitionsForLateAndUnorderedStamps() throws Exception {
        RandomSamples random = new RandomSamples(3);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        List<Long> hours = new ArrayList<>(LongStream.range(0, 48).boxed().toList());
        java.util.Collections.shuffle(hours, new Random(3));
        for (long hour : hours) {
            rig.backfill(web, random.host(hour + 1, NOW - hour * HOUR).build());
        }
        rig.awaitSettled();
        assertThat(count("host_sample")).isEqualTo(48);
        assertThat(count("host_sample where late")).isEqualTo(48);

        // Dropped behind the writer's back: made again.
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (List<Object> row : rows("select inhrelid::regclass::text from pg_inherits"
                    + " where inhparent = 'host_sample'::regclass")) {
                statement.execute("drop table " + row.getFirst());
            }
        }
        for (long hour : hours) {
            rig.live(web, random.host(hour + 101, NOW - hour * HOUR).build());
        }
        rig.awaitSettled();
        assertThat(rig.outcomes().rejected()).isEmpty();
        assertThat(count("host_sample")).isEqualTo(48);
    }

    @Test
    void storesEventsOnce() throws Exception {
        MachineId web = new MachineId("web-1");
        Event start = Event.newBuilder()
                .setRun(7)
                .setEventSequence(1)
                .setKind(EventKind.EVENT_KIND_RUN_START)
                .setTimeMillis(NOW)
                .setFromMillis(NOW - 5_000)
                .setToMillis(NOW)
                .setDetail("start")
                .build();
        Event drop = Event.newBuilder()
                .setRun(7)
                .setEventSequence(2)
                .setKind(EventKind.EVENT_KIND_SPOOL_DROP)
                .setTimeMillis(NOW)
                .setFirstSequence(3)
                .setLastSequence(9)
                .build();
        Event bad = start.toBuilder().setEventSequence(3).setDetail("a\u0000b").build();
        for (Event event : List.of(start, drop, bad, start)) {
            assertThat(rig.intake().offerEvent(web, event, rig.outcomes())).isTrue();
        }
        rig.awaitSettled();
        assertThat(rig.outcomes().eventsCommitted()).containsExactlyInAnyOrder(1L, 1L, 2L);
        assertThat(rig.outcomes().eventsRejected()).singleElement().satisfies(rejection -> {
            assertThat(rejection.sequence()).isEqualTo(3);
            assertThat(rejection.reason()).isEqualTo(RejectReason.REJECT_REASON_DATABASE);
        });
        assertThat(rows("select event_sequence, kind, (extract(epoch from from_time) * 1000)::bigint, first_sequence,"
                        + " last_sequence, detail from machine_event order by 1"))
                .isEqualTo(Arrays.asList(
                        Arrays.asList(1L, "run_start", NOW - 5_000, null, null, "start"),
                        Arrays.asList(2L, "spool_drop", null, 3L, 9L, "")));
    }

    @Test
    void accountsForEverySample() throws Exception {
        RandomSamples random = new RandomSamples(4);
        MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
        for (int i = 1; i <= 5_000; i++) {
            rig.live(web, random.host(i % 4_000, NOW - (i % 3_000) * 1_000L).build());
        }
        rig.awaitSettled();
        LaneMetrics live = rig.history().liveMetrics();
        assertThat(live.received.value()).isEqualTo(5_000);
        assertThat(live.stored.value()).isEqualTo(count("host_sample")).isEqualTo(3_000);
        assertThat(live.stored.value()
                        + live.duplicate.value()
                        + rig.outcomes().rejected().size()
                        + live.deferred.value())
                .isEqualTo(5_000);
        assertThat(rig.outcomes().commits() + rig.outcomes().rejected().size()).isEqualTo(5_000);
    }
}

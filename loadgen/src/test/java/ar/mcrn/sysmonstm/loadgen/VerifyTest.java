package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One load run at the real aggregator, then copies of its database that were tampered with: each way must be found and
 * named by the obligations alone.
 */
final class VerifyTest {

    private static final AtomicInteger COPIES = new AtomicInteger();

    @TempDir
    static Path folder;

    private static PostgresFixture postgres;
    private static String original;
    private static Path obligations;
    private static LoadReport report;

    private String database;

    @BeforeAll
    static void loadOnce() throws Exception {
        postgres = PostgresFixture.start();
        original = postgres.freshDatabase();
        obligations = folder.resolve("owed");
        int grpcPort = FreePorts.next();
        int adminPort = FreePorts.next();
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, original)) {
            LoadPlan plan = Plans.of(grpcPort, 8, Duration.ofSeconds(5))
                    .behaviour(new AgentBehaviour(1, 1, 1, Duration.ZERO, Duration.ofSeconds(100), 0.5))
                    .database(original)
                    .admin(adminPort, aggregator.pid())
                    .obligations(obligations)
                    .plan();
            report =
                    new LoadRun(plan, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)).run();
        }
        assertThat(report.finding()).as(report.text()).isNull();
        makeRoomForAnyTime();
    }

    /** Tests put rows where the aggregator, which makes its partitions when it can, need not have made one. */
    private static void makeRoomForAnyTime() throws SQLException {
        try (Connection connection = postgres.dataSource(original).getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("host_sample", "nic_sample")) {
                statement.execute("create table " + table + "_rest partition of " + table + " default");
            }
        }
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void copy() throws SQLException {
        String name = "copy_" + COPIES.incrementAndGet();
        String template = original.substring(original.lastIndexOf('/') + 1);
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " template " + template);
        }
        database = original.substring(0, original.lastIndexOf('/') + 1) + name;
    }

    private Verdict verify() throws Exception {
        return verify(0, Map.of());
    }

    private Verdict verify(long since, Map<String, Long> atLeast) throws Exception {
        return Verdict.of(obligations, DatabaseAddress.parse(database), since, new AtLeast(atLeast));
    }

    /** Runs statements of which the last changes exactly one row. */
    private void change(String... statements) throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            int changed = 0;
            for (String sql : statements) {
                changed = statement.executeUpdate(sql);
            }
            assertThat(changed).as(statements[statements.length - 1]).isEqualTo(1);
        }
    }

    private List<List<Object>> rows(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<List<Object>> rows = new ArrayList<>();
            while (found.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(found.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The first sample that closes nothing. */
    private static final String ONE = """
            (select machine_id, time from host_sample h where sequence = 5
             and not exists (select from disk_sample d where (d.machine_id, d.time) = (h.machine_id, h.time))
             and not exists (select from fs_sample f where (f.machine_id, f.time) = (h.machine_id, h.time))
             order by machine_id, time limit 1)""";

    @Test
    void holdsWhenNobodyTampered() throws Exception {
        Verdict verdict = verify();
        assertThat(verdict.verdict()).as(verdict.text()).isEqualTo("holds");
        assertThat(verdict.complete()).isTrue();
        assertThat(verdict.issued()).isEqualTo(report.issued());
        assertThat(verdict.acknowledged()).isEqualTo(report.acknowledged()).isEqualTo(report.rowsStored());
        assertThat(verdict.deviceRowsStored())
                .isEqualTo(report.deviceRowsStored())
                .isGreaterThan(50);
        assertThat(verdict.unacknowledged()).isZero();
        assertThat(verdict.events())
                .isEqualTo(verdict.eventsAcknowledged())
                .isEqualTo(verdict.eventRowsStored())
                .isEqualTo(report.events())
                .isGreaterThanOrEqualTo(9);
        assertThat(verdict.freshMachines()).isEqualTo(8);
        assertThat(rows("select count(*) from fs_sample").getFirst().getFirst()).isNotEqualTo(0L);
        assertThat(rows("select count(*) from host_sample where swap_utilization is null")
                        .getFirst()
                        .getFirst())
                .isNotEqualTo(0L);
    }

    @Test
    void namesARowThatIsMissing() throws Exception {
        change("delete from host_sample where (machine_id, time) = " + ONE);
        Verdict verdict = verify();
        assertThat(verdict.verdict()).isEqualTo("broken");
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.duplicates() + verdict.different() + verdict.notIssued())
                .isZero();
        assertThat(verdict.findings())
                .singleElement()
                .asString()
                .startsWith("lost: table=host_sample, machine=load-7-")
                .endsWith("sequence=5");
    }

    @Test
    void findsOneChangedValueInAnyColumn() throws Exception {
        List<String> changes = new ArrayList<>();
        for (HostColumn column : HostColumn.ALL) {
            changes.add(column.column() + " = coalesce(" + column.column() + ", 0) + 1");
            changes.add(column.column() + " = case when " + column.column() + " is null then 0 end");
        }
        changes.add("duration_millis = 251");
        changes.add("core_load = set_byte(core_load, 2, get_byte(core_load, 2) + 1)");
        changes.add("time = time + interval '1 microsecond'");
        // Rows that close nothing, so that the change of a stamp leaves no device rows behind.
        List<List<Object>> rows = rows("""
                select machine_id, time from host_sample h
                where not exists (select from disk_sample d where (d.machine_id, d.time) = (h.machine_id, h.time))
                and not exists (select from fs_sample f where (f.machine_id, f.time) = (h.machine_id, h.time))
                order by machine_id, time limit\s""" + changes.size());
        assertThat(rows).hasSize(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            change("update host_sample set " + changes.get(i) + " where machine_id = "
                    + rows.get(i).get(0) + " and time = '" + rows.get(i).get(1) + "'");
        }
        Verdict verdict = verify();
        assertThat(verdict.different()).as(verdict.text()).isEqualTo(changes.size());
        assertThat(verdict.lost() + verdict.duplicates() + verdict.notIssued()).isZero();
    }

    @Test
    void namesTheColumnWithBothValues() throws Exception {
        change("update host_sample set threads = 77777 where (machine_id, time) = " + ONE);
        assertThat(verify().findings()).singleElement().asString().contains("column=threads, stored=77777, sent=");
    }

    @Test
    void findsALiveSampleMarkedAsLate() throws Exception {
        change("update host_sample set late = true where (machine_id, time) ="
                + " (select machine_id, max(time) from host_sample where not late group by 1 order by 1 limit 1)");
        Verdict verdict = verify();
        assertThat(verdict.findings())
                .as(verdict.text())
                .singleElement()
                .asString()
                .contains("column=late");
    }

    @Test
    void findsOneChangedValueInAnyColumnOfADevice() throws Exception {
        int changed = 0;
        for (String table : List.of("disk_sample", "nic_sample", "fs_sample")) {
            List<? extends Column> columns = switch (table) {
                case "disk_sample" -> DiskColumn.ALL;
                case "nic_sample" -> InterfaceColumn.ALL;
                default -> FilesystemColumn.ALL;
            };
            List<String> changes = new ArrayList<>(List.of("duration_millis = duration_millis + 1"));
            columns.forEach(column -> changes.add(column.column() + " = " + column.column() + " + 1"));
            List<List<Object>> rows = rows("select machine_id, device_id, time from " + table + " order by 1, 2, 3");
            for (int i = 0; i < Math.min(changes.size(), rows.size()); i++) {
                change("update " + table + " set " + changes.get(i) + " where machine_id = "
                        + rows.get(i).get(0) + " and device_id = " + rows.get(i).get(1) + " and time = '"
                        + rows.get(i).get(2) + "'");
                changed++;
            }
        }
        Verdict verdict = verify();
        assertThat(verdict.different()).as(verdict.text()).isEqualTo(changed).isGreaterThan(25);
        assertThat(verdict.lost() + verdict.duplicates() + verdict.notIssued()).isZero();
    }

    @Test
    void findsADeviceRowThatIsMissingOrNobodySent() throws Exception {
        change("delete from nic_sample where (machine_id, device_id, time) ="
                + " (select machine_id, device_id, time from nic_sample order by 1, 2, 3 limit 1)");
        change("insert into disk_sample (machine_id, device_id, time, duration_millis)"
                + " select machine_id, device_id, time + interval '250 ms', 10000 from disk_sample"
                + " order by 1, 2, 3 limit 1");
        Verdict verdict = verify();
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.notIssued()).isEqualTo(1);
        assertThat(verdict.findings())
                .anySatisfy(finding -> assertThat(finding).contains("lost: table=nic_sample", "device=eth"))
                .anySatisfy(finding -> assertThat(finding).contains("not issued: table=disk_sample"));
    }

    @Test
    void findsRowsThatNobodySent() throws Exception {
        change("insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                + " select machine_id, time + interval '7 ms', run_id, 999999, 250, false from host_sample"
                + " order by time desc limit 1");
        change(
                "insert into run (machine_id, run) select min(machine_id), 4711 from machine",
                "insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                        + " select r.machine_id, h.time - interval '7 ms', r.run_id, 1, 250, false"
                        + " from run r join host_sample h using (machine_id) where r.run = 4711"
                        + " order by h.time desc limit 1");
        change(
                "insert into machine (name) values ('load-7-88')",
                "insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                        + " select m.machine_id, h.time, h.run_id, 1, 250, false from machine m cross join host_sample h"
                        + " where m.name = 'load-7-88' and h.sequence = 3 order by h.time desc limit 1");
        Verdict verdict = verify();
        assertThat(verdict.notIssued()).as(verdict.text()).isEqualTo(3);
        assertThat(verdict.lost() + verdict.duplicates() + verdict.different()).isZero();
        assertThat(verdict.findings()).anySatisfy(finding -> assertThat(finding).contains("machine=load-7-88"));
    }

    @Test
    void findsSamplesStoredTwice() throws Exception {
        change(
                "insert into host_sample select h.* from host_sample h where false or (machine_id, time) = " + ONE
                        + " on conflict do nothing",
                "drop index host_sample_key",
                "drop index disk_sample_key",
                "insert into disk_sample select * from (select * from disk_sample order by machine_id, time, device_id"
                        + " limit 1) as d",
                "insert into host_sample select * from host_sample where (machine_id, time) = " + ONE);
        Verdict verdict = verify();
        assertThat(verdict.duplicates()).as(verdict.text()).isEqualTo(2);
        assertThat(verdict.lost() + verdict.different() + verdict.notIssued()).isZero();
        assertThat(verdict.findings())
                .anySatisfy(finding -> assertThat(finding).startsWith("stored twice: table=host_sample"))
                .anySatisfy(finding -> assertThat(finding).startsWith("stored twice: table=disk_sample"));
    }

    @Test
    void findsOneSampleUnderTwoStamps() throws Exception {
        change("insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                + " select machine_id, time + interval '7 ms', run_id, sequence, 250, true from host_sample"
                + " where (machine_id, time) = " + ONE);
        assertThat(verify().duplicates()).isEqualTo(1);
    }

    @Test
    void findsAnEventThatIsMissing() throws Exception {
        change("delete from machine_event where (machine_id, run_id, event_sequence) ="
                + " (select machine_id, run_id, event_sequence from machine_event order by 1, 2, 3 limit 1)");
        Verdict verdict = verify();
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.findings()).singleElement().asString().contains("table=machine_event");
    }

    @Test
    void findsAnEventThatIsNotAsSentOrThatNobodySent() throws Exception {
        change(
                "update machine_event set to_time = to_time + interval '1 ms' where (machine_id, run_id, event_sequence) ="
                        + " (select machine_id, run_id, event_sequence from machine_event order by 1, 2, 3 limit 1)");
        change("insert into machine_event select machine_id, run_id, 77, kind, time, from_time, to_time, null, null, ''"
                + " from machine_event order by 1, 2, 3 limit 1");
        change(
                "insert into run (machine_id, run) select min(machine_id), 4711 from machine",
                "insert into machine_event select r.machine_id, r.run_id, 1, 'run_start', now(), null, null, null, null, ''"
                        + " from run r where r.run = 4711");
        Verdict verdict = verify();
        assertThat(verdict.different()).as(verdict.text()).isEqualTo(1);
        assertThat(verdict.notIssued()).isEqualTo(2);
        assertThat(verdict.findings())
                .anySatisfy(finding -> assertThat(finding).startsWith("not as sent: table=machine_event"))
                .anySatisfy(finding -> assertThat(finding).startsWith("not issued: table=machine_event"));
    }

    @Test
    void findsRowsThatNobodySentAtAnyTimeAndUnderAnyNameOfOurs() throws Exception {
        change(
                "insert into run (machine_id, run) select min(machine_id), 4711 from machine",
                "insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                        + " select machine_id, now() + interval '6 hours', run_id, 1, 250, false from run where run = 4711");
        change(
                "insert into nic_sample (machine_id, device_id, time, duration_millis)"
                        + " select machine_id, device_id, time + interval '6 hours', 10000 from nic_sample order by 1, 2, 3 limit 1");
        for (String name : List.of("load-7-88", "load-7-1 ", "load-0x7-1")) {
            change(
                    "insert into machine (name) values ('" + name + "')",
                    "insert into run (machine_id, run) select machine_id, 4712 from machine where name = '" + name
                            + "'",
                    "insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                            + " select machine_id, now() + interval '6 hours', run_id, 1, 250, false"
                            + " from run join machine using (machine_id) where name = '" + name + "'");
        }
        Verdict verdict = verify();
        assertThat(verdict.notIssued()).as(verdict.text()).isEqualTo(5);
        assertThat(verdict.lost() + verdict.duplicates() + verdict.different()).isZero();
    }

    @Test
    void passesOverWhatAnotherLoadRunOfItsMachinesStored() throws Exception {
        long first = System.currentTimeMillis() + 21_600_000;
        change(
                "insert into run (machine_id, run) select machine_id, " + MachineRun.id(Machine.of(7, 2), first)
                        + " from machine where name = 'load-7-2'",
                "insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                        + " select machine_id, to_timestamp(" + (first + 500) + " / 1000.0), max(run_id), 3, 250, false"
                        + " from run join machine using (machine_id) where name = 'load-7-2' group by 1");
        assertThat(verify().verdict()).isEqualTo("holds");
    }

    @Test
    void doesNotHoldWhereNothingWasAcknowledged() throws Exception {
        Path nothing = folder.resolve("nothing");
        ObligationLog.create(nothing, Plans.of(1, 8, Duration.ofSeconds(1)).plan(), 1)
                .close();
        Verdict verdict = Verdict.of(nothing, DatabaseAddress.parse(database), 0, new AtLeast(Map.of()));
        assertThat(verdict.verdict()).isEqualTo("does not count");
        assertThat(verdict.findings()).containsExactly("does not count: nothing was acknowledged");
    }

    @Test
    void aMachineThatIsNotThereHasLostEverything() throws Exception {
        change("update machine set name = 'somebody' where name = 'load-7-3'");
        Verdict verdict = verify();
        assertThat(verdict.lost()).isGreaterThanOrEqualTo(14);
        assertThat(verdict.findings().getFirst()).contains("machine=load-7-3").contains("the machine is unknown");
    }

    @Test
    void whatRetentionDroppedIsSaidAndNeverFine() throws Exception {
        Object middle = rows("select percentile_disc(0.5) within group (order by time) from host_sample")
                .getFirst()
                .getFirst();
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : DatabaseFigures.RAW) {
                statement.executeUpdate("delete from " + table + " where time < '" + middle + "'");
            }
        }
        assertThat(verify().verdict()).isEqualTo("broken");
        change("update history_tier set kept_from = '" + middle + "' where tier = 'raw'");
        Verdict verdict = verify();
        assertThat(verdict.verdict()).as(verdict.text()).isEqualTo("does not count");
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.expired())
                .isEqualTo(verdict.acknowledged() - verdict.rowsStored())
                .isPositive();
        assertThat(verdict.findings()).singleElement().asString().startsWith("cannot be proved");
        // Losing a row that is kept is still seen.
        change("delete from host_sample where (machine_id, time) = (select machine_id, max(time) from host_sample"
                + " group by 1 order by 1 limit 1)");
        assertThat(verify().verdict()).isEqualTo("broken");
    }

    @Test
    void countsOnlyWhenItSawEnough() throws Exception {
        assertThat(verify(0, Map.of("acknowledged", report.acknowledged(), "restarts", 1L))
                        .verdict())
                .isEqualTo("holds");
        Verdict tooFew = verify(0, Map.of("reconnects", 5L));
        assertThat(tooFew.verdict()).isEqualTo("does not count");
        assertThat(tooFew.findings()).containsExactly("does not count: reconnects=0 is less than 5");
        long lastSecond = report.windows().getLast().atMillis() - 100_000_000;
        assertThat(verify(lastSecond, Map.of("freshMachines", 8L)).verdict()).isEqualTo("holds");
        Verdict stale = verify(System.currentTimeMillis(), Map.of("fresh", 1L));
        assertThat(stale.fresh()).isZero();
        assertThat(stale.verdict()).isEqualTo("does not count");
    }

    @Test
    void theCommandWritesItsVerdictAndEndsWithIt() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path json = folder.resolve("verdict.json");
        LoadgenMain main = new LoadgenMain(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                Map.of());
        String[] arguments = {
            "--verify=" + obligations, "--database=" + database, "--at-least=acknowledged=9,rows=9", "--json=" + json
        };
        assertThat(main.execute(arguments)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("verdict", "holds");
        JsonNode verdict = new ObjectMapper().readTree(Files.readString(json));
        assertThat(verdict.get("lost").asInt()).isZero();
        assertThat(verdict.get("verdict").asText()).isEqualTo("holds");
        change("delete from host_sample where (machine_id, time) = " + ONE);
        assertThat(main.execute(arguments)).isEqualTo(1);
    }

    @Test
    void obligationsOfAKilledLoadgenHoldAndCount() throws Exception {
        String fresh = postgres.freshDatabase();
        Path owed = folder.resolve("killed");
        int grpcPort = FreePorts.next();
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, FreePorts.next(), fresh)) {
            Process loadgen = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            LoadgenMain.class.getName(),
                            "--target=127.0.0.1:" + grpcPort,
                            "--agents=10",
                            "--duration=60s",
                            "--pid=aggregator=" + aggregator.pid(),
                            "--obligations=" + owed)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                Awaitility.await("acknowledgements are on file")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> Files.exists(owed)
                                && Files.size(owed) > 0
                                && ObligationFile.read(owed).acknowledged() > 40);
            } finally {
                loadgen.destroyForcibly().waitFor();
            }
        }
        database = fresh;
        Verdict verdict = Verdict.of(owed, DatabaseAddress.parse(fresh), 0, new AtLeast(Map.of("acknowledged", 41L)));
        assertThat(verdict.verdict()).as(verdict.text()).isEqualTo("holds");
        assertThat(verdict.complete()).isFalse();
        change("delete from host_sample where (machine_id, time) ="
                + " (select machine_id, time from host_sample where sequence = 1 order by 1 limit 1)");
        assertThat(Verdict.of(owed, DatabaseAddress.parse(fresh), 0, new AtLeast(Map.of()))
                        .lost())
                .isEqualTo(1);
    }
}

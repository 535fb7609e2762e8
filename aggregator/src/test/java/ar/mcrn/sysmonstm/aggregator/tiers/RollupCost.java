package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTier;
import ar.mcrn.sysmonstm.aggregator.history.Partitions;
import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * What the rollup costs the database in CPU time, for {@code sysmon bench --rollups}, on Linux, with the server on this machine. One minute of all machines, at 1 Hz with
 * 3 disks, 2 interfaces and 2 file systems each, is rolled up; then one machine comes back after 40 hours, among tiers that have
 * a row of every machine and minute (of hosts, little in it).
 */
public final class RollupCost {
    private static final int HOURS = 40;
    private static final int MINUTES = 6;

    private final DataSource source;
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);
    private final RollupMetrics metrics = new RollupMetrics(new Telemetry("cost"), () -> now);
    private final TierSpace space = new TierPartitions();
    private final int machines;

    private RollupCost(DataSource source, int machines) {
        this.source = source;
        this.machines = machines;
    }

    /** Measures on an empty database and prints. */
    public static void run(DataSource source, String mode, int machines) throws Exception {
        RollupCost cost = new RollupCost(source, machines);
        TestSchema.migrate(source, mode);
        cost.names();
        try (RollupSession session = RollupSession.open(source)) {
            cost.minutes(session, mode);
            cost.back(session, mode);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void names() throws SQLException {
        execute("insert into machine (name) select 'cost-' || i from generate_series(1, " + machines + ") as i");
        execute("insert into device (machine_id, kind, name) select m.machine_id, k.kind, k.kind || d from machine as m"
                + " cross join (values ('disk', 3), ('interface', 2), ('filesystem', 2)) as k (kind, devices)"
                + " cross join lateral generate_series(1, k.devices) as d");
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            if (Partitions.isPlain(connection)) {
                Partitions.make(
                        connection,
                        HistoryTier.RAW,
                        Partitions.slots(HistoryTier.RAW, now.minus(Duration.ofHours(HOURS + 1)), now));
            }
            connection.commit();
        }
    }

    /** Rows of machines over a range, with every column measured. */
    private void raw(Instant from, Instant until, int first, int last) throws SQLException {
        for (TierTable table : TierTable.ALL) {
            String kind = switch (table.prefix()) {
                case "disk" -> "disk";
                case "nic" -> "interface";
                case "fs" -> "filesystem";
                default -> "";
            };
            int step = kind.isEmpty() ? 1 : kind.equals("filesystem") ? 60 : 10;
            String columns = table.columns().stream().map(Column::column).collect(Collectors.joining(", "));
            String values = table.columns().stream()
                    .map(column -> "(random() * " + Math.min(column.max(), 10_000_000L) + ")::bigint")
                    .collect(Collectors.joining(", "));
            execute("insert into " + table.raw() + " (machine_id, time, duration_millis, "
                    + (kind.isEmpty() ? "run_id, sequence, late, " : "device_id, ") + columns
                    + ") select m.machine_id, g.time + m.machine_id % 1000 * interval '1 ms', " + step * 1_000 + ", "
                    + (kind.isEmpty() ? "m.machine_id, extract(epoch from g.time)::bigint, false, " : "d.device_id, ")
                    + values + " from generate_series('" + from + "'::timestamptz, '"
                    + until + "'::timestamptz - interval '1 s', interval '" + step + " s') as g (time)"
                    + " cross join machine as m"
                    + (kind.isEmpty()
                            ? ""
                            : " join device as d on d.machine_id = m.machine_id and d.kind = '" + kind + "'")
                    + " where m.machine_id between " + first + " and " + last + " order by g.time, m.machine_id");
        }
    }

    private void minutes(RollupSession session, String mode) throws Exception {
        Instant from = now.minus(Duration.ofHours(1));
        raw(from, from.plus(Duration.ofMinutes(MINUTES)), 1, machines);
        execute("analyze");
        try (Connection connection = source.getConnection()) {
            Marks.begin(connection, from);
        }
        for (int minute = 1; minute <= MINUTES; minute++) {
            try (Connection connection = source.getConnection()) {
                Marks.close(connection, from.plus(Duration.ofMinutes(minute)));
            }
            double before = cpuSeconds(session);
            long begun = System.nanoTime();
            if (!new Rollup(space, metrics).run(session)) {
                throw new IllegalStateException("nothing rolled up");
            }
            report(mode + ": 1 minute of " + machines + " machines", before, begun, session);
        }
    }

    private void back(RollupSession session, String mode) throws Exception {
        Instant begin = now.minus(Duration.ofHours(HOURS));
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            space.make(connection, begin, now);
        }
        execute("truncate host_minute");
        execute("insert into host_minute (machine_id, time, covered_millis, n, cpu_total_n, cpu_total_sum)"
                + " select m.machine_id, g.time, 60000, 60, 60, 60 from generate_series('" + begin + "'::timestamptz, '"
                + now.minusSeconds(60) + "'::timestamptz, interval '1 minute') as g (time) cross join machine as m"
                + " where m.machine_id > 1 order by 2, 1");
        execute("delete from host_sample where machine_id = 1");
        execute("delete from disk_sample where machine_id = 1");
        execute("delete from nic_sample where machine_id = 1");
        execute("delete from fs_sample where machine_id = 1");
        raw(begin, now, 1, 1);
        execute("update history_tier set closed_until = '" + now + "', rolled_until = '" + now
                + "' where tier = 'minute'");
        execute("update history_tier set rolled_until = '" + now + "' where tier = 'hour'");
        execute("insert into rollup_dirty (machine_id, hour) select 1, h from generate_series('" + begin
                + "'::timestamptz, '" + now.minus(Duration.ofHours(1)) + "'::timestamptz, interval '1 hour') as h");
        execute("analyze");
        Repair repair = new Repair(space, metrics, Duration.ZERO);
        List<Repair.Pair> due = repair.due(session);
        double before = cpuSeconds(session);
        long begun = System.nanoTime();
        for (Repair.Pair pair : due) {
            if (repair.run(session, pair) != Repair.Outcome.DONE) {
                throw new IllegalStateException("not repaired: " + pair);
            }
        }
        report(
                mode + ": " + due.size() + " hours of 1 machine among " + machines + " repaired",
                before,
                begun,
                session);
    }

    private static void report(String what, double before, long begun, RollupSession session) throws Exception {
        double took = (System.nanoTime() - begun) / 1e9;
        System.out.printf(Locale.ROOT, "%s: cpu=%.2f s, wall=%.2f s%n", what, cpuSeconds(session) - before, took);
    }

    /** User and system time of the session's backend so far, from /proc/PID/stat, whose unit is 10 ms. */
    private static double cpuSeconds(RollupSession session) throws Exception {
        long pid;
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            pid = row.getLong(1);
        }
        session.connection().rollback();
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }
}

package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Rows for the history bench, made by SQL into an empty schema: of many machines some days by minute and by hour and the raw rows
 * that a question about the last of them reads at its edges; of the first an hour raw, a day by minute, 30 days by hour. Every column
 * of the catalogue has a value. The end lies 30 min 45 s past an hour, so that a question about the day before has to read
 * from all three tiers.
 */
final class HistoryRows {
    private static final Duration TAIL = Duration.ofSeconds(105);

    private final DataSource source;
    private final int machines;
    private final int days;
    private final Instant end = Instant.now()
            .minus(1, ChronoUnit.HOURS)
            .truncatedTo(ChronoUnit.HOURS)
            .plusSeconds(30 * 60 + 45);

    /** @param days of all machines, 1 to 7 */
    HistoryRows(DataSource source, int machines, int days) {
        this.source = source;
        this.machines = machines;
        this.days = days;
    }

    /** When the newest rows end. */
    Instant end() {
        return end;
    }

    /** Whether the database holds machines already. */
    boolean isEmpty() throws SQLException {
        return count("select count(*) from machine") == 0;
    }

    /** Mode recorded in the database. */
    String mode() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select mode from history_mode")) {
            row.next();
            return row.getString(1);
        }
    }

    /** Makes them all; progress to standard error. */
    void fill() throws SQLException {
        boolean plain = mode().equals("plain");
        if (plain) {
            for (String table : List.of("host_sample", "host_minute", "host_hour", "coverage")) {
                execute("create table " + table + "_bench partition of " + table + " default");
            }
        }
        execute("insert into machine (name, first_seen) select 'bench-' || i, timestamptz '"
                + end.minus(31, ChronoUnit.DAYS) + "' from generate_series(1, " + machines + ") as i");
        execute("insert into run (machine_id, run) select machine_id, machine_id from machine");
        Instant day = end.minus(24, ChronoUnit.HOURS);
        raw(
                machines,
                day.truncatedTo(ChronoUnit.MINUTES),
                day.truncatedTo(ChronoUnit.MINUTES).plusSeconds(60));
        raw(machines, end.minus(TAIL), end);
        raw(1, end.minus(70, ChronoUnit.MINUTES), end.minus(TAIL));
        Instant first = end.minus(days, ChronoUnit.DAYS).truncatedTo(ChronoUnit.HOURS);
        tier(machines, "minute", first, minutesUntil(), 60);
        tier(machines, "hour", first, hoursUntil(), 3_600);
        tier(1, "hour", end.minus(30, ChronoUnit.DAYS).truncatedTo(ChronoUnit.HOURS), first, 3_600);
        execute("""
                insert into coverage (machine_id, time, run_id, n, first_sequence, last_sequence, covered_millis)
                select machine_id, hour.time, run_id, 3600, extract(epoch from hour.time), extract(epoch from hour.time) + 3599,
                       3600000
                  from host_hour as hour join run using (machine_id)
                """);
        execute("update history_tier set rolled_until = timestamptz '" + minutesUntil() + "' where tier = 'minute'");
        execute("update history_tier set rolled_until = timestamptz '" + hoursUntil() + "' where tier = 'hour'");
        if (!plain) {
            compress();
        }
        execute("vacuum analyze");
    }

    private Instant minutesUntil() {
        return end.truncatedTo(ChronoUnit.MINUTES).minusSeconds(60);
    }

    private Instant hoursUntil() {
        return end.truncatedTo(ChronoUnit.HOURS);
    }

    /** Lets the columnstore policies do what they would have done by now. */
    private void compress() throws SQLException {
        List<Integer> jobs = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select job_id from timescaledb_information.jobs where proc_name = 'policy_compression'")) {
            while (row.next()) {
                jobs.add(row.getInt(1));
            }
        }
        for (int job : jobs) {
            execute("call run_job(" + job + ")");
        }
    }

    private void raw(int of, Instant from, Instant to) throws SQLException {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (HostColumn column : HostColumn.ALL) {
            if (column.stored()) {
                names.add(column.column());
                values.add(value(column));
            }
        }
        execute("insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late, core_load, "
                + String.join(", ", names) + ") select m, t, m, extract(epoch from t)::bigint, 1000, false,"
                + " '\\x0102030405060708'::bytea, " + String.join(", ", values)
                + " from generate_series(timestamptz '" + from + "' + interval '430 ms', timestamptz '" + to
                + "' - interval '1 ms', interval '1 second') as t, generate_series(1, " + of + ") as m,"
                + " lateral (select (m * 7919 + extract(epoch from t)::bigint * 31) % 9973 as x) as v order by t, m");
    }

    private void tier(int of, String tier, Instant from, Instant to, int seconds) throws SQLException {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (HostColumn column : HostColumn.ALL) {
            if (!column.stored()) {
                continue;
            }
            String value = value(column);
            String name = column.column();
            names.addAll(List.of(name + "_n", name + "_sum", name + "_min", name + "_max"));
            values.addAll(
                    List.of(Integer.toString(seconds), "(" + value + ")::bigint * " + seconds, value + " / 2", value));
            if (column.kind() == Kind.DELTA) {
                names.add(name + "_millis");
                values.add(Integer.toString(seconds * 1_000));
            }
        }
        // One machine's rows, then the same of each in order of time, as a rollup would have left them; without a sort.
        List<String> copied = new ArrayList<>(names);
        copied.replaceAll(name ->
                name.equals("cpu_total_sum") || name.equals("network_transmit_bytes_sum") ? name + " + m" : name);
        execute("insert into host_" + tier + " (machine_id, time, covered_millis, n, " + String.join(", ", names)
                + ") with one (time, " + String.join(", ", names) + ") as materialized (select t, "
                + String.join(", ", values) + " from generate_series(timestamptz '" + from + "', timestamptz '" + to
                + "' - interval '1 second', interval '" + seconds + " seconds') as t,"
                + " lateral (select extract(epoch from t)::bigint * 31 % 9000 as x) as v)"
                + " select m, time, " + seconds * 1_000 + ", " + seconds + ", " + String.join(", ", copied)
                + " from (select generate_series(1, " + of + ") as m, one.* from one) as every");
    }

    private static String value(HostColumn column) {
        return column.max() <= 10_000
                ? "x"
                : "(x * " + Math.min(1_000, column.max() / 10_000) + " + " + column.wire() + ")";
    }

    /** Bytes on disk of the tables that were filled, indexes and all. */
    long bytes(String table) throws SQLException {
        return mode().equals("plain")
                ? count("select sum(pg_total_relation_size(relid)) from pg_partition_tree('" + table + "')")
                : count("select hypertable_size('" + table + "')");
    }

    private long count(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        long begun = System.nanoTime();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        System.err.printf(
                "%5.1f s  %s%n",
                (System.nanoTime() - begun) / 1e9,
                sql.strip().substring(0, Math.min(60, sql.strip().length())).replace('\n', ' '));
    }
}

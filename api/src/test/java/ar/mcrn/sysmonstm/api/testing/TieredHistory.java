package ar.mcrn.sysmonstm.api.testing;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * A database with the aggregator's schema and rows of any age, made by SQL: raw rows, and tiers rolled up from them straight
 * from the definition in V003, so that they owe nothing to the rollup job. Closing stops the database.
 */
public final class TieredHistory implements AutoCloseable {
    private static final List<String> TABLES = List.of("host", "disk", "nic", "fs");
    private static final List<String> PERCENTILES = List.of(
            "cpu_total",
            "memory_utilization",
            "load_1m",
            "disk_busiest",
            "network_receive_bytes",
            "network_transmit_bytes");

    private final PostgresFixture postgres;

    /** Makes the schema on a database in the mode that it can have, which it will close. */
    public TieredHistory(PostgresFixture postgres) {
        this.postgres = postgres;
        HistoryTestRig.start(postgres.dataSource()).close();
        if (!mode().equals("plain")) {
            return;
        }
        TABLES.forEach(table -> {
            defaultPartition(table + "_sample");
            defaultPartition(table + "_minute");
            defaultPartition(table + "_hour");
        });
        defaultPartition("coverage");
    }

    private void defaultPartition(String table) {
        execute("create table " + table + "_rest partition of " + table + " default");
    }

    /** Mode recorded at the first migration. */
    public String mode() {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select mode from history_mode")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connections. */
    public DataSource dataSource() {
        return postgres.dataSource();
    }

    /** Its address. */
    public String url() {
        return postgres.url();
    }

    /** Runs one or more statements. */
    public void execute(String sql) {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Rolls up everything that is there into every tier and coverage, whatever the marks. */
    public void rollUpEverything() {
        rollUp("host", HostColumn.ALL);
        rollUp("disk", DiskColumn.ALL);
        rollUp("nic", InterfaceColumn.ALL);
        rollUp("fs", FilesystemColumn.ALL);
        execute("truncate coverage");
        execute("""
                insert into coverage (machine_id, time, run_id, n, first_sequence, last_sequence, covered_millis)
                select machine_id, date_bin('1 hour', time, timestamptz 'epoch'), run_id, count(*), min(sequence),
                       max(sequence), sum(duration_millis)
                  from host_sample group by 1, 2, 3
                """);
    }

    private void rollUp(String table, List<? extends Column> columns) {
        String device = table.equals("host") ? "" : "device_id, ";
        for (String tier : List.of("minute", "hour")) {
            List<String> names = new ArrayList<>();
            List<String> values = new ArrayList<>();
            for (Column column : columns) {
                if (!column.stored()) {
                    continue;
                }
                String name = column.column();
                boolean delta = column.kind() == Kind.DELTA;
                String extreme = delta ? name + "::float8 * 1000 / duration_millis" : name;
                names.addAll(List.of(name + "_n", name + "_sum", name + "_min", name + "_max"));
                values.addAll(List.of(
                        "count(" + name + ")", "sum(" + name + ")", "min(" + extreme + ")", "max(" + extreme + ")"));
                if (delta) {
                    names.add(name + "_millis");
                    values.add("sum(duration_millis) filter (where " + name + " is not null)");
                }
                if (tier.equals("minute") && table.equals("host") && PERCENTILES.contains(name)) {
                    for (String share : List.of("50", "95", "99")) {
                        names.add(name + "_p" + share);
                        values.add("percentile_cont(0." + share + ") within group (order by " + extreme + ")");
                    }
                }
            }
            String target = table + "_" + tier;
            execute("truncate " + target);
            execute("insert into " + target + " (machine_id, time, " + device + "covered_millis, n, "
                    + String.join(", ", names) + ") select machine_id, date_bin('1 " + tier
                    + "', time, timestamptz 'epoch'), " + device + "sum(duration_millis), count(*), "
                    + String.join(", ", values) + " from " + table + "_sample group by "
                    + (device.isEmpty() ? "1, 2" : "1, 2, 3"));
        }
    }

    /** Says how far the tiers are rolled up; null = not at all. */
    public void mark(Instant minutesUntil, Instant hoursUntil) {
        execute("update history_tier set rolled_until = " + literal(minutesUntil) + " where tier = 'minute'");
        execute("update history_tier set rolled_until = " + literal(hoursUntil) + " where tier = 'hour'");
    }

    /** Says since when a tier is kept; null = nothing went. */
    public void keptFrom(String tier, Instant from) {
        execute("update history_tier set kept_from = " + literal(from) + " where tier = '" + tier + "'");
    }

    private static String literal(Instant time) {
        return time == null ? "null" : "timestamptz '" + time + "'";
    }

    @Override
    public void close() {
        postgres.close();
    }
}

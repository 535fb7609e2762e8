package ar.mcrn.sysmonstm.ops.systemtests.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every SQL statement of the Grafana dashboards, run as the role that Grafana has, against the real schema with a machine in
 * every tier.
 */
final class DashboardQueriesTest {
    private static final ObserveFiles FILES = ObserveFiles.find();

    private static PostgresFixture postgres;
    private static Connection reader;

    private final Instant now = Instant.now();

    @BeforeAll
    static void fill() throws SQLException {
        postgres = PostgresFixture.start();
        // Before the schema, as a new deployment may: what is made later has to be readable too.
        role();
        Flyway.configure()
                .dataSource(postgres.dataSource())
                .locations("classpath:db")
                .placeholders(Map.of("mode", "plain", "partitioned", " partition by range (time)"))
                .load()
                .migrate();
        for (String kind : List.of("host", "disk", "nic", "fs")) {
            for (String tier : List.of("sample", "minute", "hour")) {
                execute("create table %1$s_%2$s_all partition of %1$s_%2$s default".formatted(kind, tier));
            }
        }
        execute("create table coverage_all partition of coverage default");
        execute("""
                insert into machine (name) values ('it''s'), ('other');
                insert into run (machine_id, run) values (1, 7);
                insert into device (machine_id, kind, name)
                values (1, 'disk', 'sda'), (1, 'interface', 'eth0'), (1, 'filesystem', '/');
                insert into machine_event (machine_id, run_id, event_sequence, kind, time, first_sequence, last_sequence, detail)
                values (1, 1, 1, 'run_start', now() - interval '1 hour', 1, 9, 'begun');
                insert into coverage (machine_id, time, run_id, n, first_sequence, last_sequence, covered_millis)
                values (1, date_trunc('hour', now()) - interval '1 hour', 1, 3590, 1, 3600, 3590000);
                insert into alert_episode (id, rule, machine, series, state, severity, message, started_at, fired_at, value,
                                           threshold, reason)
                values ('a1', 'cpu', 'it''s', '', 'firing', 'warning', 'much', now() - interval '1 hour',
                        now() - interval '1 hour', 0.9, 0.8, 'held');
                update history_tier set rolled_until = now() - interval '3 minutes';
                """);
        // Every value column of every table is 1, so that no statement is without rows for want of a value.
        for (String table : columns("select distinct table_name from information_schema.columns"
                + " where table_schema = 'public' and table_name ~ '^(host|disk|nic|fs)_(sample|minute|hour)$'")) {
            fill(table);
        }
        String url = postgres.url();
        reader = DriverManager.getConnection(
                "jdbc:postgresql://" + url.substring(url.indexOf('@') + 1), "grafana", "read");
    }

    @AfterAll
    static void end() throws SQLException {
        reader.close();
        postgres.close();
    }

    @Test
    void everyStatementAnswersInEveryTier() throws SQLException {
        List<ObserveFiles.Query> queries = FILES.sql();
        assertThat(queries).hasSizeGreaterThan(30);
        for (String tier : List.of("raw", "minute", "hour")) {
            for (ObserveFiles.Query query : queries) {
                if (tier.equals("raw") && query.where().startsWith("sysmonstm-fleet")) {
                    continue;
                }
                String sql = new GrafanaSql(
                                now.minus(Duration.ofHours(6)),
                                now.plus(Duration.ofMinutes(1)),
                                Duration.ofMinutes(1),
                                Map.of("machine", "it's", "tier", tier))
                        .expand(query.text());
                assertThat(values(query + "\n" + sql, sql))
                        .as("%s by %s: %s", query.where(), tier, sql)
                        .isPositive();
            }
        }
    }

    @Test
    void whatAMachineDoesIsTheSameInEveryTier() throws SQLException {
        for (String tier : List.of("raw", "minute", "hour")) {
            ObserveFiles.Query network = FILES.sql().stream()
                    .filter(query -> query.where().equals("sysmonstm-machine.json: Network"))
                    .findFirst()
                    .orElseThrow();
            String sql = new GrafanaSql(
                            now.minus(Duration.ofHours(6)),
                            now,
                            Duration.ofHours(1),
                            Map.of("machine", "it's", "tier", tier))
                    .expand(network.text());
            try (Statement statement = reader.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                assertThat(rows.next()).isTrue();
                // 1 byte in each interval of 1 s.
                assertThat(rows.getDouble("received")).as(tier).isEqualTo(1.0);
            }
        }
    }

    @Test
    void theRoleMayNotWriteAndTheSameAgainIsFine() throws SQLException {
        role();
        try (Statement statement = reader.createStatement()) {
            assertThatThrownBy(() -> statement.execute("delete from host_sample"))
                    .hasMessageContaining("read-only transaction");
            statement.execute("set default_transaction_read_only = off");
            assertThatThrownBy(() -> statement.execute("delete from host_sample"))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> statement.execute("create temporary table filler (n int)"))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> statement.execute("select * from pg_authid"))
                    .hasMessageContaining("permission denied");
            statement.execute("reset default_transaction_read_only");
        }
    }

    /** Runs reader.sql as psql does. */
    private static void role() throws SQLException {
        String owner = columns("select current_user").getFirst();
        for (String part : FILES.readerSql()
                .replaceAll("(?m)^--.*$", "")
                .replace(":'password'", "'read'")
                .replace(":\"owner\"", '"' + owner + '"')
                .replace(
                        ":\"DBNAME\"",
                        '"' + columns("select current_database()").getFirst() + '"')
                .split(";\\s*\\n", -1)) {
            String statement = part;
            int made = part.indexOf("\\gexec");
            if (made >= 0) {
                for (String each : columns(part.substring(0, made))) {
                    execute(each);
                }
                statement = part.substring(made + "\\gexec".length());
            }
            if (!statement.isBlank()) {
                execute(statement);
            }
        }
    }

    private static void fill(String table) throws SQLException {
        String tier = table.substring(table.indexOf('_') + 1);
        String step = tier.equals("hour") ? "1 hour" : tier.equals("minute") ? "1 minute" : "1 second";
        String device =
                Map.of("disk", "1", "nic", "2", "fs", "3").getOrDefault(table.substring(0, table.indexOf('_')), "1");
        List<String> names = columns("select column_name from information_schema.columns where table_schema = 'public'"
                + " and table_name = '" + table + "' order by ordinal_position");
        List<String> values = new ArrayList<>();
        for (String name : names) {
            values.add(
                    switch (name) {
                        case "time" -> "date_trunc('second', now()) - s * interval '" + step + "'";
                        case "device_id" -> device;
                        case "late" -> "false";
                        case "core_load" -> "null";
                        case "sequence" -> "1000 - s";
                        case "duration_millis" -> "1000";
                        default -> name.endsWith("_millis") && !tier.equals("sample") ? "1000" : "1";
                    });
        }
        execute("insert into " + table + " (" + String.join(", ", names) + ") select " + String.join(", ", values)
                + " from generate_series(0, 200) s");
    }

    /** Values that are not null, of all rows. */
    private static int values(String what, String sql) {
        try (Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            ResultSetMetaData shape = rows.getMetaData();
            int count = 0;
            while (rows.next()) {
                for (int i = 1; i <= shape.getColumnCount(); i++) {
                    // A time alone, or a name alone beside nothing, shows nothing.
                    if (rows.getObject(i) != null
                            && !(shape.getColumnName(i).equals("time") && shape.getColumnCount() > 1)) {
                        count++;
                    }
                }
            }
            return count;
        } catch (SQLException e) {
            throw new AssertionError(what, e);
        }
    }

    private static List<String> columns(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

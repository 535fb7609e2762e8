package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static PostgresFixture postgres;
    private DataSource source;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = PostgresFixture.start();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void freshDatabase() throws Exception {
        source = postgres.dataSource(postgres.freshDatabase());
    }

    private SchemaMigration migration() {
        return new SchemaMigration(source, "plain");
    }

    private List<String> strings(String sql) throws SQLException {
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

    private void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void sampleTablesHaveTheCataloguesColumnsInItsOrder() throws Exception {
        migration().run();
        List<String> host = columns("host_sample");
        assertThat(host.subList(0, 6))
                .containsExactly(
                        "machine_id integer",
                        "time timestamp with time zone",
                        "run_id integer",
                        "sequence bigint",
                        "duration_millis integer",
                        "late boolean");
        assertThat(host.subList(6, host.size() - 1)).isEqualTo(expected(HostColumn.ALL));
        assertThat(host.getLast()).isEqualTo("core_load bytea");
        assertDevices("disk_sample", DiskColumn.ALL);
        assertDevices("nic_sample", InterfaceColumn.ALL);
        assertDevices("fs_sample", FilesystemColumn.ALL);
    }

    private void assertDevices(String table, List<? extends Column> catalogue) throws SQLException {
        List<String> columns = columns(table);
        assertThat(columns.subList(0, 4))
                .containsExactly(
                        "machine_id integer",
                        "device_id integer",
                        "time timestamp with time zone",
                        "duration_millis integer");
        assertThat(columns.subList(4, columns.size())).isEqualTo(expected(catalogue));
    }

    private List<String> columns(String table) throws SQLException {
        return strings("select column_name || ' ' || data_type from information_schema.columns where table_name = '"
                + table + "' order by ordinal_position");
    }

    private static List<String> expected(List<? extends Column> catalogue) {
        return catalogue.stream()
                .map(column -> column.column()
                        + ' '
                        + switch (RowEncoder.width(column)) {
                            case 2 -> "smallint";
                            case 4 -> "integer";
                            default -> "bigint";
                        })
                .toList();
    }

    @Test
    void everyColumnCommentGivesAUnit() throws Exception {
        migration().run();
        List<String> without = strings("""
                select c.relname || '.' || a.attname from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                  and c.relname in ('history_mode', 'machine', 'device', 'run', 'machine_event')
                  and col_description(c.oid, a.attnum) !~
                      '(, (id|name|flag|instant|text|count|sequence))'
                """);
        assertThat(without).isEmpty();
        assertComments("host_sample", HostColumn.ALL);
        assertComments("disk_sample", DiskColumn.ALL);
        assertComments("nic_sample", InterfaceColumn.ALL);
        assertComments("fs_sample", FilesystemColumn.ALL);
    }

    private void assertComments(String table, List<? extends Column> catalogue) throws SQLException {
        for (Column column : catalogue) {
            String key =
                    column.attributes().isEmpty() ? column.metric() : column.metric() + '{' + column.attributes() + '}';
            assertThat(strings("select col_description('" + table + "'::regclass, attnum) from pg_attribute"
                            + " where attrelid = '" + table + "'::regclass and attname = '" + column.column() + "'"))
                    .as(table + '.' + column.column())
                    .singleElement()
                    .asString()
                    .startsWith(key + ": ")
                    .endsWith(unit(column));
        }
    }

    private static String unit(Column column) {
        if (column.scale() == 1e-4) {
            return "basis points";
        } else if (column.scale() == 0.01) {
            return "hundredths";
        } else if (column.scale() == 1024) {
            return "KiB";
        }
        return switch (column.kind()) {
            case DELTA -> "in the interval";
            case PEAK -> "per second";
            case GAUGE -> "s";
        };
    }

    @Test
    void sampleTablesHaveOneUniqueKeyAndNoOtherIndex() throws Exception {
        migration().run();
        assertThat(strings("select replace(indexdef, 'ONLY public.', '') from pg_indexes"
                        + " where tablename in ('host_sample', 'disk_sample', 'nic_sample', 'fs_sample') order by 1"))
                .containsExactly(
                        "CREATE UNIQUE INDEX disk_sample_key ON disk_sample USING btree (machine_id, \"time\" DESC, device_id)",
                        "CREATE UNIQUE INDEX fs_sample_key ON fs_sample USING btree (machine_id, \"time\" DESC, device_id)",
                        "CREATE UNIQUE INDEX host_sample_key ON host_sample USING btree (machine_id, \"time\" DESC)",
                        "CREATE UNIQUE INDEX nic_sample_key ON nic_sample USING btree (machine_id, \"time\" DESC, device_id)");
    }

    @Test
    void migratesOnceAndFromTwoAggregatorsAtATime() throws Exception {
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                migration().run();
            } catch (SQLException | SchemaMismatch e) {
                throw new IllegalStateException(e);
            }
        });
        migration().run();
        other.join();
        migration().run();
        assertThat(strings("select mode from history_mode")).containsExactly("plain");
        assertThat(strings("select version from flyway_schema_history where version = '001'"))
                .hasSize(1);
    }

    @Test
    void migratesADatabaseThatHoldsOtherThings() throws Exception {
        execute("create table somebody_elses (id int)");
        migration().run();
        assertThat(strings("select mode from history_mode")).containsExactly("plain");
    }

    @Test
    void refusesANewerSchemaInOneLine() throws Exception {
        migration().run();
        execute("insert into flyway_schema_history values"
                + " (1000, '999', 'later', 'SQL', 'V999__later.sql', 1, 'x', now(), 1, true)");
        assertThatThrownBy(() -> migration().run())
                .isInstanceOf(SchemaMismatch.class)
                .hasMessageStartingWith("schema of the database is newer than this version: found=999, known=")
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesAnotherModeInOneLine() throws Exception {
        migration().run();
        execute("update history_mode set mode = 'timescale'");
        assertThatThrownBy(() -> migration().run())
                .isInstanceOf(SchemaMismatch.class)
                .hasMessage("HISTORY_MODE=plain does not match the database: its mode is timescale, chosen at its first"
                        + " migration");
    }

    @Test
    void refusesModesItDoesNotHave() {
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> HistorySettings.of("fancy", null))
                .withMessage("HISTORY_MODE=fancy is unknown: allowed are plain and timescale");
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> HistorySettings.of(null, Duration.ofHours(1)))
                .withMessageContaining("HISTORY_RAW_RETENTION");
    }
}

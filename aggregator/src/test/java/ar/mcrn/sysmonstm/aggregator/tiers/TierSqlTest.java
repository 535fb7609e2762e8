package ar.mcrn.sysmonstm.aggregator.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.history.TestSchema;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class TierSqlTest {
    private static Map<String, String> columns(DataSource source, String table) throws SQLException {
        Map<String, String> columns = new LinkedHashMap<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select attname, format_type(atttypid, atttypmod)"
                        + " from pg_attribute where attrelid = '" + table
                        + "'::regclass and attnum > 0 and not attisdropped order by attnum")) {
            while (row.next()) {
                columns.put(row.getString(1), row.getString(2));
            }
        }
        return columns;
    }

    private static Map<String, String> expected(TierTable table, boolean minute, Map<String, String> raw) {
        Map<String, String> columns = new TreeMap<>(Map.of(
                "machine_id", "integer",
                "time", "timestamp with time zone",
                "n", "integer",
                "covered_millis", "bigint"));
        if (table.device()) {
            columns.put("device_id", "integer");
        }
        for (Column column : table.columns()) {
            String name = column.column();
            String value = TierTable.delta(column) ? "double precision" : raw.get(name);
            columns.put(name + "_n", "smallint");
            columns.put(name + "_sum", "bigint");
            columns.put(name + "_min", value);
            columns.put(name + "_max", value);
            if (TierTable.delta(column)) {
                columns.put(name + "_millis", "bigint");
            }
            if (minute && table.percentiles().contains(column)) {
                for (TierTable.Percentile percentile : TierTable.Percentile.values()) {
                    columns.put(name + percentile.suffix(), "double precision");
                }
            }
        }
        return columns;
    }

    @Test
    void tablesOfTheSchemaAreThoseOfTheCatalogue() throws Exception {
        try (PostgresFixture postgres = PostgresFixture.start()) {
            DataSource source = postgres.dataSource(postgres.freshDatabase());
            TestSchema.migrate(source);
            for (TierTable table : TierTable.ALL) {
                Map<String, String> raw = columns(source, table.raw());
                assertThat(new TreeMap<>(columns(source, table.minute()))).isEqualTo(expected(table, true, raw));
                assertThat(new TreeMap<>(columns(source, table.hour()))).isEqualTo(expected(table, false, raw));
                assertThat(expected(table, true, raw).keySet()).containsAll(table.values(true));
                assertThat(table.values(true)).doesNotHaveDuplicates();
            }
        }
    }
}

package ar.mcrn.sysmonstm.ops.standalone.doctor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@link HistoryFigures}. Sizes and row counts come from the catalogue, so that it is quick on a large database. */
final class HistoryReading {
    private static final List<Map.Entry<String, List<String>>> TIERS = List.of(
            Map.entry("raw", List.of("host_sample", "disk_sample", "nic_sample", "fs_sample")),
            Map.entry("minute", List.of("host_minute", "disk_minute", "nic_minute", "fs_minute")),
            Map.entry("hour", List.of("host_hour", "disk_hour", "nic_hour", "fs_hour", "coverage")));
    /** Parts as small as this are counted, since they may not have been analysed yet. */
    private static final long COUNTED_BYTES = 8L << 20;

    private final Connection connection;

    HistoryReading(Connection connection) {
        this.connection = connection;
    }

    HistoryFigures read() throws SQLException {
        String mode = one("select mode from history_mode", row -> row.getString(1));
        List<HistoryFigures.Tier> tiers = new ArrayList<>();
        for (Map.Entry<String, List<String>> tier : TIERS) {
            tiers.add(tier(tier.getKey(), tier.getValue(), mode.equals("timescale")));
        }
        return one(
                """
                select now(), (select count(*) from machine where name is not null), pg_database_size(current_database()),
                       m.closed_until, m.rolled_until, h.rolled_until,
                       (select count(*) from rollup_dirty), (select min(marked_at) from rollup_dirty),
                       (select case when kept_from > now() - retention + interval '1 hour' then kept_from end
                          from history_tier where tier = 'raw'), (select count(*) from machine_removal)
                  from history_tier m, history_tier h
                 where m.tier = 'minute' and h.tier = 'hour'
                """,
                row -> new HistoryFigures(
                        mode,
                        moment(row, 1).orElseThrow(),
                        row.getLong(2),
                        row.getLong(3),
                        tiers,
                        moment(row, 4),
                        moment(row, 5),
                        moment(row, 6),
                        row.getLong(7),
                        moment(row, 8),
                        moment(row, 9),
                        row.getLong(10)));
    }

    private HistoryFigures.Tier tier(String name, List<String> tables, boolean hypertables) throws SQLException {
        long rows = 0;
        long bytes = 0;
        for (String table : tables) {
            boolean hypertable = hypertables
                    && one(
                            "select exists (select from timescaledb_information.hypertables where hypertable_name = ?)",
                            row -> row.getBoolean(1),
                            table);
            long[] size = hypertable ? chunks(table) : partitions(table);
            bytes += size[0];
            rows += size[1];
        }
        Duration retention = one(
                "select extract(epoch from retention)::bigint from history_tier where tier = ?",
                row -> Duration.ofSeconds(row.getLong(1)),
                name);
        return new HistoryFigures.Tier(
                name, rows, bytes, edge(tables.getFirst(), "asc"), edge(tables.getFirst(), "desc"), retention);
    }

    private long[] chunks(String table) throws SQLException {
        long bytes = one("select coalesce(hypertable_size(to_regclass(?)), 0)", row -> row.getLong(1), table);
        long rows = bytes <= COUNTED_BYTES
                ? one("select count(*) from " + table, row -> row.getLong(1))
                : one("select approximate_row_count(to_regclass(?))", row -> row.getLong(1), table);
        return new long[] {bytes, rows};
    }

    private long[] partitions(String table) throws SQLException {
        long bytes = 0;
        long rows = 0;
        List<String> counted = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                select c.oid::regclass::text, pg_total_relation_size(c.oid), pg_relation_size(c.oid), c.reltuples::bigint
                  from pg_partition_tree(to_regclass(?)) t join pg_class c on c.oid = t.relid
                 where t.isleaf
                """)) {
            statement.setString(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    bytes += row.getLong(2);
                    if (row.getLong(3) == 0) {
                        continue; // made ahead
                    }
                    if (row.getLong(3) <= COUNTED_BYTES) {
                        counted.add(row.getString(1));
                    } else {
                        rows += Math.max(0, row.getLong(4));
                    }
                }
            }
        }
        for (String part : counted) {
            // Its name comes quoted from the catalogue.
            rows += one("select count(*) from " + part, row -> row.getLong(1));
        }
        return new long[] {bytes, rows};
    }

    /** By machine, since there is no index on time alone. */
    private Optional<Instant> edge(String table, String order) throws SQLException {
        return one(
                "select " + (order.equals("asc") ? "min" : "max") + "(edge.time) from machine m cross join lateral"
                        + " (select time from " + table + " where machine_id = m.machine_id order by time " + order
                        + " limit 1) as edge",
                row -> moment(row, 1));
    }

    private static Optional<Instant> moment(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    private <T> T one(String sql, Mapper<T> mapper, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException(
                            "no row answers: " + sql.lines().findFirst().orElse(sql));
                }
                return mapper.map(row);
            }
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the database spends on a sample, measured between two moments of the steady part of a run.
 *
 * @param seconds between the two moments
 * @param samples sent between them: where nothing is deferred, as many as were stored
 * @param cpuMicrosPerSample user and system time of all PostgreSQL processes (backends, checkpointer, WAL writer, background
 *     workers, and children that ended); null where the server is not on this machine
 * @param walBytesPerSample write-ahead log written, whatever wrote it
 * @param rawBytesPerSample growth of the raw tables with their indexes
 * @param tierBytesPerSample growth of the tiers and of coverage with their indexes
 * @param tableBytes size of each table with its indexes at the end, parts included
 */
record DatabaseFigures(
        double seconds,
        long samples,
        Double cpuMicrosPerSample,
        Double walBytesPerSample,
        Double rawBytesPerSample,
        Double tierBytesPerSample,
        Map<String, Long> tableBytes) {

    static final List<String> RAW = List.of("host_sample", "disk_sample", "nic_sample", "fs_sample");

    private static final String TABLES = """
            select c.relname, sum(pg_total_relation_size(part.relid))::bigint
            from pg_class c
            cross join lateral (
                select c.oid as relid
                union all
                select relid from (
                    with recursive parts (relid) as (
                        select inhrelid from pg_inherits where inhparent = c.oid
                        union all
                        select i.inhrelid from pg_inherits i join parts p on i.inhparent = p.relid)
                    select relid from parts) as below) as part
            where c.relnamespace = current_schema()::regnamespace
              and c.relname = any (array['host_sample', 'disk_sample', 'nic_sample', 'fs_sample', 'coverage',
                                         'host_minute', 'disk_minute', 'nic_minute', 'fs_minute',
                                         'host_hour', 'disk_hour', 'nic_hour', 'fs_hour'])
            group by c.relname
            order by c.relname
            """;

    /** Compressed chunks are tables of their own beside the hypertable's. */
    private static final String HYPERTABLES = """
            select h.hypertable_name, hypertable_size(format('%I.%I', h.hypertable_schema, h.hypertable_name)::regclass)
            from timescaledb_information.hypertables h
            where h.hypertable_schema = current_schema()
            """;

    /** Where the database stands at one moment. */
    record Moment(
            long nanos, long samples, Long postmaster, Double cpuSeconds, double walBytes, Map<String, Long> tables) {

        /** @throws SQLException when the database cannot be read */
        static Moment now(DatabaseAddress database, long samples) throws SQLException {
            try (Connection connection = database.connect()) {
                long backend = number(connection, "select pg_backend_pid()");
                Map<String, Long> tables = new LinkedHashMap<>();
                sizes(connection, TABLES, tables);
                if (number(connection, "select count(*) from pg_extension where extname = 'timescaledb'") > 0) {
                    sizes(connection, HYPERTABLES, tables);
                }
                double wal = wal(connection);
                Optional<Long> postmaster = postmaster(Path.of("/proc"), backend);
                Double cpu = postmaster.isEmpty()
                        ? null
                        : ProcessFigures.secondsOf(Path.of("/proc"), postmaster.get())
                                .orElse(0);
                return new Moment(System.nanoTime(), samples, postmaster.orElse(null), cpu, wal, tables);
            }
        }

        private static long number(Connection connection, String sql) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }

        private static double wal(Connection connection) throws SQLException {
            String sql = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8";
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getDouble(1);
            }
        }

        private static void sizes(Connection connection, String sql, Map<String, Long> tables) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql);
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tables.put(row.getString(1), row.getLong(2));
                }
            }
        }

        /** The parent of a backend; empty where that process is not here or is not PostgreSQL's. */
        private static Optional<Long> postmaster(Path proc, long backend) {
            try {
                String stat = Files.readString(proc.resolve(backend + "/stat"));
                if (!stat.contains("(postgres)")) {
                    return Optional.empty();
                }
                return Optional.of(
                        Long.valueOf(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1]));
            } catch (IOException elsewhere) {
                return Optional.empty();
            }
        }

        private long bytes(boolean raw) {
            long bytes = 0;
            for (Map.Entry<String, Long> table : tables.entrySet()) {
                if (RAW.contains(table.getKey()) == raw) {
                    bytes += table.getValue();
                }
            }
            return bytes;
        }
    }

    /** What happened between two moments; null where no sample did. */
    static DatabaseFigures between(Moment from, Moment to) {
        long samples = to.samples() - from.samples();
        if (samples <= 0) {
            return null;
        }
        boolean cpu = from.cpuSeconds() != null
                && to.cpuSeconds() != null
                && from.postmaster().equals(to.postmaster());
        return new DatabaseFigures(
                tenths((to.nanos() - from.nanos()) / 1e9),
                samples,
                cpu ? tenths((to.cpuSeconds() - from.cpuSeconds()) * 1e6 / samples) : null,
                tenths((to.walBytes() - from.walBytes()) / samples),
                tenths((double) (to.bytes(true) - from.bytes(true)) / samples),
                tenths((double) (to.bytes(false) - from.bytes(false)) / samples),
                to.tables());
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}

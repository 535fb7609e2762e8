package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The raw tables' partitions: 6 h each, aligned to UTC, named after their start ({@code host_sample_20260131_18}). Made as
 * tables of their own and attached, which takes no lock that reading or writing would meet. Makers fence each other by an
 * advisory lock of the transaction.
 */
final class Partitions {
    /** Length of a partition. */
    static final Duration LENGTH = Duration.ofHours(6);

    private static final List<String> TABLES = List.of("host_sample", "disk_sample", "nic_sample", "fs_sample");
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd_HH").withZone(ZoneOffset.UTC);
    /** Any number, the same in every aggregator. */
    private static final long LOCK = 0x7379736d_70617274L;

    private Partitions() {}

    /** Number of the partition that holds a stamp, counted from 1970. */
    static long slot(long millis) {
        return Math.floorDiv(millis, LENGTH.toMillis());
    }

    private static Instant start(long slot) {
        return Instant.ofEpochMilli(slot * LENGTH.toMillis());
    }

    /** Makes what is missing and commits, waiting for other makers. */
    static void make(Connection connection, Collection<Long> slots) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '10s'");
            statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
        }
        create(connection, slots);
        connection.commit();
    }

    /** The same, unless another maker is at it: then it does nothing and returns false. */
    static boolean tryMake(Connection connection, Collection<Long> slots) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_try_advisory_xact_lock(?)")) {
            statement.setLong(1, LOCK);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (!row.getBoolean(1)) {
                    connection.rollback();
                    return false;
                }
            }
        }
        create(connection, slots);
        connection.commit();
        return true;
    }

    /** None for stamps that are refused: whoever drops partitions raises the horizon first and waits for makers then. */
    private static void create(Connection connection, Collection<Long> slots) throws SQLException {
        long horizon = horizon(connection);
        for (long slot : new TreeSet<>(slots)) {
            if (start(slot + 1).toEpochMilli() <= horizon) {
                continue;
            }
            for (String table : TABLES) {
                create(connection, table, slot);
            }
        }
    }

    private static long horizon(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select (extract(epoch from nullif(horizon, '-infinity')) * 1000)"
                                + "::bigint from history_state")) {
            row.next();
            long millis = row.getLong(1);
            return row.wasNull() ? Long.MIN_VALUE : millis;
        }
    }

    private static void create(Connection connection, String table, long slot) throws SQLException {
        String name = table + '_' + NAME.format(start(slot));
        try (PreparedStatement exists = connection.prepareStatement("select to_regclass(?) is not null")) {
            exists.setString(1, name);
            try (ResultSet row = exists.executeQuery()) {
                row.next();
                if (row.getBoolean(1)) {
                    return;
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table " + name + " (like " + table + " including storage including comments)");
            statement.execute("alter table " + table + " attach partition " + name + " for values from ('" + start(slot)
                    + "') to ('" + start(slot + 1) + "')");
        }
    }
}

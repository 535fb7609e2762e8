package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * The partitions of mode plain: aligned to UTC, named after their start ({@code host_sample_20260131_18}). Made as tables of
 * their own and attached, which takes no lock that reading or writing would meet. Makers fence each other by an advisory lock
 * of the transaction. Mode timescale has chunks instead, made by inserting.
 */
public final class Partitions {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd_HH").withZone(ZoneOffset.UTC);
    /** Any number, the same in every aggregator. */
    private static final long LOCK = 0x7379736d_70617274L;

    private Partitions() {}

    private static Instant start(HistoryTier tier, long slot) {
        return Instant.ofEpochMilli(slot * tier.partition().toMillis());
    }

    /**
     * Makes what is missing of minutes, hours and coverage, and commits; nothing in mode timescale.
     *
     * @param connection without auto-commit, at the beginning of a transaction
     * @param from first stamp that is to find room
     * @param to last one
     */
    public static void makeTiers(Connection connection, Instant from, Instant to) throws SQLException {
        boolean plain = isPlain(connection);
        connection.commit();
        if (plain) {
            for (HistoryTier tier : List.of(HistoryTier.MINUTE, HistoryTier.HOUR)) {
                make(connection, tier, slots(tier, from, to));
            }
        }
    }

    /** Numbers of the partitions that hold the stamps from one to another. */
    public static List<Long> slots(HistoryTier tier, Instant from, Instant to) {
        return LongStream.rangeClosed(tier.slot(from.toEpochMilli()), tier.slot(to.toEpochMilli()))
                .boxed()
                .toList();
    }

    /** Whether the database is of mode plain. */
    public static boolean isPlain(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select mode = 'plain' from history_mode")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /**
     * Starts of the partitions of one table that end at a stamp or before, by name. A partition whose detaching was
     * interrupted is among them.
     */
    public static SortedMap<String, Instant> endedBy(Connection connection, HistoryTier tier, String table, Instant end)
            throws SQLException {
        SortedMap<String, Instant> found = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select c.relname from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'"
                        + " and c.relname ~ ('^' || ? || '_[0-9]{8}_[0-9]{2}$')")) {
            select.setString(1, table);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(1);
                    Instant start = Instant.from(NAME.parse(name.substring(table.length() + 1)));
                    if (!start.plus(tier.partition()).isAfter(end)) {
                        found.put(name, start);
                    }
                }
            }
        }
        return found;
    }

    /** Makes what is missing and commits, waiting for other makers. */
    public static void make(Connection connection, HistoryTier tier, Collection<Long> slots) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '10s'");
            statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
        }
        create(connection, tier, slots);
        connection.commit();
    }

    /** The same, unless another maker is at it: then it does nothing and returns false. */
    public static boolean tryMake(Connection connection, HistoryTier tier, Collection<Long> slots) throws SQLException {
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
        create(connection, tier, slots);
        connection.commit();
        return true;
    }

    /** None for stamps that are refused: whoever drops partitions raises the horizon first and waits for makers then. */
    private static void create(Connection connection, HistoryTier tier, Collection<Long> slots) throws SQLException {
        long horizon = tier == HistoryTier.RAW ? horizon(connection) : Long.MIN_VALUE;
        for (long slot : new TreeSet<>(slots)) {
            if (start(tier, slot + 1).toEpochMilli() <= horizon) {
                continue;
            }
            for (String table : tier.tables()) {
                create(connection, tier, table, slot);
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

    private static void create(Connection connection, HistoryTier tier, String table, long slot) throws SQLException {
        String name = table + '_' + NAME.format(start(tier, slot));
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
            withoutStatistics(statement, table, name);
            statement.execute("alter table " + table + " attach partition " + name + " for values from ('"
                    + start(tier, slot) + "') to ('" + start(tier, slot + 1) + "')");
        }
    }

    /** Columns that the table keeps no statistics of have none in the partition either: {@code like} leaves that out. */
    private static void withoutStatistics(Statement statement, String table, String partition) throws SQLException {
        String columns;
        try (ResultSet row = statement.executeQuery(
                "select coalesce(string_agg(format('alter column %I set statistics 0', attname), ', '), '')"
                        + " from pg_attribute where attrelid = '" + table + "'::regclass and attnum > 0"
                        + " and not attisdropped and attstattarget = 0")) {
            row.next();
            columns = row.getString(1);
        }
        if (!columns.isEmpty()) {
            statement.execute("alter table " + partition + " " + columns);
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.tiers;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * How far the tiers are, as {@code history_tier} has it.
 *
 * @param closedUntil rows that arrive for before this mark their hour dirty
 * @param minutesUntil minutes before this are rolled up
 * @param hoursUntil hours before this are rolled up
 */
record Marks(Instant closedUntil, Instant minutesUntil, Instant hoursUntil) {
    private static final String READ = """
        select minute.closed_until, minute.rolled_until, hour.rolled_until
        from history_tier as minute cross join history_tier as hour
        where minute.tier = 'minute' and hour.tier = 'hour'\
        """;

    /** As they are now; empty where nothing was ever closed. */
    static Optional<Marks> read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            if (!row.next() || row.getObject(1) == null || row.getObject(2) == null || row.getObject(3) == null) {
                return Optional.empty();
            }
            return Optional.of(new Marks(instant(row, 1), instant(row, 2), instant(row, 3)));
        }
    }

    /** Everything begins here. */
    static void begin(Connection connection, Instant from) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update history_tier set closed_until = case when tier = 'minute' then ?::timestamptz end,"
                        + " rolled_until = ? where tier in ('minute', 'hour')")) {
            set(update, 1, from);
            set(update, 2, from);
            update.executeUpdate();
        }
    }

    /** Under {@code HistoryLock.HISTORY}, exclusively. */
    static void close(Connection connection, Instant until) throws SQLException {
        move(connection, "update history_tier set closed_until = ? where tier = 'minute'", until);
    }

    /** None is later than this, and hours are whole; under {@code HistoryLock.HISTORY}, exclusively. */
    static void lower(Connection connection, Instant latest) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update history_tier set closed_until = case tier when 'minute' then least(closed_until, ?) end,"
                        + " rolled_until = least(rolled_until, date_bin(case tier when 'hour' then interval '1 hour'"
                        + " else interval '1 minute' end, ?, 'epoch')) where tier in ('minute', 'hour')")) {
            set(update, 1, latest);
            set(update, 2, latest);
            update.executeUpdate();
        }
    }

    static void rolledMinutes(Connection connection, Instant until) throws SQLException {
        move(connection, "update history_tier set rolled_until = ? where tier = 'minute'", until);
    }

    static void rolledHours(Connection connection, Instant until) throws SQLException {
        move(connection, "update history_tier set rolled_until = ? where tier = 'hour'", until);
    }

    private static void move(Connection connection, String sql, Instant until) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            set(update, 1, until);
            update.executeUpdate();
        }
    }

    static void set(PreparedStatement statement, int index, Instant instant) throws SQLException {
        statement.setObject(index, OffsetDateTime.ofInstant(instant, ZoneOffset.UTC));
    }

    static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}

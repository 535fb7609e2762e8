package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Closes minutes some time after their end: moves {@code closed_until}, in a short transaction of its own that holds the
 * history lock alone. Whatever writers committed before it is seen by everything read after it; whatever they commit later
 * for before it marks its hour dirty. Rollup thread only.
 *
 * <p>Never past the database's own clock either, so that an aggregator whose clock is ahead does not close the future.
 */
final class Closing {
    /** How long after its end a minute is closed: most samples are there by then. */
    static final Duration AFTER = Duration.ofSeconds(15);
    /** Writers wait for as long as we do; so not for long, unless it has failed before. */
    private static final Duration FIRST_LIMIT = Duration.ofSeconds(1);

    private static final Duration LONGEST_LIMIT = Duration.ofSeconds(8);

    private static final String TARGET =
            "select date_bin('1 minute', least(?::timestamptz, clock_timestamp()) - interval '15 s', 'epoch')";
    private static final String OLDEST_HOUR = """
        select date_bin('1 hour', min(oldest.time), 'epoch') from machine as m
        cross join lateral (
            select s.time from host_sample as s where s.machine_id = m.machine_id order by s.time limit 1
        ) as oldest\
        """;

    private final InstantSource clock;
    private Instant closed = Instant.MIN;
    private Duration limit = FIRST_LIMIT;

    Closing(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether there is a minute to be closed, as far as is known here. */
    boolean due() {
        return clock.instant().minus(AFTER).truncatedTo(ChronoUnit.MINUTES).isAfter(closed);
    }

    /** Closes what is to be closed; leaves it where another aggregator is at the tiers. */
    void run(RollupSession session) throws SQLException {
        Connection connection = session.connection();
        if (!session.fence()) {
            return;
        }
        Instant target = target(connection);
        Optional<Marks> marks = Marks.read(connection);
        if (marks.isPresent() && !target.isAfter(marks.get().closedUntil())) {
            closed = marks.get().closedUntil();
            connection.rollback();
            return;
        }
        lock(connection);
        if (marks.isEmpty()) {
            Marks.begin(connection, beginning(connection, target));
        }
        Marks.close(connection, target);
        connection.commit();
        closed = target;
    }

    private void lock(Connection connection) throws SQLException {
        try {
            HistoryLock.HISTORY.exclusive(connection, limit);
            limit = FIRST_LIMIT;
        } catch (SQLException e) {
            Duration longer = limit.multipliedBy(2);
            limit = longer.compareTo(LONGEST_LIMIT) < 0 ? longer : LONGEST_LIMIT;
            throw e;
        }
    }

    private Instant target(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TARGET)) {
            Marks.set(select, 1, clock.instant());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return Marks.instant(row, 1);
            }
        }
    }

    /** The oldest hour that has raw rows, or this one. */
    private static Instant beginning(Connection connection, Instant target) throws SQLException {
        Instant now = target.truncatedTo(ChronoUnit.HOURS);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(OLDEST_HOUR)) {
            row.next();
            if (row.getObject(1) == null) {
                return now;
            }
            Instant oldest = Marks.instant(row, 1);
            return oldest.isBefore(now) ? oldest : now;
        }
    }
}

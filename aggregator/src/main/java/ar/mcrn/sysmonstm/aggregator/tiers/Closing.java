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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes minutes some time after their end: moves {@code closed_until}, in a short transaction of its own that holds the
 * history lock alone. Whatever writers committed before it is seen by everything read after it; whatever they commit later
 * for before it marks its hour dirty. Rollup thread only.
 *
 * <p>Never past the database's own clock either, so that an aggregator whose clock is ahead does not close the future. Where the
 * marks are ahead of that clock all the same, it went back: they go back too, and what was rolled up of a time that is still to
 * come is rolled up anew when it is over.
 */
final class Closing {
    /** How long after its end a minute is closed: most samples are there by then. */
    static final Duration AFTER = Duration.ofSeconds(15);
    /** Writers wait for as long as we do; so not for long, unless it has failed before. */
    static final Duration FIRST_LIMIT = Duration.ofSeconds(1);

    private static final Duration LONGEST_LIMIT = Duration.ofSeconds(8);

    /** Small steps of the database's clock are waited out. */
    private static final Duration STEP = Duration.ofMinutes(1);
    /** A clock that is behind for a moment, such as of a machine that has just started, moves no mark. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final String TARGET =
            "select date_bin('1 minute', least(?::timestamptz, clock_timestamp()) - interval '15 s', 'epoch'),"
                    + " clock_timestamp()";
    private static final String OLDEST_HOUR = """
        select date_bin('1 hour', min(oldest.time), 'epoch') from machine as m
        cross join lateral (
            select s.time from host_sample as s where s.machine_id = m.machine_id order by s.time limit 1
        ) as oldest\
        """;

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final InstantSource clock;
    private final Duration firstLimit;
    private final Duration patience;
    private Instant closed = Instant.MIN;
    private Duration limit;
    private Optional<Long> aheadSinceNanos = Optional.empty();

    Closing(InstantSource clock) {
        this(clock, FIRST_LIMIT, PATIENCE);
    }

    /**
     * @param firstLimit longest wait for writers, as long as that was enough
     * @param patience how long the database's clock must have been behind the marks before they go back
     */
    Closing(InstantSource clock, Duration firstLimit, Duration patience) {
        this.clock = clock;
        this.patience = patience;
        this.firstLimit = firstLimit;
        this.limit = firstLimit;
    }

    /** Whether there is a minute to be closed, or a mark that is ahead, as far as is known here. */
    boolean due() {
        Instant now = clock.instant();
        return now.minus(AFTER).truncatedTo(ChronoUnit.MINUTES).isAfter(closed) || closed.isAfter(now);
    }

    /** Closes what is to be closed; leaves it where another aggregator is at the tiers. */
    void run(RollupSession session) throws SQLException {
        Connection connection = session.connection();
        if (!session.fence()) {
            return;
        }
        Now now = now(connection);
        Instant target = now.target();
        Optional<Marks> marks = Marks.read(connection);
        Instant before = marks.map(Marks::closedUntil).orElse(Instant.MIN);
        boolean ahead = before.isAfter(now.database().plus(STEP));
        if (!ahead) {
            aheadSinceNanos = Optional.empty();
        }
        if (ahead ? !goesBack() : !target.isAfter(before)) {
            closed = before;
            connection.rollback();
            return;
        }
        lock(connection);
        if (marks.isEmpty()) {
            Marks.begin(connection, beginning(connection, target));
        }
        Instant until = ahead ? now.lastMinute() : target;
        if (ahead) {
            Marks.lower(connection, until);
        } else {
            Marks.close(connection, until);
        }
        connection.commit();
        closed = until;
        if (ahead) {
            LOG.warn("the database's clock went back, marks of the tiers too: from={}, to={}", before, until);
        }
    }

    /** Whether marks have been ahead for long enough; by the clock of the process, which does not leap. */
    private boolean goesBack() {
        long now = System.nanoTime();
        if (aheadSinceNanos.isEmpty()) {
            aheadSinceNanos = Optional.of(now);
        }
        return now - aheadSinceNanos.get() >= patience.toNanos();
    }

    /**
     * When it is.
     *
     * @param target minutes before this are to be closed
     * @param database by the database's clock
     */
    private record Now(Instant target, Instant database) {
        /** What the database's clock alone would close: an aggregator whose clock is behind moves marks no further back. */
        Instant lastMinute() {
            return database.minus(AFTER).truncatedTo(ChronoUnit.MINUTES);
        }
    }

    private void lock(Connection connection) throws SQLException {
        try {
            HistoryLock.HISTORY.exclusive(connection, limit);
            limit = firstLimit;
        } catch (SQLException e) {
            Duration longer = limit.multipliedBy(2);
            limit = longer.compareTo(LONGEST_LIMIT) < 0 ? longer : LONGEST_LIMIT;
            throw e;
        }
    }

    private Now now(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(TARGET)) {
            Marks.set(select, 1, clock.instant());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return new Now(Marks.instant(row, 1), Marks.instant(row, 2));
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

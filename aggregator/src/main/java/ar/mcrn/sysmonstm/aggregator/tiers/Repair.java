package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.tiers.TierWriter.Machines;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Rolls up again the hours of machines that got late rows: one transaction each, which first takes the mark away and then, in
 * statements of their own, replaces from raw what the tiers have of that hour. Rollup thread only.
 *
 * <p>Why that order is right. A writer marks in the transaction that stores the rows, and its mark touches the pair's row. Was
 * it before us, then taking the mark away waited for its commit, and the statements after that see its rows. Is it after us,
 * then it waits for our commit and marks anew. Rows of before this mark that no tier has yet (above {@code rolled_until}) are
 * committed too when the mark could be taken, so the rollup that comes there sees them.
 *
 * <p>Hours whose raw rows are going are left alone: the raw tables are locked against dropping first, and then it is read what
 * is kept; who drops says so before, in a transaction of its own.
 */
final class Repair {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int ANYWAY = 5;
    /** Any number, the same in every aggregator; a lock of the session. */
    private static final long TURN = 0x7379736d_72657061L;

    private static final String DUE = """
        select machine_id, hour from rollup_dirty
        where last_marked_at <= now() - ? * interval '1 ms' or marked_at <= now() - ? * interval '1 ms'
        order by marked_at, machine_id, hour
        limit 200\
        """;
    private static final String TAKE = "delete from rollup_dirty where machine_id = ? and hour = ?";
    private final TierSpace space;
    private final RollupMetrics metrics;
    private final Duration quiet;
    private RollupSession turn;

    /** @param quiet how long a pair must have been left alone; five times as long after its first mark it is due anyway */
    Repair(TierSpace space, RollupMetrics metrics, Duration quiet) {
        this.space = space;
        this.metrics = metrics;
        this.quiet = quiet;
    }

    /**
     * An hour of a machine.
     *
     * @param machine its id
     * @param hour start of the hour
     */
    record Pair(int machine, Instant hour) {}

    /** What became of a pair. */
    enum Outcome {
        /** Rolled up again. */
        DONE,
        /** Too old: its raw rows are gone or going. */
        EXPIRED,
        /** No mark any more, or another aggregator is at the tiers: nothing was done. */
        LEFT
    }

    /**
     * Pairs that were left alone for long enough; oldest mark first, some at a time. None where another aggregator repairs:
     * the share of a core is for all of them together.
     */
    List<Pair> due(RollupSession session) throws SQLException {
        List<Pair> pairs = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(DUE)) {
            select.setLong(1, quiet.toMillis());
            select.setLong(2, quiet.toMillis() * ANYWAY);
            try (ResultSet row = alone(session) ? select.executeQuery() : null) {
                while (row != null && row.next()) {
                    pairs.add(new Pair(row.getInt(1), Marks.instant(row, 2)));
                }
            }
        }
        session.connection().rollback();
        return pairs;
    }

    /** Takes the turn to repair, for as long as the connection lives or until {@link #release}. */
    private boolean alone(RollupSession session) throws SQLException {
        if (turn != session) {
            try (Statement statement = session.connection().createStatement();
                    ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + TURN + ")")) {
                row.next();
                turn = row.getBoolean(1) ? session : null;
            }
        }
        return turn == session;
    }

    /** Gives the turn up. */
    void release(RollupSession session) throws SQLException {
        if (turn == session) {
            try (Statement statement = session.connection().createStatement()) {
                statement.execute("select pg_advisory_unlock(" + TURN + ")");
            }
            session.connection().commit();
        }
        turn = null;
    }

    Outcome run(RollupSession session, Pair pair) throws SQLException {
        Connection connection = session.connection();
        Instant end = pair.hour().plus(HOUR);
        space.make(connection, pair.hour(), end);
        if (!session.fence()) {
            return Outcome.LEFT;
        }
        long begun = System.nanoTime();
        Outcome outcome = take(connection, pair) ? replace(session, pair, end) : Outcome.LEFT;
        connection.commit();
        metrics.repaired(outcome, Duration.ofNanos(System.nanoTime() - begun));
        return outcome;
    }

    private static boolean take(Connection connection, Pair pair) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(TAKE)) {
            delete.setInt(1, pair.machine());
            Marks.set(delete, 2, pair.hour());
            return delete.executeUpdate() > 0;
        }
    }

    private static Outcome replace(RollupSession session, Pair pair, Instant end) throws SQLException {
        Connection connection = session.connection();
        if (!KeptRaw.lock(connection, pair.hour())) {
            return Outcome.EXPIRED;
        }
        Marks marks = Marks.read(connection).orElse(null);
        if (marks == null) {
            return Outcome.DONE;
        }
        Machines machine = Machines.only(pair.machine());
        Instant until = marks.minutesUntil().isBefore(end) ? marks.minutesUntil() : end;
        if (pair.hour().isBefore(until)) {
            session.writer().deleteMinutes(pair.hour(), until, machine);
            session.writer().minutes(pair.hour(), until, machine);
        }
        if (pair.hour().isBefore(marks.hoursUntil())) {
            session.writer().deleteHours(pair.hour(), end, machine);
            session.writer().hours(pair.hour(), end, machine);
        }
        return Outcome.DONE;
    }
}

package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.tiers.TierWriter.Machines;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Aggregates what is closed, oldest first, in pieces of one transaction each: some minutes of all machines from raw, or one
 * hour from its minutes once they are all there. The tier's mark moves in the same transaction, so a piece is done or was never
 * begun. Rollup thread only.
 *
 * <p>A piece is one minute as long as the rollup keeps up. After an absence pieces grow until one takes some seconds, and never
 * beyond an hour, so that neither transactions nor what a failure costs grow with the absence.
 */
final class Rollup {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration QUICK = Duration.ofSeconds(1);
    private static final Duration SLOW = Duration.ofSeconds(4);
    private static final String UNIQUE_VIOLATION = "23505";

    private final TierSpace space;
    private final RollupMetrics metrics;
    private Duration piece = SHORTEST;
    private boolean replace;

    Rollup(TierSpace space, RollupMetrics metrics) {
        this.space = space;
        this.metrics = metrics;
    }

    private record Piece(boolean hour, Instant from, Instant until) {}

    /** Does one piece; false where there is none, or another aggregator is at the tiers. */
    boolean run(RollupSession session) throws SQLException {
        Connection connection = session.connection();
        Optional<Piece> next = Marks.read(connection).flatMap(this::next);
        connection.rollback();
        if (next.isEmpty()) {
            return false;
        }
        Piece work = next.get();
        space.make(connection, work.from(), work.until());
        if (!session.fence()) {
            return false;
        }
        if (!Marks.read(connection).flatMap(this::next).equals(next)) {
            // Done by another meanwhile.
            connection.rollback();
            return false;
        }
        long begun = System.nanoTime();
        try {
            long rows = work.hour() ? hour(session, work) : minutes(session, work);
            connection.commit();
            (work.hour() ? metrics.hourRows : metrics.minuteRows).add(rows);
            replace = false;
        } catch (SQLException e) {
            piece = SHORTEST;
            // Rows that no mark tells of, such as of a backup put back in parts, must not stop it for ever.
            replace = UNIQUE_VIOLATION.equals(e.getSQLState());
            throw e;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        (work.hour() ? metrics.hourBusy : metrics.minuteBusy).add(took);
        if (!work.hour()) {
            pace(work, took);
        }
        return true;
    }

    private Optional<Piece> next(Marks marks) {
        Instant hour = marks.hoursUntil();
        Instant hourEnd = hour.plus(LONGEST);
        if (!marks.minutesUntil().isBefore(hourEnd)) {
            return Optional.of(new Piece(true, hour, hourEnd));
        }
        Instant from = marks.minutesUntil();
        if (!from.isBefore(marks.closedUntil())) {
            return Optional.empty();
        }
        Instant end = from.truncatedTo(ChronoUnit.HOURS).plus(LONGEST);
        Instant until = earliest(earliest(from.plus(piece), marks.closedUntil()), end);
        return Optional.of(new Piece(false, from, until));
    }

    private static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private long minutes(RollupSession session, Piece work) throws SQLException {
        long rows = 0;
        if (isMadeFromRaw(session, work)) {
            if (replace) {
                session.writer().deleteMinutes(work.from(), work.until(), Machines.ALL);
            }
            rows = session.writer().minutes(work.from(), work.until(), Machines.ALL);
        }
        Marks.rolledMinutes(session.connection(), work.until());
        return rows;
    }

    private long hour(RollupSession session, Piece work) throws SQLException {
        long rows = 0;
        if (isMadeFromRaw(session, work)) {
            if (replace) {
                session.writer().deleteHours(work.from(), work.until(), Machines.ALL);
            }
            rows = session.writer().hours(work.from(), work.until(), Machines.ALL);
        }
        Marks.rolledHours(session.connection(), work.until());
        return rows;
    }

    /** False where rows are there already and could not be made anew, since raw ones are gone: they stay as they are. */
    private boolean isMadeFromRaw(RollupSession session, Piece work) throws SQLException {
        return !replace || KeptRaw.lock(session.connection(), work.from().truncatedTo(ChronoUnit.HOURS));
    }

    private void pace(Piece work, Duration took) {
        if (took.compareTo(SLOW) > 0) {
            Duration half = piece.dividedBy(2).truncatedTo(ChronoUnit.MINUTES);
            piece = half.compareTo(SHORTEST) > 0 ? half : SHORTEST;
        } else if (took.compareTo(QUICK) < 0
                && Duration.between(work.from(), work.until()).equals(piece)) {
            Duration twice = piece.multipliedBy(2);
            piece = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
        }
    }
}

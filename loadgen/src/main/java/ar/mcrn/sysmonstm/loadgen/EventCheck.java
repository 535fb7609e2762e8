package ar.mcrn.sysmonstm.loadgen;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Map;

/** Holds the rows of {@code machine_event} of one machine against the events of its runs. */
final class EventCheck {

    private static final String TABLE = "machine_event";
    private static final String ROWS = """
            select run_id, event_sequence, kind, time, from_time, to_time, first_sequence, last_sequence, detail
            from machine_event where machine_id = ? order by run_id, event_sequence
            """;

    private final Connection connection;
    private final Findings found;

    EventCheck(Connection connection, Findings found) {
        this.connection = connection;
        this.found = found;
    }

    /** @param runs runs of this load run by the database's id */
    void check(int machine, String name, Map<Integer, RunCheck> runs, OtherRuns others) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ROWS)) {
            statement.setInt(1, machine);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    RunCheck run = runs.get(row.getInt(1));
                    if (run != null) {
                        check(row, run);
                    } else if (!others.told(row.getInt(1), millis(row, 4))) {
                        found.notIssued(
                                TABLE, name, "time=" + row.getTimestamp(4).toInstant() + ", another run");
                    }
                }
            }
        }
    }

    private void check(ResultSet row, RunCheck run) throws SQLException {
        found.eventRows++;
        long number = row.getLong(2);
        SentEvent sent = run.obligation.sentEvents().get(number);
        if (sent == null) {
            found.notIssued(TABLE, run.identity().machine().name(), "event=" + number);
        } else if (run.events.get((int) number)) {
            found.duplicate(TABLE, run.identity(), number, " (event)");
        } else {
            run.events.set((int) number);
            SentEvent stored = new SentEvent(
                    row.getString(3), millis(row, 4), millis(row, 5), millis(row, 6), row.getLong(7), row.getLong(8));
            if (!stored.equals(sent) || !row.getString(9).equals(sent.detail())) {
                found.different(
                        TABLE,
                        run.identity(),
                        number,
                        "stored=" + stored + " " + row.getString(9) + ", sent=" + sent + " " + sent.detail());
            }
        }
    }

    /** Unix milliseconds; 0 where there is none, -1 where it is between two. */
    private static long millis(ResultSet row, int column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        if (time == null) {
            return 0;
        }
        return time.getNanos() % 1_000_000 == 0 ? time.getTime() : -1;
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/**
 * Stores a batch of which every row is new, within the transaction of the caller: binary COPY into the tables themselves, which
 * spares the database what {@link StagedBatch} writes, reads and inserts once more. A single row that is there already makes all of
 * it fail with a unique violation.
 *
 * <p>Rows below the mark up to which minutes are closed make the hours of their machine dirty. A mark that is there already
 * is touched, so that a repair that looks for it waits for this transaction; one that a repair has just deleted is made anew.
 */
final class DirectBatch {
    private static final long MILLIS_PER_HOUR = 3_600_000L;

    private static final String MARK = "insert into rollup_dirty (machine_id, hour)"
            + " select machine_id, timestamptz 'epoch' + hour * interval '1 hour'"
            + " from unnest(?, ?) as dirty (machine_id, hour) order by 1, 2 on conflict (machine_id, hour) do update"
            + " set marks = rollup_dirty.marks + 1, last_marked_at = now()";

    private final Connection connection;
    private final BinaryCopy copy;

    DirectBatch(Connection connection, BinaryCopy copy) {
        this.connection = connection;
        this.copy = copy;
    }

    /**
     * Stores the samples of a range without committing.
     *
     * @param closedMillis what goes in below makes its hour dirty, Unix milliseconds
     */
    void store(RowBuffer buffer, int from, int to, long closedMillis) throws SQLException {
        for (RawTable table : RawTable.values()) {
            CopyStream rows = buffer.rows(table);
            long first = buffer.at(table, from);
            long end = buffer.at(table, to);
            if (rows.rowAt(first) < end) {
                long stored = copy.copy(table.table, table.columns, sink -> rows.write(first, end, sink));
                if (table == RawTable.HOSTS && stored != to - from) {
                    // A trigger leaves rows out: the batch is halved until they are known, and they are refused.
                    throw new SQLException(
                            "the database left out " + (to - from - stored) + " of " + (to - from) + " samples",
                            SqlFailure.RAISED);
                }
            }
        }
        if (buffer.hasOlder(from, to, closedMillis)) {
            mark(buffer, from, to, closedMillis);
        }
    }

    private void mark(RowBuffer buffer, int from, int to, long closedMillis) throws SQLException {
        record Dirty(int machine, int hour) {}
        Set<Dirty> marks = new HashSet<>();
        for (int row = from; row < to; row++) {
            long millis = buffer.endMillis(row);
            if (millis < closedMillis) {
                marks.add(new Dirty(buffer.machine(row), (int) Math.floorDiv(millis, MILLIS_PER_HOUR)));
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(MARK)) {
            statement.setObject(1, marks.stream().mapToInt(Dirty::machine).toArray());
            statement.setObject(2, marks.stream().mapToInt(Dirty::hour).toArray());
            statement.executeUpdate();
        }
    }
}

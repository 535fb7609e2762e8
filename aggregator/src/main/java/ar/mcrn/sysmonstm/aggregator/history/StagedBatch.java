package ar.mcrn.sysmonstm.aggregator.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Stores a batch of which rows may be there already, within the transaction of the caller: binary COPY into temporary
 * tables, then one insert per table, each sorted by its key, so that two such batches of two aggregators cannot deadlock on rows.
 *
 * <p>A row of the same machine and stamp makes an insert skip the new one. Fewer rows in than staged is the sign to look:
 * same run and sequence is a duplicate, anything else a collision, whose device rows stay out as well. Device rows of a
 * duplicate are there already, by the same transaction that stored its host row, and are skipped by their own key.
 *
 * <p>Rows that go in below the mark up to which minutes are closed make the hours of their machine dirty, in the same
 * statement. A mark that is there already is touched, so that a repair that looks for it waits for this transaction; one that
 * a repair has just deleted is made anew.
 */
final class StagedBatch {
    private static final int[] NONE = {};

    private static final List<RawTable> DEVICES = List.of(RawTable.DISKS, RawTable.INTERFACES, RawTable.FILESYSTEMS);
    private static final String INSERT_HOSTS = insert(RawTable.HOSTS, "order by machine_id, time, sequence");
    private static final String DEVICES_OF_SAMPLES = "where not ordinal = any(?) order by machine_id, time, device_id";
    /** Follows an insert within {@code with stored as (}. */
    private static final String MARKING = """
             returning machine_id, time),
            marked as (
                insert into rollup_dirty (machine_id, hour)
                select distinct machine_id, date_bin('1 hour', time, timestamptz 'epoch') as hour
                from stored
                where time < timestamptz 'epoch' + ? * interval '1 millisecond'
                order by machine_id, hour
                on conflict (machine_id, hour) do update set marks = rollup_dirty.marks + 1, last_marked_at = now()
                where rollup_dirty.xmin <> pg_current_xact_id()::xid
            )
            select count(*) from stored""";
    // By index for each staged row; a join would be free to read whole partitions.
    private static final String COLLISIONS = """
            select staged.ordinal
            from host_stage as staged
            cross join lateral (
                select there.run_id, there.sequence from host_sample as there
                where there.machine_id = staged.machine_id and there.time = staged.time
                limit 1
            ) as stored
            where stored.run_id <> staged.run_id or stored.sequence <> staged.sequence
            order by staged.ordinal""";

    private final Connection connection;
    private final BinaryCopy copy;

    /** On a connection on which {@link RawTable#makeStages} was called. */
    StagedBatch(Connection connection, BinaryCopy copy) {
        this.connection = connection;
        this.copy = copy;
    }

    /**
     * What became of a batch.
     *
     * @param stored host rows that went in
     * @param collided places in the buffer of samples whose stamp another sample has, ascending; the rest was stored already
     */
    record Result(int stored, int[] collided) {
        /** Of a batch of that many samples which all went in. */
        static Result all(int samples) {
            return new Result(samples, NONE);
        }
    }

    private static String insert(RawTable table, String from) {
        return "insert into " + table.table + " (" + table.columns + ") select " + table.columns + " from "
                + table.stage + " as staged " + from + " on conflict do nothing";
    }

    /**
     * Stores the samples of a range without committing.
     *
     * @param closedMillis what goes in below makes its hour dirty, Unix milliseconds
     */
    Result store(RowBuffer buffer, int from, int to, long closedMillis) throws SQLException {
        long closed = buffer.hasOlder(from, to, closedMillis) ? closedMillis : WriterMarks.NONE;
        stage(RawTable.HOSTS, buffer, from, to);
        int stored = insert(INSERT_HOSTS, NONE, closed);
        int[] collided = stored == to - from ? NONE : collisions();
        for (RawTable table : DEVICES) {
            if (stage(table, buffer, from, to)) {
                insert(insert(table, DEVICES_OF_SAMPLES), collided, closed);
            }
        }
        return new Result(stored, collided);
    }

    /** Returns whether there were any. */
    private boolean stage(RawTable table, RowBuffer buffer, int from, int to) throws SQLException {
        CopyStream rows = buffer.rows(table);
        if (rows.rowAt(buffer.at(table, from)) >= buffer.at(table, to)) {
            return false;
        }
        copy.copy(table.stage, "ordinal, " + table.columns, sink -> {
            for (int row = from; row < to; row++) {
                rows.writeNumbered(buffer.at(table, row), buffer.at(table, row + 1), row, sink);
            }
        });
        return true;
    }

    /** Returns how many went in. */
    private int insert(String insert, int[] collided, long closedMillis) throws SQLException {
        boolean marking = closedMillis != WriterMarks.NONE;
        try (PreparedStatement statement =
                connection.prepareStatement(marking ? "with stored as (" + insert + MARKING : insert)) {
            int parameter = 1;
            if (insert.contains("?")) {
                statement.setObject(parameter++, collided);
            }
            if (!marking) {
                return statement.executeUpdate();
            }
            statement.setLong(parameter, closedMillis);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private int[] collisions() throws SQLException {
        List<Integer> ordinals = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COLLISIONS)) {
            while (row.next()) {
                ordinals.add(row.getInt(1));
            }
        }
        return ordinals.stream().mapToInt(Integer::intValue).toArray();
    }
}

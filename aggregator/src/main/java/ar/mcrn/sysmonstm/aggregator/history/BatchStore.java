package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * Stores one batch within the transaction of the caller: binary COPY into temporary tables, then one insert per table in
 * fixed order, each sorted by its key, so that two aggregators cannot deadlock on rows.
 *
 * <p>A row of the same machine and stamp makes an insert skip the new one. Fewer rows in than staged is the sign to look:
 * same run and sequence is a duplicate, anything else a collision, whose device rows stay out as well. Device rows of a
 * duplicate are there already, by the same transaction that stored its host row, and are skipped by their own key.
 *
 * <p>Rows that go in below the mark up to which minutes are closed make the hours of their machine dirty, in the same
 * statement. A mark that is there already is touched, so that a repair that looks for it waits for this transaction; one that
 * a repair has just deleted is made anew.
 */
final class BatchStore {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};
    private static final int[] NONE = {};

    private static final String HOST_COLUMNS =
            "machine_id, time, run_id, sequence, duration_millis, late, " + names(HostColumn.ALL) + ", core_load";
    private static final String DEVICE_COLUMNS = "machine_id, device_id, time, duration_millis, ";

    private static final Child DISKS = new Child("disk_sample", "disk_stage", names(DiskColumn.ALL));
    private static final Child INTERFACES = new Child("nic_sample", "nic_stage", names(InterfaceColumn.ALL));
    private static final Child FILESYSTEMS = new Child("fs_sample", "fs_stage", names(FilesystemColumn.ALL));

    private static final String INSERT_HOSTS = "insert into host_sample (" + HOST_COLUMNS + ") select " + HOST_COLUMNS
            + " from host_stage order by machine_id, time, sequence on conflict do nothing";
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
    private final CopyManager copy;

    /** On a connection on which {@link #makeStages} was called. */
    BatchStore(Connection connection) throws SQLException {
        this.connection = connection;
        this.copy = connection.unwrap(PGConnection.class).getCopyAPI();
    }

    /**
     * What became of a batch.
     *
     * @param stored host rows that went in
     * @param collided places in the buffer of samples whose stamp another sample has, ascending; the rest was stored already
     */
    record Result(int stored, int[] collided) {}

    private record Child(String table, String stage, String columns, String insert) {
        Child(String table, String stage, String columns) {
            String all = DEVICE_COLUMNS + columns;
            this(
                    table,
                    stage,
                    columns,
                    "insert into " + table + " (" + all + ") select " + all + " from " + stage
                            + " where not ordinal = any(?) order by machine_id, time, device_id on conflict do"
                            + " nothing");
        }
    }

    private static String names(List<? extends Column> columns) {
        return columns.stream().map(Column::column).collect(Collectors.joining(", "));
    }

    /** Makes the temporary tables, once per connection. */
    static void makeStages(Statement statement) throws SQLException {
        makeStage(statement, "host_stage", "host_sample");
        for (Child child : List.of(DISKS, INTERFACES, FILESYSTEMS)) {
            makeStage(statement, child.stage, child.table);
        }
    }

    private static void makeStage(Statement statement, String stage, String table) throws SQLException {
        // A pooled connection may have one of an older schema.
        statement.execute("drop table if exists pg_temp." + stage);
        statement.execute("create temporary table " + stage + " (ordinal integer not null, like " + table
                + " including storage) on commit delete rows");
    }

    /**
     * Stores the samples of a range without committing.
     *
     * @param closedMillis what goes in below makes its hour dirty, Unix milliseconds
     */
    Result store(RowBuffer buffer, int from, int to, long closedMillis) throws SQLException {
        boolean late = buffer.hasOlder(from, to, closedMillis);
        copy("host_stage", "ordinal, " + HOST_COLUMNS, buffer.host, buffer.hostAt(from), buffer.hostAt(to));
        int stored = late ? insertMarking(INSERT_HOSTS, NONE, closedMillis) : insertHosts();
        int[] collided = stored == to - from ? NONE : collisions();
        long closed = late ? closedMillis : WriterMarks.NONE;
        store(DISKS, buffer.disks, buffer.disksAt(from), buffer.disksAt(to), collided, closed);
        store(INTERFACES, buffer.interfaces, buffer.interfacesAt(from), buffer.interfacesAt(to), collided, closed);
        store(FILESYSTEMS, buffer.filesystems, buffer.filesystemsAt(from), buffer.filesystemsAt(to), collided, closed);
        return new Result(stored, collided);
    }

    private int insertHosts() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(INSERT_HOSTS);
        }
    }

    private void store(Child child, CopyStream rows, long from, long to, int[] collided, long closedMillis)
            throws SQLException {
        if (copy(child.stage, "ordinal, " + DEVICE_COLUMNS + child.columns, rows, from, to) == 0) {
            return;
        }
        if (closedMillis != WriterMarks.NONE) {
            insertMarking(child.insert, collided, closedMillis);
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(child.insert)) {
            insert.setObject(1, collided);
            insert.executeUpdate();
        }
    }

    /** Returns how many went in. */
    private int insertMarking(String insert, int[] collided, long closedMillis) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("with stored as (" + insert + MARKING)) {
            int parameter = 1;
            if (insert.contains("?")) {
                statement.setObject(parameter++, collided);
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

    private long copy(String stage, String columns, CopyStream rows, long from, long to) throws SQLException {
        if (rows.rowAt(from) >= to) {
            return 0;
        }
        CopyIn in = copy.copyIn("copy " + stage + " (" + columns + ") from stdin (format binary)");
        try {
            in.writeToCopy(HEADER, 0, HEADER.length);
            rows.write(from, to, in::writeToCopy);
            in.writeToCopy(TRAILER, 0, TRAILER.length);
            return in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** The tables that a batch goes into, in the order in which every writer fills them. */
enum RawTable {
    HOSTS(
            "host_sample",
            "host_stage",
            "machine_id, time, run_id, sequence, duration_millis, late, " + names(HostColumn.ALL) + ", core_load"),
    DISKS("disk_sample", "disk_stage", device(DiskColumn.ALL)),
    INTERFACES("nic_sample", "nic_stage", device(InterfaceColumn.ALL)),
    FILESYSTEMS("fs_sample", "fs_stage", device(FilesystemColumn.ALL));

    /** Its name. */
    final String table;
    /** Temporary table of the same columns behind {@code ordinal}, the place of the row's sample in its buffer. */
    final String stage;
    /** Columns in the order in which {@link RowEncoder} writes them. */
    final String columns;

    RawTable(String table, String stage, String columns) {
        this.table = table;
        this.stage = stage;
        this.columns = columns;
    }

    private static String device(List<? extends Column> columns) {
        return "machine_id, device_id, time, duration_millis, " + names(columns);
    }

    private static String names(List<? extends Column> columns) {
        return columns.stream().map(Column::column).collect(Collectors.joining(", "));
    }

    /** Makes the temporary tables, once per connection. */
    static void makeStages(Statement statement) throws SQLException {
        for (RawTable each : values()) {
            // A pooled connection may have one of an older schema.
            statement.execute("drop table if exists pg_temp." + each.stage);
            statement.execute("create temporary table " + each.stage + " (ordinal integer not null, like " + each.table
                    + " including storage) on commit delete rows");
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Holds the device rows of one machine against the closed intervals of its samples. A device row names no run: its sample
 * is the one with its stamp, which {@code host_sample} must hold.
 */
final class DeviceCheck {

    /** The tables of closed device intervals. */
    enum DeviceTable {
        DISK("disk_sample", "disk", SignalModel.DISKS),
        INTERFACE("nic_sample", "interface", SignalModel.INTERFACES),
        FILESYSTEM("fs_sample", "filesystem", SignalModel.FILESYSTEMS);

        private final String table;
        private final String kind;
        private final int devices;

        DeviceTable(String table, String kind, int devices) {
            this.table = table;
            this.kind = kind;
            this.devices = devices;
        }

        String table() {
            return table;
        }

        int devices() {
            return devices;
        }

        String device(int device) {
            return switch (this) {
                case DISK -> SignalModel.diskName(device);
                case INTERFACE -> SignalModel.interfaceName(device);
                case FILESYSTEM -> SignalModel.mountpoint(device);
            };
        }

        private List<? extends Column> columns() {
            List<? extends Column> all = switch (this) {
                case DISK -> DiskColumn.ALL;
                case INTERFACE -> InterfaceColumn.ALL;
                case FILESYSTEM -> FilesystemColumn.ALL;
            };
            return all.stream().filter(Column::stored).toList();
        }

        boolean closes(SignalModel signals, long sequence) {
            return this == FILESYSTEM ? signals.closesFilesystems(sequence) : signals.closesDevices(sequence);
        }

        private int durationMillis(SignalModel signals, long sequence) {
            return this == FILESYSTEM ? signals.filesystemMillis(sequence) : signals.deviceMillis(sequence);
        }

        private long[] values(SignalModel signals, int device, long sequence) {
            return switch (this) {
                case DISK -> signals.diskInterval(device, sequence);
                case INTERFACE -> signals.networkInterval(device, sequence);
                case FILESYSTEM -> signals.filesystem(device, sequence);
            };
        }

        private String rows() {
            return "select device_id, time, duration_millis, "
                    + columns().stream().map(Column::column).collect(Collectors.joining(", "))
                    + " from " + table + " where machine_id = ? order by time, device_id";
        }
    }

    private final Connection connection;
    private final int machine;
    private final String name;
    private final List<RunCheck> runs;
    private final Findings found;
    private final int fetch;

    DeviceCheck(Connection connection, int machine, String name, List<RunCheck> runs, Findings found, int fetch) {
        this.connection = connection;
        this.machine = machine;
        this.name = name;
        this.runs = runs;
        this.found = found;
        this.fetch = fetch;
    }

    /** @param others has seen the samples of the machine */
    void check(DeviceTable table, OtherRuns others) throws SQLException {
        Map<Integer, Integer> devices = devices(table);
        List<? extends Column> columns = table.columns();
        try (PreparedStatement statement = connection.prepareStatement(table.rows())) {
            statement.setFetchSize(fetch);
            statement.setInt(1, machine);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Timestamp time = row.getTimestamp(2);
                    Integer device = devices.get(row.getInt(1));
                    RunCheck run = device == null ? null : sender(table, time);
                    if (run != null) {
                        check(table, columns, row, run, device, run.identity().sequenceAt(time.getTime()));
                    } else if (!others.sampled(time.getTime())) {
                        found.notIssued(table.table, name, "time=" + time.toInstant() + ", device_id=" + row.getInt(1));
                    }
                }
            }
        }
    }

    /** Positions of the devices of this kind in the inventory, by id; those of other names are in no inventory of ours. */
    private Map<Integer, Integer> devices(DeviceTable table) throws SQLException {
        Map<Integer, Integer> devices = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select device_id, name from device where machine_id = ? and kind = ?")) {
            statement.setInt(1, machine);
            statement.setString(2, table.kind);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    for (int i = 0; i < table.devices; i++) {
                        if (table.device(i).equals(row.getString(2))) {
                            devices.put(row.getInt(1), i);
                        }
                    }
                }
            }
        }
        return devices;
    }

    /** The run with a stored sample of this stamp that closes such intervals; null = none. */
    private RunCheck sender(DeviceTable table, Timestamp time) {
        for (RunCheck run : runs) {
            long sequence = run.identity().sequenceAt(time.getTime());
            if (run.isIssued(sequence)
                    && DeliveryOracle.isStamp(time, run.identity().stampMillis(sequence))
                    && run.stored.get((int) sequence)
                    && table.closes(run.identity().signals(), sequence)) {
                return run;
            }
        }
        return null;
    }

    private void check(
            DeviceTable table, List<? extends Column> columns, ResultSet row, RunCheck run, int device, long sequence)
            throws SQLException {
        found.deviceRows++;
        String where = "device=" + table.device(device);
        if (run.devices.get(table)[device].get((int) sequence)) {
            found.duplicate(table.table, run.identity(), sequence, ", " + where);
            return;
        }
        run.devices.get(table)[device].set((int) sequence);
        SignalModel signals = run.identity().signals();
        int duration = table.durationMillis(signals, sequence);
        String difference = row.getInt(3) == duration
                ? DeliveryOracle.difference(row, 4, columns, -1L, table.values(signals, device, sequence))
                : "column=duration_millis, stored=" + row.getInt(3) + ", sent=" + duration;
        if (difference != null) {
            run.wrong.set((int) sequence);
            found.different(table.table, run.identity(), sequence, where + ", " + difference);
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeSet;

/**
 * Finds or makes the integers that the database uses for machines, runs and devices. Many inventories at a time, three looks
 * and at most three inserts in all, in a transaction of its own; sorted, so that two aggregators cannot deadlock.
 */
final class IdResolver {
    private static final String MACHINES = "select machine_id, name from machine where name = any(?)";
    private static final String MACHINES_NEW =
            "insert into machine (name) select n from unnest(?) as n order by n on conflict do nothing";
    private static final String RUNS = """
            select machine_id, run, run_id
            from run join unnest(?, ?) as wanted (machine_id, run) using (machine_id, run)""";
    private static final String RUNS_NEW = """
            insert into run (machine_id, run)
            select m, r from unnest(?, ?) as wanted (m, r) order by m, r on conflict do nothing""";
    private static final String DEVICES = """
            select machine_id, kind, name, device_id
            from device join unnest(?, ?, ?) as wanted (machine_id, kind, name) using (machine_id, kind, name)""";
    private static final String DEVICES_NEW = """
            insert into device (machine_id, kind, name)
            select m, k, n from unnest(?, ?, ?) as wanted (m, k, n) order by m, k, n on conflict do nothing""";

    private static final String DISK = "disk";
    private static final String INTERFACE = "interface";
    private static final String FILESYSTEM = "filesystem";

    private final Connection connection;
    private final long installation;

    /**
     * On a connection in a transaction.
     *
     * @param installation which database it is
     */
    IdResolver(Connection connection, long installation) {
        this.connection = connection;
        this.installation = installation;
    }

    /** A run of a machine. */
    record Run(String machine, long run) {}

    /** Its ids. */
    record RunIds(int machine, int run) {}

    private record RunKey(int machine, long run) implements Comparable<RunKey> {
        @Override
        public int compareTo(RunKey other) {
            int byMachine = Integer.compare(machine, other.machine);
            return byMachine != 0 ? byMachine : Long.compare(run, other.run);
        }
    }

    private record DeviceKey(int machine, String kind, String name) {}

    /** Resolves inventories, commits, and then attaches the ids to them. */
    void resolve(Collection<MachineInventory> inventories) throws SQLException {
        List<Run> wanted = inventories.stream()
                .map(inventory -> new Run(inventory.machine().value(), inventory.run()))
                .toList();
        Map<Run, RunIds> runs = runs(wanted);
        Map<DeviceKey, Integer> devices = new HashMap<>();
        for (MachineInventory each : inventories) {
            int machine = runs.get(new Run(each.machine().value(), each.run())).machine();
            Inventory inventory = each.inventory();
            for (Disk disk : inventory.getDisksList()) {
                devices.put(new DeviceKey(machine, DISK, disk.getName()), null);
            }
            for (NetworkInterface nic : inventory.getInterfacesList()) {
                devices.put(new DeviceKey(machine, INTERFACE, nic.getName()), null);
            }
            for (Filesystem filesystem : inventory.getFilesystemsList()) {
                devices.put(new DeviceKey(machine, FILESYSTEM, filesystem.getMountpoint()), null);
            }
        }
        devices(devices);
        connection.commit();
        for (MachineInventory each : inventories) {
            RunIds ids = runs.get(new Run(each.machine().value(), each.run()));
            each.historyIds().set(ids(each.inventory(), ids, devices));
        }
    }

    private HistoryIds ids(Inventory inventory, RunIds ids, Map<DeviceKey, Integer> devices) {
        int machine = ids.machine();
        return new HistoryIds(
                installation,
                machine,
                ids.run(),
                inventory.getDisksList().stream()
                        .mapToInt(disk -> devices.get(new DeviceKey(machine, DISK, disk.getName())))
                        .toArray(),
                inventory.getInterfacesList().stream()
                        .mapToInt(nic -> devices.get(new DeviceKey(machine, INTERFACE, nic.getName())))
                        .toArray(),
                inventory.getFilesystemsList().stream()
                        .mapToInt(mount -> devices.get(new DeviceKey(machine, FILESYSTEM, mount.getMountpoint())))
                        .toArray());
    }

    /** Resolves runs without committing. */
    Map<Run, RunIds> runs(Collection<Run> wanted) throws SQLException {
        Map<String, Integer> machines = machines(wanted);
        TreeSet<RunKey> keys = new TreeSet<>();
        for (Run run : wanted) {
            keys.add(new RunKey(machines.get(run.machine()), run.run()));
        }
        Map<RunKey, Integer> found = new HashMap<>();
        findRuns(keys, found);
        TreeSet<RunKey> missing = new TreeSet<>(keys);
        missing.removeAll(found.keySet());
        if (!missing.isEmpty()) {
            try (PreparedStatement insert = connection.prepareStatement(RUNS_NEW)) {
                setRuns(insert, missing);
                insert.executeUpdate();
            }
            findRuns(missing, found);
        }
        Map<Run, RunIds> result = new HashMap<>();
        for (Run run : wanted) {
            int machine = machines.get(run.machine());
            result.put(run, new RunIds(machine, found.get(new RunKey(machine, run.run()))));
        }
        return result;
    }

    private void findRuns(SequencedSet<RunKey> keys, Map<RunKey, Integer> found) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(RUNS)) {
            setRuns(select, keys);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.put(new RunKey(row.getInt(1), row.getLong(2)), row.getInt(3));
                }
            }
        }
    }

    private void setRuns(PreparedStatement statement, SequencedSet<RunKey> keys) throws SQLException {
        array(statement, 1, "int4", keys.stream().map(RunKey::machine).toArray());
        array(statement, 2, "int8", keys.stream().map(RunKey::run).toArray());
    }

    private Map<String, Integer> machines(Collection<Run> wanted) throws SQLException {
        TreeSet<String> names = new TreeSet<>();
        wanted.forEach(run -> names.add(run.machine()));
        Map<String, Integer> found = new HashMap<>();
        findMachines(names, found);
        TreeSet<String> missing = new TreeSet<>(names);
        missing.removeAll(found.keySet());
        if (!missing.isEmpty()) {
            try (PreparedStatement insert = connection.prepareStatement(MACHINES_NEW)) {
                array(insert, 1, "text", missing.toArray());
                insert.executeUpdate();
            }
            findMachines(missing, found);
        }
        return found;
    }

    private void findMachines(SequencedSet<String> names, Map<String, Integer> found) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(MACHINES)) {
            array(select, 1, "text", names.toArray());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.put(row.getString(2), row.getInt(1));
                }
            }
        }
    }

    private void devices(Map<DeviceKey, Integer> devices) throws SQLException {
        if (devices.isEmpty()) {
            return;
        }
        List<DeviceKey> keys = new ArrayList<>(devices.keySet());
        findDevices(keys, devices);
        List<DeviceKey> missing =
                keys.stream().filter(key -> devices.get(key) == null).toList();
        if (!missing.isEmpty()) {
            try (PreparedStatement insert = connection.prepareStatement(DEVICES_NEW)) {
                setDevices(insert, missing);
                insert.executeUpdate();
            }
            findDevices(missing, devices);
        }
    }

    private void findDevices(List<DeviceKey> keys, Map<DeviceKey, Integer> devices) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(DEVICES)) {
            setDevices(select, keys);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    devices.put(new DeviceKey(row.getInt(1), row.getString(2), row.getString(3)), row.getInt(4));
                }
            }
        }
    }

    private void setDevices(PreparedStatement statement, List<DeviceKey> keys) throws SQLException {
        array(statement, 1, "int4", keys.stream().map(DeviceKey::machine).toArray());
        array(statement, 2, "text", keys.stream().map(DeviceKey::kind).toArray());
        array(statement, 3, "text", keys.stream().map(DeviceKey::name).toArray());
    }

    private void array(PreparedStatement statement, int index, String type, Object[] values) throws SQLException {
        statement.setArray(index, connection.createArrayOf(type, values));
    }
}

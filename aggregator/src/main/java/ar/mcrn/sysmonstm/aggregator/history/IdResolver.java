package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

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

    /** On a connection whose transactions hold the history lock. */
    IdResolver(Connection connection) {
        this.connection = connection;
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

    /**
     * Resolves inventories, commits, and then attaches the ids to them.
     *
     * @param space for which they are good, as this transaction found it
     */
    void resolve(Collection<MachineInventory> inventories, IdSpace space) throws SQLException {
        List<Run> wanted = inventories.stream()
                .map(inventory -> new Run(inventory.machine().value(), inventory.run()))
                .toList();
        Map<Run, RunIds> runs = runs(wanted);
        Map<DeviceKey, Integer> devices = new HashMap<>();
        for (MachineInventory inventory : inventories) {
            int machine = runs.get(new Run(inventory.machine().value(), inventory.run()))
                    .machine();
            each(inventory, (kind, name) -> devices.put(new DeviceKey(machine, kind, name), null));
        }
        devices(devices);
        connection.commit();
        for (MachineInventory inventory : inventories) {
            RunIds ids = runs.get(new Run(inventory.machine().value(), inventory.run()));
            inventory.historyIds().set(ids(inventory, space, ids, devices));
        }
    }

    private static HistoryIds ids(
            MachineInventory inventory, IdSpace space, RunIds ids, Map<DeviceKey, Integer> devices) {
        Map<String, List<Integer>> found =
                Map.of(DISK, new ArrayList<>(), INTERFACE, new ArrayList<>(), FILESYSTEM, new ArrayList<>());
        each(inventory, (kind, name) -> found.get(kind).add(devices.get(new DeviceKey(ids.machine(), kind, name))));
        return new HistoryIds(
                space,
                ids.machine(),
                ids.run(),
                array(found.get(DISK)),
                array(found.get(INTERFACE)),
                array(found.get(FILESYSTEM)));
    }

    private static int[] array(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Every device of an inventory, by kind, in the inventory's order. */
    private static void each(MachineInventory inventory, BiConsumer<String, String> device) {
        named(inventory.disks(), DISK, device);
        named(inventory.interfaces(), INTERFACE, device);
        named(inventory.filesystems(), FILESYSTEM, device);
    }

    /** A name that came before in the same list gets a number, so that the rows of both are kept. */
    private static void named(List<String> names, String kind, BiConsumer<String, String> device) {
        Set<String> used = new HashSet<>();
        for (String name : names) {
            String unique = name;
            for (int number = 2; !used.add(unique); number++) {
                unique = name + " (" + number + ')';
            }
            device.accept(kind, unique);
        }
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

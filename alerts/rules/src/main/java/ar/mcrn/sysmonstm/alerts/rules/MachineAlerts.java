package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.MachineId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Everything one evaluator knows of one machine: an instance per rule and series. Belongs to the evaluator's thread. Holds an
 * instance for each host column that a rule names and for each device that a rule covers; devices not heard of for
 * {@link #FORGET_MILLIS} go.
 */
public final class MachineAlerts {
    /** After this long without a closed interval a device is forgotten, milliseconds. */
    static final long FORGET_MILLIS = 3_600_000;

    /** Longer than this without a sample is a pause, after which missing values are awaited anew, milliseconds. */
    private static final long PAUSE_MILLIS = 60_000;

    private static final ColumnAlerts[] NOTHING = {};

    private final MachineId machine;
    private final Map<DeviceKind, Map<String, ColumnAlerts[]>> devices = new EnumMap<>(DeviceKind.class);
    private List<SeriesTest> tests = List.of();
    private ColumnAlerts[] host = NOTHING;
    private long run;
    private long lastMillis;
    private long sinceMillis;
    private boolean fresh;

    MachineAlerts(MachineId machine, List<SeriesTest> all) {
        this.machine = machine;
        for (DeviceKind kind : DeviceKind.values()) {
            devices.put(kind, new HashMap<>());
        }
        compile(all);
    }

    private void compile(List<SeriesTest> all) {
        tests = all.stream().filter(t -> t.rule.machines().matches(machine)).toList();
        host = ColumnAlerts.group(tests.stream()
                .filter(SeriesTest::ofHost)
                .map(test -> new AlertInstance(test, test.series("")))
                .toList());
        devices.values().forEach(Map::clear);
    }

    /** Puts other rules in force; states of the same rule and series go on. Returns the instances that have no successor. */
    List<AlertInstance> recompile(List<SeriesTest> all) {
        List<AlertInstance> before = new ArrayList<>();
        Map<DeviceKind, List<String>> names = new EnumMap<>(DeviceKind.class);
        forEach(before::add);
        devices.forEach((kind, byName) -> names.put(kind, List.copyOf(byName.keySet())));
        compile(all);
        names.forEach((kind, known) -> known.forEach(name -> ofDevice(kind, name)));
        Map<String, AlertInstance> now = new HashMap<>();
        forEach(instance -> now.put(key(instance), instance));
        before.removeIf(old -> {
            AlertInstance successor = now.get(key(old));
            if (successor != null) {
                successor.continueFrom(old);
            }
            return successor != null;
        });
        return before;
    }

    private static String key(AlertInstance instance) {
        return instance.test.rule.name() + '\n' + instance.series;
    }

    ColumnAlerts[] ofHost() {
        return host;
    }

    /** Allocates only where the device is heard of for the first time. */
    ColumnAlerts[] ofDevice(DeviceKind kind, String name) {
        Map<String, ColumnAlerts[]> byName = devices.get(kind);
        ColumnAlerts[] known = byName.get(name);
        if (known == null) {
            known = ColumnAlerts.group(tests.stream()
                    .filter(test -> test.covers(kind, name))
                    .map(test -> new AlertInstance(test, test.series(name)))
                    .toList());
            byName.put(name, known);
        }
        return known;
    }

    /** Every instance, which may be changed. */
    void forEach(Consumer<AlertInstance> action) {
        forEachColumn(column -> {
            column.settle();
            for (AlertInstance instance : column.instances) {
                action.accept(instance);
            }
        });
    }

    /** The pending and firing instances, which may be ended. */
    void forEachActive(Consumer<AlertInstance> action) {
        forEachColumn(column -> column.forEachActive(action));
    }

    private void forEachColumn(Consumer<ColumnAlerts> action) {
        for (ColumnAlerts column : host) {
            action.accept(column);
        }
        for (Map<String, ColumnAlerts[]> byName : devices.values()) {
            for (ColumnAlerts[] columns : byName.values()) {
                for (ColumnAlerts column : columns) {
                    action.accept(column);
                }
            }
        }
    }

    /** Lets go of devices without an active instance and without news. */
    void forgetDevices() {
        for (Map<String, ColumnAlerts[]> byName : devices.values()) {
            for (Iterator<ColumnAlerts[]> each = byName.values().iterator(); each.hasNext(); ) {
                boolean[] keep = new boolean[1];
                for (ColumnAlerts column : each.next()) {
                    keep[0] |= lastMillis - column.lastMillis() < FORGET_MILLIS;
                    column.forEachActive(_ -> keep[0] = true);
                }
                if (!keep[0]) {
                    each.remove();
                }
            }
        }
    }

    /** Finds by rule and series; looks among all instances, for rare use. */
    AlertInstance find(String rule, String series) {
        AlertInstance[] found = new AlertInstance[1];
        forEach(instance -> {
            if (instance.test.rule.name().equals(rule) && instance.series.equals(series)) {
                found[0] = instance;
            }
        });
        return found[0];
    }

    List<SeriesTest> tests() {
        return tests;
    }

    /** Marks a sample; true where it belongs to another run and lies before what was seen. */
    boolean begin(long sampleRun, long endMillis) {
        boolean back = sampleRun != run && endMillis <= lastMillis;
        run = sampleRun;
        if (back || endMillis - lastMillis > PAUSE_MILLIS) {
            sinceMillis = endMillis;
        }
        if (back || endMillis > lastMillis) {
            lastMillis = endMillis;
        }
        fresh = true;
        return back;
    }

    /** How long an instance has had no value while the machine sent, milliseconds. */
    long missingMillis(AlertInstance instance) {
        return lastMillis - Math.max(instance.lastMillis(), sinceMillis);
    }

    /** What was taken over just now is awaited from the newest sample on. */
    void awaitAnew() {
        sinceMillis = lastMillis;
    }

    /** Whether a sample came since the last call. */
    boolean takeFresh() {
        boolean was = fresh;
        fresh = false;
        return was;
    }

    /** Which machine. */
    public MachineId machine() {
        return machine;
    }

    /** End stamp of its newest sample, Unix milliseconds; 0 before the first. */
    public long lastMillis() {
        return lastMillis;
    }
}

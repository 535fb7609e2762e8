package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.core.MachineState;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.api.hot.LiveMachine;
import ar.mcrn.sysmonstm.api.hot.LiveProcesses;
import ar.mcrn.sysmonstm.api.hot.SeriesTable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * All clients with an equal subscription, and the values they were last told: the baseline. A flush compares the fleet with
 * the baseline, moves it, and gives the changes; every client that is told them, or told them later, is at the baseline
 * again. A snapshot shows the baseline too, never the fleet: so no change can fall between snapshot and delta. Belongs to
 * the feed's thread.
 */
final class LiveGroup {
    private static final double EARLY = 0.8; // agents tick with a little jitter: an update slightly early is on time

    final LiveSubscription subscription;
    final Set<LiveClient> clients = new LinkedHashSet<>();
    private final Visibility visibility;
    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private final Map<SeriesTable, int[]> picks = new HashMap<>();
    private final Set<String> waiting = new LinkedHashSet<>();
    private final Set<String> inventories = new LinkedHashSet<>();
    private final Set<String> removed = new LinkedHashSet<>();
    private final long leastNanos;

    LiveGroup(LiveSubscription subscription, LiveFleet fleet) {
        this.subscription = subscription;
        this.visibility = subscription.visibility();
        this.leastNanos = (long) (TimeUnit.MILLISECONDS.toNanos(subscription.intervalMillis()) * EARLY);
        fleet.machines().forEach(machine -> waiting.add(machine.id()));
    }

    /** Notes what changed in the fleet since the last call. */
    void changed(LiveFleet.Changes changes) {
        waiting.addAll(changes.machines());
        inventories.addAll(changes.inventories());
        for (String id : changes.removed()) {
            waiting.remove(id);
            inventories.remove(id);
            removed.add(id);
        }
    }

    /** Whether a machine waits for its time to be told again. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /**
     * Moves the baseline to the fleet and says what changed.
     *
     * @param whole also machines whose interval has not passed: before a snapshot
     */
    MissedChanges flush(LiveFleet fleet, long nowNanos, boolean whole) {
        MissedChanges changes = new MissedChanges();
        for (Iterator<String> each = waiting.iterator(); each.hasNext(); ) {
            String id = each.next();
            Optional<LiveMachine> machine = fleet.machine(id);
            if (machine.isEmpty() || !isWatched(id)) {
                each.remove();
                continue;
            }
            Watched known = watched.get(id);
            boolean due = whole
                    || known == null
                    || known.state != machine.get().state()
                    || nowNanos - known.toldNanos >= leastNanos;
            if (due) {
                each.remove();
                move(machine.get(), known, changes, nowNanos);
            }
        }
        for (String id : removed) {
            if (watched.remove(id) != null) {
                changes.removed.add(id);
            }
        }
        inventories.stream().filter(watched::containsKey).forEach(changes.inventories::add);
        removed.clear();
        inventories.clear();
        return changes;
    }

    private boolean isWatched(String id) {
        Optional<String> shown = visibility.name(id);
        return shown.isPresent() && subscription.watches(shown.get());
    }

    private void move(LiveMachine machine, Watched known, MissedChanges changes, long nowNanos) {
        MissedChanges.OfMachine change = changes.of(machine.id());
        Watched now = known;
        if (now == null || now.table != machine.table()) {
            now = new Watched(visibility.name(machine.id()).orElseThrow(), machine.table(), picks(machine.table()));
            watched.put(machine.id(), now);
            change.state = true;
            if (known == null) {
                changes.inventories.add(machine.id());
            } else {
                changes.remade = true;
                change.series.set(0, now.picked.length);
                for (int number : known.picked) {
                    if (machine.table().number(known.table.key(number).toString()) < 0) {
                        change.vanished.add(known.table.jsonName(number));
                    }
                }
            }
        }
        now.move(machine, change, visibility, nowNanos);
        if (subscription.showsProcesses()
                && now.processes.time() != machine.processes().time()) {
            now.processes = machine.processes();
            change.processes = true;
        }
    }

    private int[] picks(SeriesTable table) {
        if (picks.size() > 2 * watched.size() + 64) {
            picks.clear(); // makes of the past; computed again where still in use
        }
        return picks.computeIfAbsent(table, _ -> {
            BitSet picked = new BitSet();
            for (int i = 0; i < table.size(); i++) {
                picked.set(i, subscription.fields().picks(table.key(i)) && visibility.shows(table.key(i)));
            }
            return picked.stream().toArray();
        });
    }

    Watched watched(String id) {
        return watched.get(id);
    }

    Map<String, Watched> watched() {
        return watched;
    }

    /** One machine as the group was last told. */
    static final class Watched {
        final String name;
        final SeriesTable table;
        final int[] picked;
        final double[] told;
        MachineState state = MachineState.DOWN;
        long time;
        long lastSeen;
        /** As told last: others have another time. */
        LiveProcesses processes = LiveProcesses.NONE;

        private long toldNanos;

        private Watched(String name, SeriesTable table, int[] picked) {
            this.name = name;
            this.table = table;
            this.picked = picked;
            this.told = new double[picked.length];
            Arrays.fill(told, Double.NaN);
        }

        private void move(LiveMachine machine, MissedChanges.OfMachine change, Visibility visibility, long nowNanos) {
            for (int i = 0; i < picked.length; i++) {
                double value = machine.values()[picked[i]];
                double shown = Double.isNaN(value) ? value : visibility.value(table.key(picked[i]), value);
                if (Double.compare(shown, told[i]) != 0) {
                    told[i] = shown;
                    change.series.set(i);
                }
            }
            change.state |= state != machine.state();
            state = machine.state();
            time = machine.time();
            lastSeen = machine.receivedMillis();
            toldNanos = nowNanos;
        }
    }
}

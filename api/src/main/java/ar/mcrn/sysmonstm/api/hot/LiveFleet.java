package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.api.core.MachineState;
import ar.mcrn.sysmonstm.contract.HotState.HotMachine;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.LiveInventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.LiveTick;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;

/**
 * Newest sample, make and state of every machine. One thread, the feed's, changes it and takes the changes; any thread
 * may read machines.
 *
 * <p>Time is ours: a machine's age counts from when its sample was heard here, so that an aggregator's clock cannot make
 * machines stale. Only what is read from hot state at start or after a break has the aggregator's stamp. While hot state is
 * away no machine is called down: nothing is known of it.
 *
 * <p>Bounded: at most 20,000 machines, further ones are counted and left out.
 */
public final class LiveFleet {
    /** Machines kept at most. */
    public static final int CAPACITY = 20_000;

    private static final long SLOW_MILLIS = 70_000;
    private static final long FORGET_MILLIS = 60_000;
    private static final int TABLES = 4_096;

    private final Map<String, LiveMachine> machines = new ConcurrentHashMap<>();
    private final Map<String, Sparkline> sparklines = new HashMap<>();
    private final Map<Inventory, SeriesTable> tables = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Inventory, SeriesTable> eldest) {
            return size() > TABLES;
        }
    };
    private Changes changes = new Changes();
    private boolean connected;
    private final LongAdder refused = new LongAdder();

    /** One machine; any thread. */
    public Optional<LiveMachine> machine(String id) {
        return Optional.ofNullable(machines.get(id));
    }

    /** All machines in no order; any thread. */
    public Collection<LiveMachine> machines() {
        return machines.values();
    }

    /** Machines left out because the fleet was full; any thread. */
    public long refused() {
        return refused.sum();
    }

    /** The last 5 minutes of a machine; empty where nothing was heard. */
    public Optional<Sparkline> sparkline(String id) {
        return Optional.ofNullable(sparklines.get(id));
    }

    /** Takes one tick of an aggregator. */
    public void apply(LiveTick tick, long nowMillis) {
        for (LiveInventory entry : tick.getInventoriesList()) {
            inventory(entry.getMachine(), entry.getInventory(), nowMillis);
        }
        for (LiveSample sample : tick.getSamplesList()) {
            sample(sample.getMachine(), sample, nowMillis);
        }
    }

    /** Takes what hot state holds of all machines: what is newer than known, and which are gone. */
    public void applyAll(Map<MachineId, HotMachine> all, long nowMillis) {
        Set<String> held = HashSet.newHashSet(all.size());
        for (HotMachine hot : all.values()) {
            String id = hot.machine().value();
            held.add(id);
            LiveMachine known = machines.get(id);
            if (known != null && known.receivedMillis() >= hot.lastSeenMillis()) {
                if (known.inventory().equals(Inventory.getDefaultInstance())) {
                    hot.inventory().ifPresent(made -> inventory(id, made, nowMillis));
                }
                continue;
            }
            long heard = Math.min(hot.lastSeenMillis(), nowMillis);
            hot.inventory().ifPresent(made -> inventory(id, made, heard));
            if (hot.sample().isPresent()) {
                sample(id, hot.sample().get(), heard);
            } else {
                put(seen(machineOrNew(id), hot.lastSeenMillis(), heard));
            }
        }
        for (Iterator<LiveMachine> each = machines.values().iterator(); each.hasNext(); ) {
            LiveMachine machine = each.next();
            if (!held.contains(machine.id()) && nowMillis - machine.heardMillis() > FORGET_MILLIS) {
                each.remove();
                sparklines.remove(machine.id());
                changes.forget(machine.id());
            }
        }
        refresh(nowMillis);
    }

    /** Whether samples can be heard now. */
    public void connected(boolean now) {
        connected = now;
    }

    /** Finds the states that changed by the passing of time. */
    public void refresh(long nowMillis) {
        // Not replaceAll, which takes a lock for each machine, and nearly none changes.
        machines.forEach((id, machine) -> {
            MachineState now = state(machine, nowMillis);
            if (now != machine.state()) {
                changes.machines.add(id);
                machines.put(id, machine.withState(now));
            }
        });
    }

    private MachineState state(LiveMachine machine, long nowMillis) {
        MachineState by = MachineState.of(nowMillis - machine.heardMillis(), machine.intervalMillis());
        boolean unknown = !connected && by == MachineState.DOWN && machine.state() != MachineState.DOWN;
        return unknown ? MachineState.STALE : by;
    }

    /** What changed since this was last called. */
    public Changes takeChanges() {
        if (changes.isEmpty()) {
            return Changes.NONE;
        }
        Changes taken = changes;
        changes = new Changes();
        return taken;
    }

    private void inventory(String id, Inventory made, long heardMillis) {
        LiveMachine known = machineOrNew(id);
        if (known.inventory().equals(made)) {
            return;
        }
        SeriesTable table = tables.computeIfAbsent(shape(made), SeriesTable::of);
        double[] values = new double[table.size()];
        for (int i = 0; i < values.length; i++) {
            int before = known.table().number(table.key(i).toString());
            values[i] = before < 0 ? Double.NaN : known.values()[before];
        }
        put(new LiveMachine(
                id,
                table,
                values,
                known.time(),
                known.durationMillis(),
                known.slowTime(),
                known.temperatureTime(),
                known.receivedMillis(),
                known.heardMillis() == 0 ? heardMillis : known.heardMillis(),
                known.intervalMillis(),
                made,
                known.state(),
                known.processes()));
        changes.inventories.add(id);
    }

    private void sample(String id, LiveSample live, long heardMillis) {
        LiveMachine known = machineOrNew(id);
        if (live.getReceivedMillis() < known.receivedMillis()) {
            return; // two aggregators or a read of hot state: an older one came later
        }
        boolean devices =
                known.inventory().getRun() == live.getRun() && known.inventory().getNumber() == live.getInventory();
        double[] values = known.table().values(live.getSample(), devices);
        long end = live.getSample().getEndMillis();
        long slow = holdFilesystems(known, values, end) ? known.slowTime() : end;
        long temperatures = holdTemperatures(known, values, end) ? known.temperatureTime() : end;
        LiveMachine now = new LiveMachine(
                id,
                known.table(),
                values,
                end,
                live.getSample().getDurationMillis(),
                slow,
                temperatures,
                live.getReceivedMillis(),
                heardMillis,
                live.getIntervalMillis(),
                known.inventory(),
                MachineState.UP,
                LiveProcesses.of(live.getSample(), known.processes()));
        put(now);
        if (machines.containsKey(id)) {
            sparklines.computeIfAbsent(id, _ -> new Sparkline()).add(now);
        }
    }

    /** Keeps values of file systems, which come every 10 s only; true where the sample brought none. */
    private static boolean holdFilesystems(LiveMachine known, double[] values, long end) {
        SeriesTable table = known.table();
        return hold(known, values, end - known.slowTime(), table::isOfFilesystem, table::isSlow);
    }

    /** The same for temperatures, which may come with another sample. */
    private static boolean holdTemperatures(LiveMachine known, double[] values, long end) {
        SeriesTable table = known.table();
        return hold(known, values, end - known.temperatureTime(), table::isTemperature, table::isTemperature);
    }

    private static boolean hold(
            LiveMachine known, double[] values, long ageMillis, IntPredicate brings, IntPredicate held) {
        boolean brought = false;
        for (int i = 0; i < values.length; i++) {
            brought |= !Double.isNaN(values[i]) && brings.test(i);
        }
        if (brought || known.values().length != values.length || ageMillis > SLOW_MILLIS) {
            return false;
        }
        for (int i = 0; i < values.length; i++) {
            // The fullest file system comes with every sample of an agent that knows it.
            if (held.test(i) && Double.isNaN(values[i])) {
                values[i] = known.values()[i];
            }
        }
        return true;
    }

    /** The parts of an inventory that make the table, so that machines of one make share one. */
    private static Inventory shape(Inventory made) {
        Inventory.Builder shape = Inventory.newBuilder().setLogicalCores(made.getLogicalCores());
        made.getDisksList().forEach(disk -> shape.addDisksBuilder().setName(disk.getName()));
        made.getInterfacesList().forEach(nic -> shape.addInterfacesBuilder().setName(nic.getName()));
        made.getFilesystemsList()
                .forEach(filesystem -> shape.addFilesystemsBuilder().setMountpoint(filesystem.getMountpoint()));
        shape.addAllSensors(made.getSensorsList());
        return shape.build();
    }

    private LiveMachine machineOrNew(String id) {
        LiveMachine known = machines.get(id);
        if (known != null) {
            return known;
        }
        double[] none = new double[SeriesTable.HOST_ONLY.size()];
        Arrays.fill(none, Double.NaN);
        return new LiveMachine(
                id,
                SeriesTable.HOST_ONLY,
                none,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Inventory.getDefaultInstance(),
                MachineState.DOWN,
                LiveProcesses.NONE);
    }

    private static LiveMachine seen(LiveMachine machine, long lastSeen, long heard) {
        return new LiveMachine(
                machine.id(),
                machine.table(),
                machine.values(),
                machine.time(),
                machine.durationMillis(),
                machine.slowTime(),
                machine.temperatureTime(),
                lastSeen,
                heard,
                machine.intervalMillis(),
                machine.inventory(),
                machine.state(),
                machine.processes());
    }

    private void put(LiveMachine machine) {
        if (machines.size() >= CAPACITY && !machines.containsKey(machine.id())) {
            refused.increment();
            return;
        }
        machines.put(machine.id(), machine);
        changes.removed.remove(machine.id());
        changes.machines.add(machine.id());
    }

    /** Machines that changed, by id. */
    public static final class Changes {
        private static final Changes NONE = new Changes();

        private final Set<String> machines = new LinkedHashSet<>();
        private final Set<String> inventories = new LinkedHashSet<>();
        private final Set<String> removed = new LinkedHashSet<>();

        private Changes() {}

        /** Those with new values, a new state or a new inventory. */
        public Set<String> machines() {
            return machines;
        }

        /** Those with a new inventory. */
        public Set<String> inventories() {
            return inventories;
        }

        /** Those that are no longer known. */
        public Set<String> removed() {
            return removed;
        }

        /** Whether nothing changed. */
        public boolean isEmpty() {
            return machines.isEmpty() && inventories.isEmpty() && removed.isEmpty();
        }

        private void forget(String id) {
            machines.remove(id);
            inventories.remove(id);
            removed.add(id);
        }
    }
}

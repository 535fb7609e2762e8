package ar.mcrn.sysmonstm.ops.runtime.inprocess;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.HotKeys;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Hot state of the single process: maps in memory, bounded by the number of machines. Always up. */
public final class InProcessHotState implements HotState {
    private final ConcurrentMap<MachineId, Newest> machines = new ConcurrentHashMap<>();
    private final ConcurrentMap<MachineId, byte[]> alertStates = new ConcurrentHashMap<>();
    private final InProcessEventBus bus;
    private final Clock clock;

    private record Newest(Optional<byte[]> sample, Optional<byte[]> inventory, long seenMillis) {}

    public InProcessHotState(InProcessEventBus bus) {
        this(bus, Clock.systemUTC());
    }

    InProcessHotState(InProcessEventBus bus, Clock clock) {
        this.bus = bus;
        this.clock = clock;
    }

    @Override
    public void write(List<Entry> entries, byte[] tick) {
        for (Entry entry : entries) {
            machines.compute(
                    entry.machine(),
                    (machine, before) -> new Newest(
                            Optional.of(entry.sample()),
                            entry.inventory().or(() -> before == null ? Optional.empty() : before.inventory()),
                            entry.receivedMillis()));
        }
        bus.publish(Channel.LIVE, tick);
    }

    @Override
    public void restore(SortedMap<MachineId, Long> seen) {
        seen.forEach((machine, millis) ->
                machines.putIfAbsent(machine, new Newest(Optional.empty(), Optional.empty(), millis)));
    }

    @Override
    public Optional<HotMachine> read(MachineId machine) throws BusException {
        Newest newest = machines.get(machine);
        return newest == null ? Optional.empty() : Optional.of(decode(machine, newest));
    }

    @Override
    public SortedMap<MachineId, HotMachine> readAll() throws BusException {
        SortedMap<MachineId, HotMachine> all = new TreeMap<>();
        for (var entry : machines.entrySet()) {
            all.put(entry.getKey(), decode(entry.getKey(), entry.getValue()));
        }
        return all;
    }

    private HotMachine decode(MachineId machine, Newest newest) throws BusException {
        try {
            boolean expired = clock.millis() - newest.seenMillis() > HotKeys.SAMPLE_TTL.toMillis();
            Optional<LiveSample> sample = expired || newest.sample().isEmpty()
                    ? Optional.empty()
                    : Optional.of(LiveSample.parseFrom(newest.sample().get()));
            Optional<Inventory> inventory = newest.inventory().isEmpty()
                    ? Optional.empty()
                    : Optional.of(Inventory.parseFrom(newest.inventory().get()));
            return new HotMachine(machine, newest.seenMillis(), sample, inventory);
        } catch (InvalidProtocolBufferException e) {
            throw new BusException("BUG: hot state cannot be read: machine=" + machine, e);
        }
    }

    @Override
    public SortedMap<MachineId, Long> lastSeen() {
        SortedMap<MachineId, Long> seen = new TreeMap<>();
        machines.forEach((machine, newest) -> seen.put(machine, newest.seenMillis()));
        return seen;
    }

    @Override
    public void writeAlertState(MachineId machine, byte[] state) {
        alertStates.put(machine, state);
    }

    @Override
    public Optional<byte[]> readAlertState(MachineId machine) {
        return Optional.ofNullable(alertStates.get(machine));
    }

    @Override
    public void remove(MachineId machine) {
        machines.remove(machine);
        alertStates.remove(machine);
    }

    @Override
    public boolean isUp() {
        return true;
    }

    @Override
    public void close() {}
}

package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.LiveTick;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** A hot state in memory that can be made slow, unreachable and empty. */
public final class RecordingHotState implements HotState {
    public final ConcurrentSkipListMap<MachineId, HotMachine> machines = new ConcurrentSkipListMap<>();
    public final List<LiveTick> ticks = new CopyOnWriteArrayList<>();
    /** Each write takes one permit; a test that wants it slow drains them. */
    public final Semaphore permits = new Semaphore(1_000_000_000);

    public volatile boolean reachable = true;

    @Override
    public void write(List<Entry> entries, byte[] tick) throws BusException {
        permits.acquireUninterruptibly();
        if (!reachable) {
            throw new BusException("hot state is away", null);
        }
        try {
            for (Entry entry : entries) {
                HotMachine before = machines.get(entry.machine());
                Optional<Inventory> inventory = before == null ? Optional.empty() : before.inventory();
                if (entry.inventory().isPresent()) {
                    inventory =
                            Optional.of(Inventory.parseFrom(entry.inventory().get()));
                }
                machines.put(
                        entry.machine(),
                        new HotMachine(
                                entry.machine(),
                                entry.receivedMillis(),
                                Optional.of(LiveSample.parseFrom(entry.sample())),
                                inventory));
            }
            ticks.add(LiveTick.parseFrom(tick));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("hot state was given what cannot be parsed", e);
        }
    }

    @Override
    public void restore(SortedMap<MachineId, Long> seen) {
        seen.forEach((id, millis) ->
                machines.putIfAbsent(id, new HotMachine(id, millis, Optional.empty(), Optional.empty())));
    }

    @Override
    public Optional<HotMachine> read(MachineId machine) {
        return Optional.ofNullable(machines.get(machine));
    }

    @Override
    public SortedMap<MachineId, HotMachine> readAll() {
        return machines;
    }

    @Override
    public SortedMap<MachineId, Long> lastSeen() {
        SortedMap<MachineId, Long> seen = new TreeMap<>();
        machines.forEach((id, machine) -> seen.put(id, machine.lastSeenMillis()));
        return seen;
    }

    @Override
    public void writeAlertState(MachineId machine, byte[] state) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<byte[]> readAlertState(MachineId machine) {
        return Optional.empty();
    }

    @Override
    public void remove(MachineId machine) {
        machines.remove(machine);
    }

    @Override
    public boolean isUp() {
        return reachable;
    }

    @Override
    public void close() {}
}

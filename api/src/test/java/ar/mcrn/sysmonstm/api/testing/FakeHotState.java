package ar.mcrn.sysmonstm.api.testing;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.LiveTick;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Hot state and event bus in memory that can be taken away and given back, as Redis can. */
public final class FakeHotState implements HotState, EventBus {
    private final SortedMap<MachineId, HotMachine> machines = new TreeMap<>();
    private final Map<Channel, List<Listener>> listeners = new ConcurrentHashMap<>();
    private volatile boolean up = true;

    /** Takes it away, or gives it back: then subscriptions stand again. */
    public void up(boolean now) {
        boolean back = now && !up;
        up = now;
        if (back) {
            listeners.values().forEach(each -> each.forEach(Listener::connected));
        }
    }

    /** What an aggregator does with a tick. */
    public void tick(LiveTick tick) {
        List<Entry> entries = new ArrayList<>();
        Map<String, Inventory> made = tick.getInventoriesList().stream()
                .collect(Collectors.toMap(each -> each.getMachine(), each -> each.getInventory()));
        tick.getSamplesList()
                .forEach(sample -> entries.add(new Entry(
                        new MachineId(sample.getMachine()),
                        sample.toByteArray(),
                        Optional.ofNullable(made.get(sample.getMachine())).map(Inventory::toByteArray),
                        sample.getReceivedMillis())));
        try {
            write(entries, tick.toByteArray());
        } catch (BusException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void write(List<Entry> entries, byte[] tick) throws BusException {
        check();
        synchronized (machines) {
            for (Entry entry : entries) {
                Optional<Inventory> before =
                        Optional.ofNullable(machines.get(entry.machine())).flatMap(HotMachine::inventory);
                try {
                    Optional<Inventory> made = entry.inventory().isPresent()
                            ? Optional.of(Inventory.parseFrom(entry.inventory().get()))
                            : before;
                    machines.put(
                            entry.machine(),
                            new HotMachine(
                                    entry.machine(),
                                    entry.receivedMillis(),
                                    Optional.of(LiveSample.parseFrom(entry.sample())),
                                    made));
                } catch (InvalidProtocolBufferException e) {
                    throw new BusException("not parsed", e);
                }
            }
        }
        publish(Channel.LIVE, tick);
    }

    @Override
    public void restore(SortedMap<MachineId, Long> seen) throws BusException {
        check();
        synchronized (machines) {
            seen.forEach((id, millis) ->
                    machines.putIfAbsent(id, new HotMachine(id, millis, Optional.empty(), Optional.empty())));
        }
    }

    @Override
    public Optional<HotMachine> read(MachineId machine) throws BusException {
        return Optional.ofNullable(readAll().get(machine));
    }

    @Override
    public SortedMap<MachineId, HotMachine> readAll() throws BusException {
        check();
        synchronized (machines) {
            return new TreeMap<>(machines);
        }
    }

    @Override
    public SortedMap<MachineId, Long> lastSeen() throws BusException {
        SortedMap<MachineId, Long> seen = new TreeMap<>();
        readAll().forEach((id, machine) -> seen.put(id, machine.lastSeenMillis()));
        return seen;
    }

    @Override
    public void writeAlertState(MachineId machine, byte[] state) throws BusException {
        check();
    }

    @Override
    public Optional<byte[]> readAlertState(MachineId machine) throws BusException {
        check();
        return Optional.empty();
    }

    @Override
    public void remove(MachineId machine) throws BusException {
        check();
        synchronized (machines) {
            machines.remove(machine);
        }
    }

    @Override
    public void publish(Channel channel, byte[] message) throws BusException {
        check();
        listeners.getOrDefault(channel, List.of()).forEach(listener -> listener.message(message));
    }

    @Override
    public Subscription subscribe(Channel channel, Listener listener) {
        List<Listener> of = listeners.computeIfAbsent(channel, _ -> new CopyOnWriteArrayList<>());
        of.add(listener);
        if (up) {
            listener.connected();
        }
        return () -> of.remove(listener);
    }

    @Override
    public void append(EventStream stream, byte[] message) throws BusException {
        check();
    }

    @Override
    public Subscription consume(EventStream stream, String group, String member, Consumer<byte[]> consumer) {
        return () -> {};
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public void close() {}

    private void check() throws BusException {
        if (!up) {
            throw new BusException("taken away", null);
        }
    }
}

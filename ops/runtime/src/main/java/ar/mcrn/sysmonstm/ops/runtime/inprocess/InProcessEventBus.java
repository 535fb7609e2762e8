package ar.mcrn.sysmonstm.ops.runtime.inprocess;

import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.Subscription;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Event bus of the single process. A subscription has a thread and a queue of {@value Listening#QUEUE} messages of its own;
 * when that is full its oldest go, which {@link #dropped} counts. Streams are kept in memory, each capped at its capacity.
 */
public final class InProcessEventBus implements EventBus {
    private final Map<Channel, List<Listening>> listeners = new EnumMap<>(Channel.class);
    private final Map<EventStream, MemoryStream> streams = new EnumMap<>(EventStream.class);
    private final Set<Subscription> open = ConcurrentHashMap.newKeySet();

    public InProcessEventBus() {
        for (Channel channel : Channel.values()) {
            listeners.put(channel, new CopyOnWriteArrayList<>());
        }
        for (EventStream stream : EventStream.values()) {
            streams.put(stream, new MemoryStream(stream.capacity()));
        }
    }

    @Override
    public void publish(Channel channel, byte[] message) {
        listeners.get(channel).forEach(listening -> listening.offer(message));
    }

    @Override
    public Subscription subscribe(Channel channel, Listener listener) {
        List<Listening> all = listeners.get(channel);
        Listening listening = new Listening(channel, listener, ended -> {
            all.remove(ended);
            open.remove(ended);
        });
        all.add(listening);
        open.add(listening);
        listening.start();
        return listening;
    }

    @Override
    public void append(EventStream stream, byte[] message) {
        streams.get(stream).append(message);
    }

    @Override
    public Subscription consume(EventStream stream, String group, String member, Consumer<byte[]> consumer) {
        Subscription consuming = streams.get(stream).consume(stream.key(), group, consumer);
        open.add(consuming);
        return () -> {
            open.remove(consuming);
            consuming.close();
        };
    }

    /** Messages of live channels that slow listeners lost. */
    public long dropped() {
        return listeners.values().stream()
                .flatMap(List::stream)
                .mapToLong(Listening::dropped)
                .sum();
    }

    @Override
    public boolean isUp() {
        return true;
    }

    @Override
    public void close() {
        List.copyOf(open).forEach(Subscription::close);
    }
}

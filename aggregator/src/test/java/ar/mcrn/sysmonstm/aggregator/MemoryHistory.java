package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.aggregator.history.HistoryIntake;
import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Event;
import com.lmax.disruptor.EventHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A history in memory: commits at once, defers or keeps samples in flight, as the test says. */
public final class MemoryHistory implements HistoryIntake {
    /** Identity of a sample. */
    public record Key(MachineId machine, long run, long sequence) {}

    /** What it does with live samples. */
    public enum Mode {
        COMMIT,
        DEFER,
        KEEP
    }

    public final Map<MachineId, List<Long>> live = new ConcurrentHashMap<>();
    public final Set<Key> stored = ConcurrentHashMap.newKeySet();
    public final List<Integer> waiting = new CopyOnWriteArrayList<>();
    public final List<Event> events = new CopyOnWriteArrayList<>();
    public final Set<StreamOutcomes> joined = ConcurrentHashMap.newKeySet();
    public final AtomicLong duplicates = new AtomicLong();
    public final AtomicLong kept = new AtomicLong();
    public final AtomicLong waitingToo = new AtomicLong();
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong deferred = new AtomicLong();
    public volatile Mode mode = Mode.COMMIT;
    public volatile int creditOnJoin;

    @Override
    public EventHandler<SampleSlot> liveHandler() {
        return (slot, sequence, endOfBatch) -> {
            offered.incrementAndGet();
            live.computeIfAbsent(slot.inventory().machine(), id -> new CopyOnWriteArrayList<>())
                    .add(slot.sequence());
            switch (mode) {
                case COMMIT -> store(slot);
                case DEFER -> {
                    deferred.incrementAndGet();
                    slot.outcomes().deferred(slot.run(), slot.sequence());
                }
                case KEEP -> kept.incrementAndGet();
            }
        };
    }

    private void store(SampleSlot slot) {
        if (!stored.add(new Key(slot.inventory().machine(), slot.run(), slot.sequence()))) {
            duplicates.incrementAndGet();
        }
        slot.outcomes().committed(slot.run(), slot.sequence());
    }

    @Override
    public boolean offerBackfill(SampleSlot slot) {
        offered.incrementAndGet();
        store(slot);
        return true;
    }

    @Override
    public boolean offerEvent(MachineId machine, Event event, StreamOutcomes outcomes) {
        events.add(event);
        outcomes.eventCommitted(event.getRun(), event.getEventSequence());
        return true;
    }

    @Override
    public void join(StreamOutcomes stream) {
        joined.add(stream);
        if (creditOnJoin > 0) {
            stream.credit(creditOnJoin);
        }
    }

    @Override
    public void waiting(StreamOutcomes stream, int samples) {
        waiting.add(samples);
    }

    @Override
    public void waitingToo(StreamOutcomes stream, int samples) {
        waitingToo.addAndGet(samples);
    }

    @Override
    public void spent(StreamOutcomes stream) {}

    @Override
    public void leave(StreamOutcomes stream) {
        joined.remove(stream);
    }

    @Override
    public Duration acceptHorizon() {
        return Duration.ofDays(2);
    }

    @Override
    public Tally samples() {
        return new Tally(offered.get(), stored.size(), duplicates.get(), 0, deferred.get(), kept.get());
    }

    @Override
    public Tally events() {
        return new Tally(events.size(), events.size(), 0, 0, 0, 0);
    }
}

package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Inventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Spool in memory: lost with the process. Holds {@link #DEFAULT_BYTES} by default, which is more than 600 of the largest usual
 * samples (512 cores and 100 devices: 4 KiB) and some five hours of a small machine's.
 */
public final class MemorySpool implements Spool {
    /** Default of the bound. */
    public static final long DEFAULT_BYTES = 8L << 20;

    /** What a sample takes beside its own bytes: record, map entry and array header. */
    static final int OVERHEAD_BYTES = 136;

    /** Events kept; the oldest goes when one more comes. */
    static final int EVENTS = 256;

    private enum State {
        LIVE,
        WAITING,
        SENT_LIVE,
        SENT_BACKFILL
    }

    private static final class Entry {
        final SpoolRecord sample;
        State state = State.LIVE;

        Entry(SpoolRecord sample) {
            this.sample = sample;
        }

        boolean underWay() {
            return state == State.SENT_LIVE || state == State.SENT_BACKFILL;
        }

        long bytes() {
            return sample.sample().length + (long) OVERHEAD_BYTES;
        }
    }

    /** Samples of one run: all of them, and those of each unsent state. */
    private static final class Run {
        final NavigableMap<Long, Entry> all = new TreeMap<>();
        final NavigableMap<Long, Entry> live = new TreeMap<>();
        final NavigableMap<Long, Entry> waiting = new TreeMap<>();
        final Map<Integer, Inventory> inventories = new HashMap<>();
        int newestInventory;
    }

    private final long maxBytes;
    private final Map<Long, Run> runs = new LinkedHashMap<>();
    private final EventQueue events = new EventQueue(EVENTS);
    private final LossList losses = new LossList();
    private long bytes;
    private long dropped;
    private long correctionMicros;
    private long lastStampMillis;

    public MemorySpool() {
        this(DEFAULT_BYTES);
    }

    /**
     * An empty spool.
     *
     * @param maxBytes bound of all samples, at least one of which is kept whatever its size
     */
    public MemorySpool(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public synchronized void append(Inventory inventory) {
        Run run = runs.computeIfAbsent(inventory.getRun(), ignored -> new Run());
        run.inventories.put(inventory.getNumber(), inventory);
        run.newestInventory = inventory.getNumber();
        forgetInventories(inventory.getRun(), run);
    }

    @Override
    public synchronized void append(SpoolRecord sample) {
        Run run = runs.computeIfAbsent(sample.run(), ignored -> new Run());
        Entry entry = new Entry(sample);
        long stamp = SampleStamp.of(sample.sample());
        lastStampMillis = stamp == 0 ? lastStampMillis : stamp;
        run.all.put(sample.sequence(), entry);
        run.live.put(sample.sequence(), entry);
        bytes += entry.bytes();
        while (run.live.size() > LIVE_SAMPLES) {
            wait(run, run.live.firstEntry().getValue());
        }
        while (bytes > maxBytes && dropOldest(entry)) {
            // One at a time: each is counted.
        }
    }

    @Override
    public synchronized void append(Event event) {
        events.append(event);
    }

    private boolean dropOldest(Entry newest) {
        Entry oldest = oldest(false);
        if (oldest == null || oldest == newest) {
            oldest = oldest(true);
        }
        if (oldest == null || oldest == newest) {
            return false;
        }
        forget(oldest);
        dropped++;
        SequenceRange range =
                new SequenceRange(oldest.sample.run(), oldest.sample.sequence(), oldest.sample.sequence());
        losses.add(new Loss(range, 1, Loss.Cause.FULL, 0, 0));
        return true;
    }

    private Entry oldest(boolean underWay) {
        for (Run run : runs.values()) {
            for (Entry entry : run.all.values()) {
                if (entry.underWay() == underWay) {
                    return entry;
                }
            }
        }
        return null;
    }

    private void forget(Entry entry) {
        long number = entry.sample.run();
        Run run = runs.get(number);
        long sequence = entry.sample.sequence();
        run.all.remove(sequence);
        run.live.remove(sequence);
        run.waiting.remove(sequence);
        bytes -= entry.bytes();
        forgetInventories(number, run);
    }

    /** Keeps the inventories from that of the oldest sample on, since a run's samples need them in order. */
    private void forgetInventories(long number, Run run) {
        boolean newestRun = number == newestRun();
        if (run.all.isEmpty() && !newestRun) {
            runs.remove(number);
        } else if (run.inventories.size() > 1) {
            int needed = run.all.isEmpty()
                    ? run.newestInventory
                    : run.all.firstEntry().getValue().sample.inventory();
            run.inventories.keySet().removeIf(inventory -> inventory < needed);
        }
    }

    private long newestRun() {
        long newest = 0;
        for (long number : runs.keySet()) {
            newest = number;
        }
        return newest;
    }

    private static void wait(Run run, Entry entry) {
        run.live.remove(entry.sample.sequence());
        run.waiting.put(entry.sample.sequence(), entry);
        entry.state = State.WAITING;
    }

    @Override
    public synchronized Optional<Inventory> inventory(long run, int number) {
        return Optional.ofNullable(runs.get(run)).map(r -> r.inventories.get(number));
    }

    @Override
    public boolean isReadable(long run) {
        return true;
    }

    @Override
    public synchronized List<SpoolRecord> takeLive(int maxSamples, int maxBytes) {
        for (Run run : runs.values()) {
            if (!run.live.isEmpty()) {
                return take(run.live, State.SENT_LIVE, maxSamples, maxBytes);
            }
        }
        return List.of();
    }

    @Override
    public synchronized List<SpoolRecord> takeBackfill(int maxSamples, int maxBytes) {
        Run newest = null;
        for (Run run : runs.values()) {
            newest = run.waiting.isEmpty() ? newest : run;
        }
        return newest == null ? List.of() : take(newest.waiting, State.SENT_BACKFILL, maxSamples, maxBytes);
    }

    private static List<SpoolRecord> take(NavigableMap<Long, Entry> from, State state, int maxSamples, int maxBytes) {
        List<SpoolRecord> taken = new ArrayList<>();
        long takenBytes = 0;
        Iterator<Entry> entries = from.values().iterator();
        while (entries.hasNext() && taken.size() < maxSamples) {
            Entry entry = entries.next();
            takenBytes += entry.sample.sample().length;
            boolean fits = takenBytes <= maxBytes
                    && (taken.isEmpty()
                            || entry.sample.inventory() == taken.getFirst().inventory());
            if (!taken.isEmpty() && !fits) {
                break;
            }
            entry.state = state;
            taken.add(entry.sample);
            entries.remove();
        }
        return taken;
    }

    private List<Entry> entries(SequenceRange range) {
        Run run = runs.get(range.run());
        if (run == null || range.first() > range.last()) {
            return List.of();
        }
        return new ArrayList<>(
                run.all.subMap(range.first(), true, range.last(), true).values());
    }

    @Override
    public synchronized int settle(SequenceRange samples) {
        List<Entry> entries = entries(samples);
        entries.forEach(this::forget);
        return entries.size();
    }

    @Override
    public synchronized int defer(SequenceRange samples, boolean backfillToo) {
        int count = 0;
        for (Entry entry : entries(samples)) {
            if (entry.state == State.SENT_LIVE || (backfillToo && entry.state == State.SENT_BACKFILL)) {
                wait(runs.get(samples.run()), entry);
                count++;
            }
        }
        return count;
    }

    @Override
    public synchronized int returnSent(SequenceRange samples) {
        int count = 0;
        Run run = runs.get(samples.run());
        for (Entry entry : entries(samples)) {
            if (entry.state == State.SENT_LIVE) {
                entry.state = State.LIVE;
                run.live.put(entry.sample.sequence(), entry);
                count++;
            } else if (entry.state == State.SENT_BACKFILL) {
                wait(run, entry);
                count++;
            }
        }
        while (run != null && run.live.size() > LIVE_SAMPLES) {
            wait(run, run.live.firstEntry().getValue());
        }
        return count;
    }

    @Override
    public synchronized void streamEnded() {
        for (Run run : runs.values()) {
            for (Entry entry : run.all.values()) {
                if (entry.underWay()) {
                    wait(run, entry);
                }
            }
        }
        events.streamEnded();
    }

    @Override
    public synchronized void runEnded() {
        for (Run run : runs.values()) {
            while (!run.live.isEmpty()) {
                wait(run, run.live.firstEntry().getValue());
            }
        }
    }

    @Override
    public synchronized List<Event> takeEvents(int limit) {
        return events.take(limit);
    }

    @Override
    public synchronized int settleEvents(SequenceRange range) {
        return events.settle(range);
    }

    @Override
    public synchronized List<Loss> takeLosses() {
        return events.isHalfFull() ? List.of() : losses.take();
    }

    /** The bytes bound it long before. */
    @Override
    public void acceptHorizon(Duration horizon) {}

    @Override
    public void expire(long nowMillis) {}

    @Override
    public synchronized long lastStampMillis() {
        return lastStampMillis;
    }

    @Override
    public synchronized long correctionMicros() {
        return correctionMicros;
    }

    @Override
    public synchronized void keepCorrection(long micros) {
        correctionMicros = micros;
    }

    @Override
    public void maintain() {}

    @Override
    public synchronized Levels levels() {
        int all = 0;
        int live = 0;
        int waiting = 0;
        for (Run run : runs.values()) {
            all += run.all.size();
            live += run.live.size();
            waiting += run.waiting.size();
        }
        return new Levels(live, waiting, all - live - waiting, events.size(), bytes, dropped, 0, false);
    }

    @Override
    public void close() {}
}

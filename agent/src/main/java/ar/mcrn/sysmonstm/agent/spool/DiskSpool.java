package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.ConfigurationException;
import ar.mcrn.sysmonstm.agent.send.EventQueue;
import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.SampleStamp;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.agent.spool.Segment.State;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Inventory;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spool on disk: what {@code append} returned for survives the end of the process, however it ends, and but for the last 30 s a
 * power cut. Samples lie in segment files ({@link SegmentFormat}) and are read back when they are taken; memory holds a bit or
 * two for each ({@link Segment}), so that 256 MiB of spool, some 900,000 samples, take some 400 KB. All methods may be called
 * from any thread.
 *
 * <p>What is settled is written down too, but needs not survive: a sample sent again is a duplicate. A segment goes when all its
 * samples are settled. Bounded by bytes: beyond, the oldest segment without samples under way is dropped as a whole, its
 * samples counted and named. Reading back is {@link SegmentReader}'s, what is lost {@link SpoolLosses}'.
 *
 * <p>While the disk does not take it, new samples are kept in memory, at most {@link #MEMORY_BYTES} of them.
 */
public final class DiskSpool implements Spool {
    private static final Logger LOG = LoggerFactory.getLogger(DiskSpool.class);
    /** Bound of what is kept in memory while the disk takes nothing. */
    static final long MEMORY_BYTES = 8L << 20;

    private static final int EVENTS = 256;
    /** So often a file that cannot be read is waited for, some seconds each time, before what it held is given up. */
    private static final int PATIENT_RECOVERIES = 4;

    /** More would cost memory whatever they hold. */
    private static final int MAX_SEGMENTS = 4_096;

    /** More than nearly every sample. */
    private static final int FIRST_SCRATCH = 8 * 1024;

    private static final int LARGEST_SEGMENT = 4 << 20;
    private static final int SMALLEST_SEGMENT = 4 << 10;
    private static final long FORCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Path path;
    private final Map<String, String> identity;
    private final long maxBytes;
    private final FileOpener files;
    private final LongSupplier nanoTime;
    private final SegmentLog log;
    private final RecordBuffer scratch = new RecordBuffer(FIRST_SCRATCH);
    private final SegmentReader reader = new SegmentReader();
    private final SpoolLosses losses;

    private EventQueue events = new EventQueue(EVENTS);
    private int recoveries;
    private String install;
    private Optional<Inventory> inventory = Optional.empty();
    private long lastStampMillis;
    private long correctionMicros;
    private long horizonMillis;
    private long forcedNanos;

    /**
     * Opens the spool of a machine. Where the disk does not allow it, begins in memory and tries again with {@link #maintain}.
     *
     * @param path its folder; made where there is none
     * @param maxBytes bound of all files
     * @param root where the machine's root is mounted, usually {@code /}
     * @throws ConfigurationException where another agent holds the folder, or it is no folder
     */
    public static DiskSpool open(Path path, long maxBytes, MachineId machine, Path root) {
        return new DiskSpool(
                path,
                maxBytes,
                SpoolOwner.identity(machine.value(), HardwareIds.read(root)),
                FileChannel::open,
                System::nanoTime);
    }

    DiskSpool(Path path, long maxBytes, Map<String, String> identity, FileOpener files, LongSupplier nanoTime) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.identity = identity;
        this.files = files;
        this.nanoTime = nanoTime;
        this.forcedNanos = nanoTime.getAsLong();
        this.install = SpoolOwner.draw(identity).install();
        int segmentBytes = Math.clamp(maxBytes / 64, SMALLEST_SEGMENT, LARGEST_SEGMENT);
        log = new SegmentLog(new LogOwner(), segmentBytes);
        losses = new SpoolLosses(log);
        try {
            attach();
        } catch (IOException e) {
            LOG.warn(
                    "spool cannot be opened, samples are kept in memory until it can: folder={}, reason={}",
                    path,
                    e.toString());
            log.roll();
        }
    }

    private void attach() throws IOException {
        SpoolFolder folder = SpoolFolder.open(path, identity, files);
        Recovery found;
        try {
            found = Recovery.of(folder, EVENTS, ++recoveries < PATIENT_RECOVERIES);
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
        install = folder.install();
        EventQueue own = events;
        events = found.events();
        own.all().forEach(events::append);
        losses.found(found.losses(), found.lost());
        lastStampMillis = Math.max(lastStampMillis, found.lastStamp());
        correctionMicros = correctionMicros == 0 ? found.correction() : correctionMicros;
        log.attach(folder, found.segments(), found.newest());
        // Tells anew what is open, so that the segments found may go one by one.
        log.roll();
        List.copyOf(log.segments()).forEach(this::deleteIfEmpty);
        enforceBound();
        LOG.info("spool opened: folder={}, install={}, kept={}", folder, install, levels());
    }

    private final class LogOwner implements SegmentLog.Owner {
        @Override
        public int putHead(RecordBuffer out, List<SegmentFormat.Kept> older, boolean complete) {
            events.all().forEach(event -> SegmentFormat.put(out, SegmentFormat.EVENT, event.toByteArray()));
            losses.all().forEach(loss -> SegmentFormat.putLoss(out, loss));
            long run = inventory.map(Inventory::getRun).orElse(0L);
            SegmentFormat.putHead(
                    out, new SegmentFormat.Head(lastStampMillis, correctionMicros, complete, run, lastOf(run), older));
            int at = out.length();
            return inventory.isPresent() && put(out, inventory.get()) ? at : -1;
        }

        private long lastOf(long run) {
            return log.segments().stream()
                    .filter(segment -> segment.run() == run)
                    .mapToLong(Segment::last)
                    .max()
                    .orElse(0);
        }

        @Override
        public void began(Segment segment, int inventoryAt) {
            if (inventoryAt >= 0) {
                hasInventory(segment, inventoryAt);
            }
        }

        @Override
        public boolean dropOldest(boolean ofMemory) {
            return DiskSpool.this.dropOldest(ofMemory);
        }
    }

    /** Random id of this installation, 16 hexadecimal digits; kept in the folder. */
    public synchronized String install() {
        return install;
    }

    @Override
    public synchronized void append(Inventory next) {
        inventory = Optional.of(next);
        if (log.active().run() != 0 && log.active().run() != next.getRun()) {
            reader.clear();
            log.roll();
            enforceBound();
            return;
        }
        scratch.clear();
        if (put(scratch, next)) {
            int offset = (int) log.write(scratch.filled());
            hasInventory(log.active(), offset);
        }
    }

    /** False where it is too large to travel in any case: the samples that need it are named when they are sent. */
    private static boolean put(RecordBuffer out, Inventory inventory) {
        byte[] bytes = inventory.toByteArray();
        if (bytes.length > SegmentFormat.MAX_PAYLOAD) {
            return false;
        }
        SegmentFormat.put(out, SegmentFormat.INVENTORY, bytes);
        return true;
    }

    private void hasInventory(Segment segment, int offset) {
        inventory.ifPresent(written -> {
            segment.setRun(written.getRun());
            segment.addInventory(written.getNumber(), offset);
        });
    }

    @Override
    public synchronized void append(SpoolRecord sample) {
        int length = SegmentFormat.RECORD_HEADER + SegmentFormat.SAMPLE_HEADER + sample.sample().length;
        if (length > SegmentFormat.RECORD_HEADER + SegmentFormat.MAX_PAYLOAD) {
            throw new IllegalArgumentException("BUG: sample larger than a message: bytes=" + sample.sample().length);
        }
        if (!log.active().takes(sample.run(), sample.sequence())
                || (log.active().last() != 0 && log.isFull(length))) {
            log.roll();
        }
        long stamp = SampleStamp.of(sample.sample());
        lastStampMillis = stamp == 0 ? lastStampMillis : stamp;
        scratch.clear();
        SegmentFormat.putSample(scratch, sample, stamp);
        long offset = log.write(scratch.filled());
        log.active().add(sample.run(), sample.sequence(), stamp, offset, State.LIVE);
        reader.keep(sample);
        waitBeyondLive();
        enforceBound();
    }

    private void waitBeyondLive() {
        int live = count(State.LIVE);
        for (int i = 0; live > LIVE_SAMPLES; i++) {
            Segment segment = log.segments().get(i);
            for (long s = segment.next(State.LIVE, 0); s != 0 && live > LIVE_SAMPLES; s = segment.next(State.LIVE, s)) {
                segment.move(s, State.LIVE, State.WAITING);
                live--;
            }
        }
    }

    private int count(State state) {
        int count = 0;
        for (Segment segment : log.segments()) {
            count += segment.count(state);
        }
        return count;
    }

    private void enforceBound() {
        while (log.fileBytes() > maxBytes || log.segments().size() > MAX_SEGMENTS) {
            if (!dropOldest(false)) {
                break;
            }
        }
        while (log.memoryBytes() > MEMORY_BYTES) {
            if (!dropOldest(true)) {
                break;
            }
        }
    }

    private boolean dropOldest(boolean ofMemory) {
        Segment oldest = null;
        for (Segment segment : log.segments()) {
            if (segment != log.active() && segment.store().isFile() != ofMemory) {
                oldest = oldest == null ? segment : oldest;
                if (segment.underWay() == 0) {
                    oldest = segment;
                    break;
                }
            }
        }
        if (oldest == null) {
            return false;
        }
        losses.lose(oldest, Loss.Cause.FULL);
        return true;
    }

    private void deleteIfEmpty(Segment segment) {
        if (segment != log.active() && segment.kept() == 0 && segment.isWhole() && log.onDisk()) {
            log.delete(segment);
        }
    }

    @Override
    public synchronized void append(Event event) {
        events.append(event);
        write(SegmentFormat.EVENT, event.toByteArray());
    }

    private void write(byte kind, byte[] payload) {
        scratch.clear();
        SegmentFormat.put(scratch, kind, payload);
        log.write(scratch.filled());
        enforceBound();
    }

    private void write(byte kind, SequenceRange range) {
        scratch.clear();
        SegmentFormat.putRange(scratch, kind, range);
        log.write(scratch.filled());
    }

    @Override
    public synchronized Optional<Inventory> inventory(long run, int number) {
        if (inventory.isPresent()
                && inventory.get().getRun() == run
                && inventory.get().getNumber() == number) {
            return inventory;
        }
        for (Segment segment : log.segments()) {
            if (segment.run() == run && segment.inventoryAt(number) >= 0) {
                Optional<Inventory> found = reader.inventory(segment, number);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized boolean isReadable(long run) {
        return log.segments().stream().allMatch(segment -> segment.run() != run || segment.readable());
    }

    @Override
    public synchronized List<SpoolRecord> takeLive(int maxSamples, int maxBytes) {
        List<SpoolRecord> taken = new ArrayList<>();
        for (Segment segment : List.copyOf(log.segments())) {
            if (segment.count(State.LIVE) > 0 && segment.readable()) {
                if (!taken.isEmpty() && taken.getFirst().run() != segment.run()) {
                    break;
                }
                if (!take(segment, State.LIVE, State.SENT_LIVE, maxSamples, maxBytes, taken)) {
                    break;
                }
            }
        }
        return taken;
    }

    @Override
    public synchronized List<SpoolRecord> takeBackfill(int maxSamples, int maxBytes) {
        List<SpoolRecord> taken = new ArrayList<>();
        while (taken.isEmpty()) {
            long run = newestWaitingRun();
            if (run == 0) {
                break;
            }
            for (Segment segment : List.copyOf(log.segments())) {
                if (segment.run() == run && segment.count(State.WAITING) > 0 && segment.readable()) {
                    if (!take(segment, State.WAITING, State.SENT_BACKFILL, maxSamples, maxBytes, taken)) {
                        break;
                    }
                }
            }
        }
        return taken;
    }

    private long newestWaitingRun() {
        for (int i = log.segments().size() - 1; i >= 0; i--) {
            Segment segment = log.segments().get(i);
            if (segment.count(State.WAITING) > 0 && segment.readable()) {
                return segment.run();
            }
        }
        return 0;
    }

    /** Takes from one segment; false when no more fits. */
    private boolean take(Segment segment, State from, State to, int maxSamples, int maxBytes, List<SpoolRecord> taken) {
        long bytes = 0;
        for (SpoolRecord before : taken) {
            bytes += before.sample().length;
        }
        try {
            for (long s = segment.next(from, 0); s != 0; s = segment.next(from, s)) {
                if (taken.size() >= maxSamples) {
                    return false;
                }
                Optional<SpoolRecord> read = reader.read(segment, s);
                if (read.isEmpty()) {
                    losses.loseOne(segment, s);
                    continue;
                }
                SpoolRecord record = read.get();
                bytes += record.sample().length;
                boolean fits = bytes <= maxBytes
                        && (taken.isEmpty()
                                || record.inventory() == taken.getFirst().inventory());
                if (!taken.isEmpty() && !fits) {
                    reader.rewind();
                    return false;
                }
                segment.move(s, from, to);
                taken.add(record);
            }
            deleteIfEmpty(segment);
        } catch (NoSuchFileException e) {
            LOG.warn("segment of the spool is gone: file={}, samples={}", segment.store(), segment.kept());
            losses.lose(segment, Loss.Cause.DAMAGED);
        } catch (IOException e) {
            LOG.warn("segment of the spool cannot be read now: file={}, reason={}", segment.store(), e.toString());
            segment.setReadable(false);
        } finally {
            segment.store().doneReading();
        }
        return true;
    }

    @Override
    public synchronized int settle(SequenceRange samples) {
        int count = 0;
        List<Segment> empty = new ArrayList<>();
        for (Segment segment : log.segments()) {
            if (segment.run() == samples.run()) {
                int forgotten = segment.forget(samples.first(), samples.last());
                count += forgotten;
                if (forgotten > 0 && segment.kept() == 0) {
                    empty.add(segment);
                }
            }
        }
        if (count > 0) {
            write(SegmentFormat.SETTLED, samples);
            empty.forEach(this::deleteIfEmpty);
            enforceBound();
        }
        return count;
    }

    @Override
    public synchronized int defer(SequenceRange samples, boolean backfillToo) {
        int count = 0;
        for (Segment segment : log.segments()) {
            if (segment.run() == samples.run() && segment.underWay() > 0) {
                count += segment.moveAll(samples.first(), samples.last(), State.SENT_LIVE, State.WAITING);
                if (backfillToo) {
                    count += segment.moveAll(samples.first(), samples.last(), State.SENT_BACKFILL, State.WAITING);
                }
            }
        }
        return count;
    }

    @Override
    public synchronized int returnSent(SequenceRange samples) {
        int count = 0;
        for (Segment segment : log.segments()) {
            if (segment.run() == samples.run() && segment.underWay() > 0) {
                count += segment.moveAll(samples.first(), samples.last(), State.SENT_LIVE, State.LIVE);
                count += segment.moveAll(samples.first(), samples.last(), State.SENT_BACKFILL, State.WAITING);
            }
        }
        waitBeyondLive();
        return count;
    }

    @Override
    public synchronized void streamEnded() {
        for (Segment segment : log.segments()) {
            segment.moveAll(0, Long.MAX_VALUE, State.SENT_LIVE, State.WAITING);
            segment.moveAll(0, Long.MAX_VALUE, State.SENT_BACKFILL, State.WAITING);
        }
        events.streamEnded();
    }

    @Override
    public synchronized void runEnded() {
        for (Segment segment : log.segments()) {
            segment.moveAll(0, Long.MAX_VALUE, State.LIVE, State.WAITING);
        }
    }

    @Override
    public synchronized List<Event> takeEvents(int limit) {
        return events.take(limit);
    }

    @Override
    public synchronized int settleEvents(SequenceRange range) {
        int count = events.settle(range);
        if (count > 0) {
            write(SegmentFormat.EVENTS_SETTLED, range);
        }
        return count;
    }

    @Override
    public synchronized List<Loss> takeLosses() {
        return events.isHalfFull() ? List.of() : losses.take();
    }

    @Override
    public synchronized void acceptHorizon(Duration horizon) {
        horizonMillis = horizon.toMillis();
    }

    @Override
    public synchronized void expire(long nowMillis) {
        if (horizonMillis <= 0) {
            return;
        }
        for (Segment segment : List.copyOf(log.segments())) {
            boolean tooOld = segment.newestStamp() > 0 && segment.newestStamp() < nowMillis - horizonMillis;
            if (tooOld && segment != log.active() && segment.underWay() == 0) {
                losses.lose(segment, Loss.Cause.TOO_OLD);
            }
        }
    }

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
        if (micros != correctionMicros) {
            correctionMicros = micros;
            scratch.clear();
            SegmentFormat.putNumber(scratch, SegmentFormat.CORRECTION, micros);
            log.write(scratch.filled());
        }
    }

    /** Forces to disk what was written, every 30 s; tries a disk again that took nothing. */
    @Override
    public void maintain() {
        List<SegmentStore> unforced;
        SegmentStore active;
        synchronized (this) {
            heal();
            if (nanoTime.getAsLong() - forcedNanos < FORCE_NANOS) {
                return;
            }
            forcedNanos = nanoTime.getAsLong();
            unforced = log.takeUnforced();
            active = log.active().store();
        }
        force(unforced, active);
    }

    private void heal() {
        boolean before = log.onDisk();
        try {
            if (log.folder().isEmpty()) {
                attach();
            } else {
                log.heal();
            }
            if (!before && log.onDisk()) {
                reader.rewind();
                List.copyOf(log.segments()).forEach(this::deleteIfEmpty);
                LOG.info("spool is on disk again: folder={}, kept={}", path, levels());
            }
        } catch (IOException | ConfigurationException e) {
            LOG.debug("spool is not on disk yet: folder={}, reason={}", path, e.toString());
        }
    }

    private void force(List<SegmentStore> unforced, SegmentStore active) {
        for (SegmentStore store : unforced) {
            try {
                store.force();
                if (!store.equals(active)) {
                    store.close();
                }
            } catch (ClosedChannelException ignored) {
                // Deleted meanwhile.
            } catch (IOException e) {
                LOG.warn("spool cannot be forced to disk: file={}, reason={}", store, e.toString());
            }
        }
        log.folder().ifPresent(SpoolFolder::force);
    }

    @Override
    public synchronized Levels levels() {
        int live = count(State.LIVE);
        int waiting = count(State.WAITING);
        int underWay = count(State.SENT_LIVE) + count(State.SENT_BACKFILL);
        long bytes = log.fileBytes() + log.memoryBytes();
        return new Levels(
                live, waiting, underWay, events.size(), bytes, losses.dropped(), losses.damaged(), log.onDisk());
    }

    /** Forces everything to disk and gives the folder up. */
    @Override
    public synchronized void close() {
        heal();
        List<SegmentStore> unforced = log.takeUnforced();
        force(unforced, new MemoryStore());
        log.close();
    }

    /** For tests: gives the lock up and nothing else, as the kernel does after a kill. */
    synchronized void releaseAsIfKilled() {
        log.close();
    }
}

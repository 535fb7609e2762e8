package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.send.EventQueue;
import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.LossList;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Inventory;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all segments of a folder once, oldest first, and tells what they say in the end: which samples wait, which events are
 * open, which losses no event has named. Every intact record counts, whatever lies around it. Samples count as lost that
 * ought to be there: what a segment held that is damaged, or missing and was not deleted by us, as later segments tell; and a hole in a
 * run's sequences where bytes were damaged. Not those that were settled or are named already. Unknown is only what was damaged behind the
 * last sample of all.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final SpoolFolder folder;
    private final boolean patient;
    private final RecordCursor cursor = new RecordCursor();
    private final List<Segment> segments = new ArrayList<>();
    private final MissingSamples missing = new MissingSamples();
    /** What segments kept, as newer ones tell, by number. */
    private final Map<Long, SegmentFormat.Kept> kept = new HashMap<>();

    private final Set<Long> damagedSegments = new HashSet<>();
    /** Segments that the newest complete HEAD names. */
    private final Set<Long> listed = new HashSet<>();

    private final Set<Long> gone = new HashSet<>();
    private EventQueue events;
    /** What the segment that is being read has told. */
    private EventQueue toldEvents;

    private LossList toldLosses = new LossList();
    private LossList losses = new LossList();
    private long newest;
    private long lastStamp;
    private long correction;
    private long run;
    private long last;
    private boolean damaged;
    private long damages;
    private long lost;

    private Recovery(SpoolFolder folder, int events, boolean patient) {
        this.folder = folder;
        this.patient = patient;
        this.events = new EventQueue(events);
        this.toldEvents = new EventQueue(events);
    }

    /**
     * What the folder holds. Files that cannot be read now are left alone, with what they hold.
     *
     * @param patient whether such a file makes it fail, for another attempt later; otherwise what it held counts as lost where
     *     later samples of its run are there
     */
    static Recovery of(SpoolFolder folder, int events, boolean patient) throws IOException {
        Recovery recovery = new Recovery(folder, events, patient);
        for (long number : folder.segments().keySet()) {
            recovery.read(number, events);
        }
        recovery.finish();
        return recovery;
    }

    private void read(long number, int eventCapacity) throws IOException {
        newest = number;
        FileStore store = folder.existing(number);
        Segment segment = new Segment(number, store);
        segments.add(segment);
        toldEvents = new EventQueue(eventCapacity);
        toldLosses = new LossList();
        int records = 0;
        try {
            ByteBuffer header = ByteBuffer.allocate(SegmentFormat.FILE_HEADER);
            store.read(header, 0);
            damage(SegmentFormat.numberOf(header.flip()) != number);
            cursor.start(store, SegmentFormat.FILE_HEADER);
            while (cursor.next()) {
                damage(cursor.skipped() || !cursor.fitsKind());
                if (cursor.fitsKind()) {
                    records++;
                    take(segment, eventCapacity);
                }
            }
            if (cursor.intactEnd() < store.size()) {
                damage(true);
                cut(store, records);
            }
        } catch (IOException e) {
            if (patient) {
                throw e;
            }
            LOG.warn("segment of the spool cannot be read on: file={}, reason={}", store, e.toString());
            damage(true);
            segment.setPartlyKnown();
            records++;
        } finally {
            store.doneReading();
        }
        if (records == 0) {
            segments.remove(segment);
            folder.discard(number);
        }
    }

    private void cut(FileStore store, int records) throws IOException {
        if (records > 0) {
            try {
                store.cut(cursor.intactEnd());
            } catch (IOException e) {
                LOG.warn("torn tail of the spool cannot be cut: file={}, reason={}", store, e.toString());
            }
        }
    }

    private void damage(boolean is) {
        if (is) {
            damaged = true;
            damages++;
            damagedSegments.add(newest);
        }
    }

    private void take(Segment segment, int eventCapacity) {
        switch (cursor.kind()) {
            case SegmentFormat.SAMPLE -> sample(segment);
            case SegmentFormat.INVENTORY -> inventory(segment);
            case SegmentFormat.SETTLED -> settled(SegmentFormat.range(cursor.payload()));
            case SegmentFormat.EVENTS_SETTLED -> events.settle(SegmentFormat.range(cursor.payload()));
            case SegmentFormat.CORRECTION -> correction = cursor.payload().getLong();
            case SegmentFormat.GONE -> gone.add(cursor.payload().getLong());
            case SegmentFormat.LOSS -> {
                Loss loss = SegmentFormat.loss(cursor.payload());
                if (loss.isExact()) {
                    settled(loss.samples());
                }
                add(loss, losses);
                add(loss, toldLosses);
            }
            case SegmentFormat.EVENT -> event();
            case SegmentFormat.HEAD -> head(SegmentFormat.head(cursor.payload()), eventCapacity);
            default -> throw new IllegalStateException("BUG: kind " + cursor.kind());
        }
    }

    private void sample(Segment segment) {
        long sequence = cursor.sampleSequence();
        long stamp = cursor.sampleStamp();
        if (!segment.takes(cursor.sampleRun(), sequence)) {
            damage(true);
            return;
        }
        if (damaged && cursor.sampleRun() == run && sequence > last + 1) {
            missing.expect(new SequenceRange(run, last + 1, sequence - 1));
        }
        missing.account(cursor.sampleRun(), sequence);
        damaged = false;
        run = cursor.sampleRun();
        last = sequence;
        lastStamp = stamp;
        segment.add(run, sequence, stamp, cursor.offset(), Segment.State.WAITING);
    }

    private void inventory(Segment segment) {
        try {
            Inventory inventory = Inventory.parseFrom(cursor.payload());
            if (segment.run() == 0 || segment.run() == inventory.getRun()) {
                segment.setRun(inventory.getRun());
                segment.addInventory(inventory.getNumber(), cursor.offset());
            }
        } catch (InvalidProtocolBufferException e) {
            damage(true);
        }
    }

    private void settled(SequenceRange range) {
        for (Segment segment : segments) {
            if (segment.run() == range.run()) {
                segment.forget(range.first(), range.last());
            }
        }
        missing.account(range);
    }

    private void event() {
        try {
            Event event = Event.parseFrom(cursor.payload());
            add(event, events);
            add(event, toldEvents);
            if (event.getEventSequence() == Loss.eventSequence(new SequenceRange(0, event.getFirstSequence(), 0))) {
                losses.named(event.getRun(), event.getFirstSequence());
            }
        } catch (InvalidProtocolBufferException e) {
            damage(true);
        }
    }

    /** What is told again by a segment whose HEAD is damaged counts once. */
    private static void add(Event event, EventQueue to) {
        to.settle(new SequenceRange(event.getRun(), event.getEventSequence(), event.getEventSequence()));
        to.append(event);
    }

    private static void add(Loss loss, LossList to) {
        to.named(loss.samples().run(), loss.samples().first());
        to.add(loss);
    }

    private void head(SegmentFormat.Head head, int eventCapacity) {
        lastStamp = head.lastStampMillis();
        correction = head.correctionMicros();
        if (head.run() != run || head.last() > last) {
            run = head.run();
            last = head.last();
        }
        if (head.complete()) {
            events = toldEvents;
            losses = toldLosses;
            toldEvents = new EventQueue(eventCapacity);
            toldLosses = new LossList();
            listed.clear();
            for (SegmentFormat.Kept older : head.older()) {
                listed.add(older.number());
                kept.put(older.number(), older);
            }
            gone.clear();
        }
    }

    private void finish() {
        for (Segment segment : segments) {
            if (gone.contains(segment.number())) {
                segment.forget(0, Long.MAX_VALUE);
            }
        }
        Set<Long> found = new HashSet<>();
        segments.forEach(segment -> found.add(segment.number()));
        for (SegmentFormat.Kept segment : kept.values()) {
            boolean shouldBe = listed.contains(segment.number()) && !gone.contains(segment.number());
            boolean isWhole = found.contains(segment.number()) && !damagedSegments.contains(segment.number());
            if (shouldBe && !isWhole) {
                segment.samples().ifPresent(missing::expect);
            }
        }
        for (SequenceRange samples : missing.missing()) {
            long count = samples.last() - samples.first() + 1;
            long from = stampNear(samples.run(), samples.first());
            losses.add(new Loss(samples, count, Loss.Cause.DAMAGED, from, stampNear(samples.run(), samples.last())));
            lost += count;
        }
        if (damages > 0) {
            LOG.warn("spool was damaged, what is intact is sent: places={}, samplesLostAtLeast={}", damages, lost);
        }
    }

    /** Stamp of what is kept nearest to a sample that is not; 0 where nothing of its run is. */
    private long stampNear(long ofRun, long sequence) {
        long nearest = 0;
        for (Segment segment : segments) {
            if (segment.run() == ofRun && segment.last() != 0 && (nearest == 0 || segment.first() <= sequence)) {
                nearest = segment.stampNear(Math.clamp(sequence, segment.first(), segment.last()));
            }
        }
        return nearest;
    }

    List<Segment> segments() {
        return segments;
    }

    EventQueue events() {
        return events;
    }

    /** Not named yet. */
    LossList losses() {
        return losses;
    }

    /** Samples found lost now. */
    long lost() {
        return lost;
    }

    /** Greatest number of a segment seen; 0 where there is none. */
    long newest() {
        return newest;
    }

    /** Stamp of the sample kept last; 0 where none ever was. */
    long lastStamp() {
        return lastStamp;
    }

    /** Correction of the clock kept last, microseconds. */
    long correction() {
        return correction;
    }
}

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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all segments of a folder once, oldest first, and tells what they say in the end: which samples wait, which events are
 * open, which losses no event has named. Every intact record counts, whatever lies around it. A hole in a run's sequences
 * counts as loss where bytes before its end were damaged, or where a segment is missing that was not deleted by us; not
 * where the numbers between were settled or are named already.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final SpoolFolder folder;
    private final boolean patient;
    private final RecordCursor cursor = new RecordCursor();
    private final List<Segment> segments = new ArrayList<>();
    private List<Hole> holes = new ArrayList<>();
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
    private long missingFrom;
    private long damages;
    private long lost;

    /** Sequences that are not there; missing segments {@code from} to {@code to} may have held them, 0 where bytes did. */
    private record Hole(SequenceRange samples, long fromStamp, long toStamp, long missingFrom, long missingTo) {
        List<Hole> without(SequenceRange settled) {
            if (samples.run() != settled.run()
                    || samples.first() > settled.last()
                    || samples.last() < settled.first()) {
                return List.of(this);
            }
            List<Hole> rest = new ArrayList<>();
            part(samples.first(), settled.first() - 1).ifPresent(rest::add);
            part(settled.last() + 1, samples.last()).ifPresent(rest::add);
            return rest;
        }

        private Optional<Hole> part(long first, long last) {
            return first > last
                    ? Optional.empty()
                    : Optional.of(new Hole(
                            new SequenceRange(samples.run(), first, last), fromStamp, toStamp, missingFrom, missingTo));
        }

        Loss loss() {
            long count = samples.last() - samples.first() + 1;
            return new Loss(samples, count, Loss.Cause.DAMAGED, fromStamp, toStamp);
        }
    }

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
        missingFrom = newest != 0 && number != newest + 1 ? newest + 1 : missingFrom;
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
        damaged |= is;
        damages += is ? 1 : 0;
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
        boolean follows = cursor.sampleRun() == run && sequence > last + 1;
        if (follows && damaged) {
            holes.add(new Hole(new SequenceRange(run, last + 1, sequence - 1), lastStamp, stamp, 0, 0));
        } else if (follows && missingFrom != 0) {
            holes.add(new Hole(
                    new SequenceRange(run, last + 1, sequence - 1),
                    lastStamp,
                    stamp,
                    missingFrom,
                    segment.number() - 1));
        }
        damaged = false;
        missingFrom = 0;
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
        List<Hole> rest = new ArrayList<>();
        for (Hole hole : holes) {
            rest.addAll(hole.without(range));
        }
        holes = rest;
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
        if (head.complete()) {
            events = toldEvents;
            losses = toldLosses;
            toldEvents = new EventQueue(eventCapacity);
            toldLosses = new LossList();
            listed.clear();
            listed.addAll(head.segments());
            gone.clear();
        }
    }

    private void finish() {
        for (Segment segment : segments) {
            if (gone.contains(segment.number())) {
                segment.forget(0, Long.MAX_VALUE);
            }
        }
        for (Hole hole : holes) {
            if (hole.missingFrom() == 0 || isMissing(hole.missingFrom(), hole.missingTo())) {
                losses.add(hole.loss());
                lost += hole.loss().count();
            }
        }
        if (damages > 0) {
            LOG.warn("spool was damaged, what is intact is sent: places={}, samplesLostAtLeast={}", damages, lost);
        }
    }

    private boolean isMissing(long from, long to) {
        for (long number = from; number <= to; number++) {
            if (listed.contains(number) && !gone.contains(number)) {
                return true;
            }
        }
        return false;
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

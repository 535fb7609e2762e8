package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.v1.Inventory;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads samples and inventories back from segments, in ascending order without seeking. The newest samples are kept, so that what
 * is sent at once is not read back. One thread at a time.
 */
final class SegmentReader {
    private final RecordCursor cursor = new RecordCursor();
    private final Map<Long, SpoolRecord> newest = new HashMap<>();
    private Segment cursorSegment;
    private long cursorSequence;

    /** A sample was appended. */
    void keep(SpoolRecord sample) {
        newest.put(sample.sequence(), sample);
        newest.remove(sample.sequence() - Spool.LIVE_SAMPLES);
    }

    /** Another run begins: its sequences mean other samples. */
    void clear() {
        newest.clear();
    }

    /** The next sample is looked for anew. */
    void rewind() {
        cursorSegment = null;
    }

    /** Empty where it is damaged; a segment that cannot be read is marked so. */
    Optional<Inventory> inventory(Segment segment, int number) {
        cursorSegment = null;
        try {
            cursor.start(segment.store(), segment.inventoryAt(number));
            if (cursor.next() && cursor.offset() == segment.inventoryAt(number)) {
                return Optional.of(Inventory.parseFrom(cursor.payload()));
            }
        } catch (InvalidProtocolBufferException ignored) {
            // Damaged since: another segment may hold it too.
        } catch (IOException e) {
            segment.setReadable(false);
        } finally {
            segment.store().doneReading();
        }
        return Optional.empty();
    }

    /** Empty where it is damaged. */
    Optional<SpoolRecord> read(Segment segment, long sequence) throws IOException {
        SpoolRecord cached = newest.get(sequence);
        if (cached != null && cached.run() == segment.run()) {
            return Optional.of(cached);
        }
        try {
            return find(segment, sequence);
        } catch (IOException e) {
            // Half a filling is in the cursor: going on from there would skip what is intact.
            rewind();
            throw e;
        }
    }

    private Optional<SpoolRecord> find(Segment segment, long sequence) throws IOException {
        long offset = segment.offsetFor(sequence);
        if (cursorSegment != segment || cursorSequence >= sequence || offset > cursor.intactEnd()) {
            cursorSegment = null;
            cursor.start(segment.store(), offset);
        }
        while (cursor.next()) {
            if (cursor.kind() == SegmentFormat.SAMPLE && cursor.fitsKind() && cursor.sampleRun() == segment.run()) {
                cursorSegment = segment;
                cursorSequence = cursor.sampleSequence();
                if (cursorSequence == sequence) {
                    return Optional.of(
                            new SpoolRecord(segment.run(), sequence, cursor.sampleInventory(), cursor.sampleBytes()));
                }
                if (cursorSequence > sequence) {
                    break;
                }
            }
        }
        return Optional.empty();
    }
}

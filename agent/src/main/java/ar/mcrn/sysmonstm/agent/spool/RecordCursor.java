package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Walks over the records of a segment and skips what is damaged, down to a byte: the next record is believed where SYNC, length
 * and checksum fit. Used again and
 * again, for its buffer. Not for several threads.
 */
final class RecordCursor {
    /** Bytes read at a time, more than nearly every record has; twice the largest record where one has more. */
    private static final int FIRST_CAPACITY = 32 * 1024;

    private ByteBuffer buffer = ByteBuffer.allocate(FIRST_CAPACITY);
    private SegmentStore store;
    /** Where the buffer's first byte lies in the segment. */
    private long base;

    /** Where in the buffer the record given last begins, and the one after it is looked for. */
    private int record;

    private int next;
    private boolean skipped;
    private long intactEnd;

    /**
     * Stands before the first record from there on.
     *
     * @param position of a record; {@code SegmentFormat.FILE_HEADER} for the first
     */
    void start(SegmentStore segment, long position) {
        store = segment;
        base = position;
        intactEnd = position;
        record = 0;
        next = 0;
        skipped = false;
        buffer.position(0).limit(0);
    }

    /** Goes to the next intact record; false at the end. */
    boolean next() throws IOException {
        skipped = false;
        while (has(SegmentFormat.RECORD_HEADER)) {
            if (SegmentFormat.looksLikeRecord(buffer, next)) {
                int length = SegmentFormat.RECORD_HEADER + SegmentFormat.length(buffer, next);
                if (has(length) && SegmentFormat.isIntact(buffer, next)) {
                    record = next;
                    next += length;
                    intactEnd = base + next;
                    return true;
                }
            }
            skipped = true;
            next++;
        }
        return false;
    }

    private boolean has(int bytes) throws IOException {
        if (buffer.limit() - next >= bytes) {
            return true;
        }
        buffer.position(next);
        base += next;
        next = 0;
        if (bytes > buffer.capacity()) {
            buffer = ByteBuffer.allocate(2 * bytes).put(buffer);
        } else {
            buffer.compact();
        }
        while (buffer.position() < bytes || buffer.hasRemaining()) {
            if (store.read(buffer, base + buffer.position()) <= 0) {
                break;
            }
        }
        buffer.flip();
        return buffer.limit() >= bytes;
    }

    byte kind() {
        return SegmentFormat.kind(buffer, record);
    }

    /** Where the record begins in the segment. */
    long offset() {
        return base + record;
    }

    /** Where the last intact record ends. */
    long intactEnd() {
        return intactEnd;
    }

    /** True where bytes before this record were damaged. */
    boolean skipped() {
        return skipped;
    }

    /** The payload; good until {@link #next}. */
    ByteBuffer payload() {
        return buffer.slice(record + SegmentFormat.RECORD_HEADER, SegmentFormat.length(buffer, record));
    }

    byte[] payloadBytes() {
        ByteBuffer payload = payload();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    /** Of a SAMPLE, without making a slice. */
    long sampleRun() {
        return buffer.getLong(record + SegmentFormat.RECORD_HEADER);
    }

    long sampleSequence() {
        return buffer.getLong(record + SegmentFormat.RECORD_HEADER + 8);
    }

    long sampleStamp() {
        return buffer.getLong(record + SegmentFormat.RECORD_HEADER + 16);
    }

    int sampleInventory() {
        return buffer.getInt(record + SegmentFormat.RECORD_HEADER + 24);
    }

    byte[] sampleBytes() {
        byte[] bytes = new byte[SegmentFormat.length(buffer, record) - SegmentFormat.SAMPLE_HEADER];
        buffer.get(record + SegmentFormat.RECORD_HEADER + SegmentFormat.SAMPLE_HEADER, bytes);
        return bytes;
    }

    /** True where the payload can be what its kind says. */
    boolean fitsKind() {
        int length = SegmentFormat.length(buffer, record);
        return switch (kind()) {
            case SegmentFormat.SAMPLE -> length >= SegmentFormat.SAMPLE_HEADER;
            case SegmentFormat.HEAD ->
                length >= SegmentFormat.HEAD_BYTES
                        && length
                                == SegmentFormat.HEAD_BYTES
                                        + (long) SegmentFormat.KEPT_BYTES * buffer.getInt(record + 32);
            case SegmentFormat.SETTLED, SegmentFormat.EVENTS_SETTLED -> length == SegmentFormat.RANGE_BYTES;
            case SegmentFormat.LOSS -> length == SegmentFormat.LOSS_BYTES;
            case SegmentFormat.CORRECTION, SegmentFormat.GONE -> length == Long.BYTES;
            case SegmentFormat.INVENTORY, SegmentFormat.EVENT -> true;
            default -> false;
        };
    }
}

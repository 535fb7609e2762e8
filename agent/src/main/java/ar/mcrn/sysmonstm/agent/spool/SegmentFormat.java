package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How a segment file looks; all numbers big-endian.
 *
 * <pre>
 * file     0          8          16         20         24
 *          | MAGIC    | number   | crc32c   | 0        | record, record, ...
 *                                  of 0..16
 *
 * record   0          4      6      7      8          12
 *          | crc32c   | SYNC | kind | 0    | length   | payload
 *            of all that follows
 *
 * payloads 0          8          16         24         28
 *   HEAD       | last stamp | correction | complete (1), 3 x 0 | count (4) | run | last sequence of it
 *                then count times, for older segments kept:      number | run | first | last kept
 *   INVENTORY  | encoded Inventory
 *   SAMPLE     | run | sequence | stamp | inventory (4) | encoded Sample
 *   EVENT      | encoded Event
 *   SETTLED, EVENTS_SETTLED   | run | first | last
 *   LOSS       | run | first | last | count | from stamp | to stamp | cause (4)
 *   CORRECTION | microseconds
 *   GONE       | number of an older segment that is deleted next
 * </pre>
 *
 * <p>A segment holds samples of one run, in ascending order. It begins with the events and losses that are not settled or named
 * yet, then HEAD, then the run's inventory: what is small is told anew by each segment, so that any older one may go when its
 * samples are gone. A complete HEAD says that of events and losses told up to there those before it in its segment are all;
 * it comes after them, since a kill may come between. SETTLED and LOSS speak of samples before them, in any segment.
 *
 * <p>SYNC lets a reader find the next record after damage; that and the checksum together are believed.
 */
final class SegmentFormat {
    static final long MAGIC = 0x7379_736d_5350_4c31L;
    static final int FILE_HEADER = 24;
    static final short SYNC = (short) 0xa7d3;
    static final int RECORD_HEADER = 12;
    static final int SAMPLE_HEADER = 28;

    /** Largest payload: more than a message to the aggregator may hold. */
    static final int MAX_PAYLOAD = 136 * 1024;

    static final byte HEAD = 1;
    static final byte INVENTORY = 2;
    static final byte SAMPLE = 3;
    static final byte EVENT = 4;
    static final byte SETTLED = 5;
    static final byte EVENTS_SETTLED = 6;
    static final byte LOSS = 7;
    static final byte CORRECTION = 8;
    static final byte GONE = 9;

    /** Payloads of fixed length, and the two parts of HEAD. */
    static final int RANGE_BYTES = 24;

    static final int LOSS_BYTES = 52;
    static final int HEAD_BYTES = 40;
    static final int KEPT_BYTES = 32;

    private static final int CRC_AT = 0;
    private static final int SYNC_AT = 4;
    private static final int KIND_AT = 6;
    private static final int LENGTH_AT = 8;

    private SegmentFormat() {}

    /**
     * What HEAD says.
     *
     * @param lastStampMillis stamp of the sample kept last, Unix milliseconds; 0 where there is none
     * @param correctionMicros of the wall clock
     * @param complete true where events and losses before it are all there are
     * @param run that goes on in this segment; 0 where that is not known
     * @param last highest sequence of that run in older segments; 0 where there is none
     * @param older segments that are kept, so that one that is damaged or gone is missed
     */
    record Head(long lastStampMillis, long correctionMicros, boolean complete, long run, long last, List<Kept> older) {}

    /** What a segment keeps: of samples of a run those from first to last, or fewer; run 0 where there is none. */
    record Kept(long number, long run, long first, long last) {
        static Kept of(Segment segment) {
            long first = segment.nextKept(0);
            return first == 0
                    ? new Kept(segment.number(), 0, 0, 0)
                    : new Kept(segment.number(), segment.run(), first, segment.last());
        }

        Optional<SequenceRange> samples() {
            return run == 0 ? Optional.empty() : Optional.of(new SequenceRange(run, first, last));
        }
    }

    static ByteBuffer fileHeader(long number) {
        ByteBuffer header = ByteBuffer.allocate(FILE_HEADER);
        header.putLong(MAGIC)
                .putLong(number)
                .putInt(crc(header.array(), header.arrayOffset(), 16))
                .putInt(0);
        return header.flip();
    }

    /** The number that an intact file header says; -1 where it is not one. */
    static long numberOf(ByteBuffer header) {
        boolean intact = header.remaining() >= FILE_HEADER
                && header.getLong(0) == MAGIC
                && header.getInt(16) == crc(header.array(), header.arrayOffset(), 16);
        return intact ? header.getLong(8) : -1;
    }

    static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    /** True where a record header may begin here; its checksum is not looked at. */
    static boolean looksLikeRecord(ByteBuffer bytes, int at) {
        int length = bytes.getInt(at + LENGTH_AT);
        return bytes.getShort(at + SYNC_AT) == SYNC && length >= 0 && length <= MAX_PAYLOAD;
    }

    /** True where the checksum fits a whole record with an array behind it. */
    static boolean isIntact(ByteBuffer bytes, int at) {
        int length = bytes.getInt(at + LENGTH_AT);
        return bytes.getInt(at + CRC_AT)
                == crc(bytes.array(), bytes.arrayOffset() + at + SYNC_AT, RECORD_HEADER - SYNC_AT + length);
    }

    static int length(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LENGTH_AT);
    }

    static byte kind(ByteBuffer bytes, int at) {
        return bytes.get(at + KIND_AT);
    }

    /** Begins a record of a payload of that length, which is put behind it, then {@link #end}. */
    private static ByteBuffer begin(RecordBuffer records, byte kind, int length) {
        if (length > MAX_PAYLOAD) {
            throw new IllegalArgumentException(
                    "BUG: record larger than a reader believes: kind=" + kind + ", bytes=" + length);
        }
        ByteBuffer out = records.room(RECORD_HEADER + length);
        out.putInt(0).putShort(SYNC).put(kind).put((byte) 0).putInt(length);
        return out;
    }

    /** Closes the record whose payload ends there. */
    private static void end(ByteBuffer out, int length) {
        int at = out.position() - length - RECORD_HEADER;
        out.putInt(at + CRC_AT, crc(out.array(), out.arrayOffset() + at + SYNC_AT, RECORD_HEADER - SYNC_AT + length));
    }

    static void put(RecordBuffer out, byte kind, byte[] payload) {
        end(begin(out, kind, payload.length).put(payload), payload.length);
    }

    static void putSample(RecordBuffer out, SpoolRecord sample, long stampMillis) {
        int length = SAMPLE_HEADER + sample.sample().length;
        ByteBuffer record = begin(out, SAMPLE, length);
        record.putLong(sample.run())
                .putLong(sample.sequence())
                .putLong(stampMillis)
                .putInt(sample.inventory());
        record.put(sample.sample());
        end(record, length);
    }

    static void putRange(RecordBuffer out, byte kind, SequenceRange range) {
        ByteBuffer record = begin(out, kind, RANGE_BYTES);
        record.putLong(range.run()).putLong(range.first()).putLong(range.last());
        end(record, RANGE_BYTES);
    }

    static void putLoss(RecordBuffer out, Loss loss) {
        ByteBuffer record = begin(out, LOSS, LOSS_BYTES);
        SequenceRange samples = loss.samples();
        record.putLong(samples.run()).putLong(samples.first()).putLong(samples.last());
        record.putLong(loss.count()).putLong(loss.fromMillis()).putLong(loss.toMillis());
        record.putInt(loss.cause().code());
        end(record, LOSS_BYTES);
    }

    /** CORRECTION or GONE. */
    static void putNumber(RecordBuffer out, byte kind, long value) {
        end(begin(out, kind, Long.BYTES).putLong(value), Long.BYTES);
    }

    static void putHead(RecordBuffer out, Head head) {
        int length = HEAD_BYTES + head.older().size() * KEPT_BYTES;
        ByteBuffer record = begin(out, HEAD, length);
        record.putLong(head.lastStampMillis()).putLong(head.correctionMicros());
        record.putInt(head.complete() ? 1 << 24 : 0).putInt(head.older().size());
        record.putLong(head.run()).putLong(head.last());
        for (Kept kept : head.older()) {
            record.putLong(kept.number())
                    .putLong(kept.run())
                    .putLong(kept.first())
                    .putLong(kept.last());
        }
        end(record, length);
    }

    static SequenceRange range(ByteBuffer payload) {
        return new SequenceRange(payload.getLong(), payload.getLong(), payload.getLong());
    }

    static Loss loss(ByteBuffer payload) {
        SequenceRange samples = range(payload);
        long count = payload.getLong();
        long from = payload.getLong();
        long to = payload.getLong();
        return new Loss(samples, count, Loss.Cause.of(payload.getInt()), from, to);
    }

    static Head head(ByteBuffer payload) {
        long stamp = payload.getLong();
        long correction = payload.getLong();
        boolean complete = payload.getInt() != 0;
        int count = payload.getInt();
        long run = payload.getLong();
        long last = payload.getLong();
        List<Kept> older = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            older.add(new Kept(payload.getLong(), payload.getLong(), payload.getLong(), payload.getLong()));
        }
        return new Head(stamp, correction, complete, run, last, older);
    }
}

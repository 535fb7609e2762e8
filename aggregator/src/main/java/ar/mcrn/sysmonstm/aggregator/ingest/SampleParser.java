package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import java.time.Duration;

/**
 * Takes one {@code Samples} message apart, straight from its bytes into a {@link SampleSlot}: no allocation, no exception. One
 * per event loop.
 *
 * <pre>{@code
 * if (!parser.open(bytes, from, to) || !parser.verify(inventory)) -> unparsable, as a whole
 * while (parser.next()) {
 *     if (parser.check(inventory, nowMillis, horizonMillis)) parser.fill(slot) else -> parser.reason(), parser.detail()
 * }
 * }</pre>
 *
 * {@link #verify} looks at the wire form of everything, so that nothing of a malformed message is taken; {@link #check} judges
 * one sample by what it says, so that one bad sample does not take its neighbours along. The only sample of a message, which
 * is the rule, is read once.
 *
 * <p>Stricter than the generated classes: a known field of another wire type, values that are not packed or come in two
 * pieces, and groups are malformed. Readers of the slot's payload ({@code DeviceRows}) rely on that.
 */
public final class SampleParser {
    private static final HostColumn[] HOST = HostColumn.ALL.toArray(HostColumn[]::new);

    private final WireCursor message = new WireCursor();
    private final WireCursor sample = new WireCursor();
    private final RowCheck rows = new RowCheck();
    private final LiveRowCheck liveRows = new LiveRowCheck();
    private final long[] values = new long[Long.SIZE];

    private byte[] bytes = {};
    private Lane lane = Lane.LANE_UNSPECIFIED;
    private long run;
    private int inventory;
    private long sentMicros;
    private int waiting;
    private int count;

    private int from;
    private int to;
    private int readFrom;
    private MachineInventory readWith;
    private long sequence;
    private long endMillis;
    private int durationMillis;
    private long present;
    private int valueCount;
    private boolean valuesSeen;
    private int coreOffset;
    private int coreCount;

    private RejectReason reason = RejectReason.REJECT_REASON_UNSPECIFIED;
    private String detail = "";

    /**
     * Begins a {@code Samples} message that lies within {@code source}.
     *
     * @return false when what frames its samples is malformed, or it holds none
     */
    public boolean open(byte[] source, int start, int end) {
        bytes = source;
        lane = Lane.LANE_UNSPECIFIED;
        run = 0;
        inventory = 0;
        sentMicros = 0;
        waiting = -1;
        count = 0;
        readFrom = -1;
        message.reset(source, start, end);
        while (message.hasMore()) {
            int tag = message.tag();
            switch (tag >>> 3) {
                case Samples.LANE_FIELD_NUMBER -> {
                    Lane known = Lane.forNumber((int) varint(message, tag));
                    lane = known == null ? Lane.UNRECOGNIZED : known;
                }
                case Samples.RUN_FIELD_NUMBER -> {
                    expect(message, tag, WireCursor.FIXED64);
                    run = message.fixed64();
                }
                case Samples.INVENTORY_FIELD_NUMBER -> inventory = (int) varint(message, tag);
                case Samples.SENT_MICROS_FIELD_NUMBER -> sentMicros = varint(message, tag);
                case Samples.WAITING_FIELD_NUMBER ->
                    waiting = Math.clamp(varint(message, tag) & 0xffff_ffffL, 0, Integer.MAX_VALUE);
                case Samples.SAMPLES_FIELD_NUMBER -> {
                    expect(message, tag, WireCursor.LENGTH_DELIMITED);
                    int length = message.length();
                    message.moveTo(message.at() + length);
                    count++;
                }
                default -> message.skip(tag);
            }
        }
        boolean whole = !message.failed() && count > 0;
        message.reset(source, start, end);
        return whole;
    }

    /** Looks at the wire form of all samples; false when one is malformed. {@link #next} then begins with the first. */
    public boolean verify(MachineInventory known) {
        int start = message.at();
        while (next()) {
            if (!read(known)) {
                return false;
            }
        }
        message.moveTo(start);
        return true;
    }

    /** Continues a message that was verified before at one of its samples. */
    public void resumeAt(int position) {
        message.moveTo(position);
    }

    /** Where the sample that {@link #next} came to begins, with its tag; for {@link #resumeAt}. */
    public int position() {
        return position;
    }

    private int position;

    /** Moves to the next sample; false when there is none. */
    public boolean next() {
        while (message.hasMore()) {
            position = message.at();
            int tag = message.tag();
            if (tag >>> 3 == Samples.SAMPLES_FIELD_NUMBER) {
                int length = message.length();
                from = message.at();
                to = from + length;
                message.moveTo(to);
                return true;
            }
            message.skip(tag);
        }
        return false;
    }

    /**
     * Judges the sample at hand.
     *
     * @param inventory what its device indexes belong to
     * @param nowMillis the aggregator's clock, Unix milliseconds
     * @param horizon oldest stamp accepted, as an age
     * @return false when it is rejected, as {@link #reason} and {@link #detail} say
     */
    public boolean check(MachineInventory inventory, long nowMillis, Duration horizon) {
        reason = RejectReason.REJECT_REASON_UNSPECIFIED;
        if ((readFrom != from || readWith != inventory) && !read(inventory)) {
            return reject(RejectReason.REJECT_REASON_INVALID_FIELD, "BUG: malformed after verify");
        }
        if (sequence <= 0) {
            return reject(RejectReason.REJECT_REASON_INVALID_FIELD, "sequence=" + Long.toUnsignedString(sequence));
        }
        if (durationMillis <= 0 || durationMillis > Limits.DURATION_MILLIS) {
            return reject(
                    RejectReason.REJECT_REASON_INVALID_FIELD,
                    "duration_millis=" + Integer.toUnsignedString(durationMillis));
        }
        if (endMillis < 0 || endMillis > nowMillis + Limits.AHEAD_MILLIS) {
            return reject(RejectReason.REJECT_REASON_CLOCK_AHEAD, "end_millis=" + Long.toUnsignedString(endMillis));
        }
        if (endMillis < nowMillis - horizon.toMillis()) {
            return reject(RejectReason.REJECT_REASON_TOO_OLD, "end_millis=" + endMillis);
        }
        return checkHost() && checkCores() && checkRows();
    }

    private boolean checkHost() {
        if (valueCount != Long.bitCount(present)) {
            return reject(
                    RejectReason.REJECT_REASON_INVALID_FIELD,
                    "values=" + valueCount + ", present=" + Long.bitCount(present));
        }
        int index = 0;
        // Columns of newer agents have higher numbers, so that theirs are the last values.
        for (long mask = present & HostColumn.MASK; mask != 0; mask &= mask - 1) {
            HostColumn column = HOST[Long.numberOfTrailingZeros(mask)];
            long value = values[index++];
            if (value < 0 || value > column.max()) {
                return reject(
                        RejectReason.REJECT_REASON_INVALID_FIELD, column.column() + '=' + Long.toUnsignedString(value));
            }
        }
        return true;
    }

    private boolean checkCores() {
        if (coreCount > Limits.CORES) {
            return reject(RejectReason.REJECT_REASON_TOO_MANY_SERIES, "cores=" + coreCount);
        }
        for (int i = 0; i < coreCount; i++) {
            int load = bytes[coreOffset + i] & 0xff;
            if (load > Limits.CORE_LOAD) {
                return reject(RejectReason.REJECT_REASON_INVALID_FIELD, "core_load[" + i + "]=" + load);
            }
        }
        return true;
    }

    private boolean checkRows() {
        if (rows.fault() != null) {
            return reject(rows.reason(), rows.fault());
        }
        return liveRows.fault() == null || reject(RejectReason.REJECT_REASON_INVALID_FIELD, liveRows.fault());
    }

    private boolean reject(RejectReason why, String what) {
        reason = why;
        detail = what;
        return false;
    }

    /**
     * Fills a slot with the sample that {@link #check} accepted, all but its origin.
     *
     * @param borrowed holds the payload where it is longer than {@link SampleSlot#INLINE_BYTES}, otherwise unused
     */
    public void fill(SampleSlot slot, byte[] borrowed) {
        slot.setIdentity(sequence, endMillis, durationMillis);
        slot.setPresent(present & HostColumn.MASK);
        int index = 0;
        for (long mask = present & HostColumn.MASK; mask != 0; mask &= mask - 1) {
            slot.setHost(Long.numberOfTrailingZeros(mask), values[index++]);
        }
        int length = to - from;
        if (length <= SampleSlot.INLINE_BYTES) {
            slot.copyPayload(bytes, from, length);
        } else {
            System.arraycopy(bytes, from, borrowed, 0, length);
            slot.setPayload(borrowed, length);
        }
        slot.setCores(coreOffset - from, coreCount);
    }

    /** Takes the wire form of the sample at hand apart; false when it is malformed. */
    private boolean read(MachineInventory known) {
        sequence = 0;
        endMillis = 0;
        durationMillis = 0;
        present = 0;
        valueCount = 0;
        valuesSeen = false;
        coreOffset = from;
        coreCount = 0;
        readFrom = from;
        readWith = known;
        rows.begin(known);
        liveRows.begin(known);
        sample.reset(bytes, from, to);
        while (sample.hasMore()) {
            int tag = sample.tag();
            int field = tag >>> 3;
            switch (field) {
                case Sample.SEQUENCE_FIELD_NUMBER -> sequence = varint(sample, tag);
                case Sample.END_MILLIS_FIELD_NUMBER -> endMillis = varint(sample, tag);
                case Sample.DURATION_MILLIS_FIELD_NUMBER -> durationMillis = (int) varint(sample, tag);
                case Sample.PRESENT_FIELD_NUMBER -> present = varint(sample, tag);
                case Sample.VALUES_FIELD_NUMBER -> readValues(tag);
                case Sample.CORE_LOAD_FIELD_NUMBER -> {
                    expect(sample, tag, WireCursor.LENGTH_DELIMITED);
                    coreCount = sample.length();
                    coreOffset = sample.at();
                    sample.moveTo(coreOffset + coreCount);
                }
                case Sample.DISKS_FIELD_NUMBER,
                        Sample.INTERFACES_FIELD_NUMBER,
                        Sample.FILESYSTEMS_FIELD_NUMBER,
                        Sample.DISK_INTERVALS_FIELD_NUMBER,
                        Sample.INTERFACE_INTERVALS_FIELD_NUMBER,
                        Sample.FILESYSTEM_INTERVALS_FIELD_NUMBER -> {
                    expect(sample, tag, WireCursor.LENGTH_DELIMITED);
                    int length = sample.length();
                    int start = sample.at();
                    if (!rows.read(bytes, start, start + length, field)) {
                        sample.fail();
                    } else {
                        sample.moveTo(start + length);
                    }
                }
                case Sample.PROCESSES_FIELD_NUMBER, Sample.TEMPERATURES_FIELD_NUMBER -> {
                    expect(sample, tag, WireCursor.LENGTH_DELIMITED);
                    int length = sample.length();
                    int start = sample.at();
                    boolean whole = field == Sample.PROCESSES_FIELD_NUMBER
                            ? liveRows.process(bytes, start, start + length)
                            : liveRows.temperature(bytes, start, start + length);
                    if (!whole) {
                        sample.fail();
                    } else {
                        sample.moveTo(start + length);
                    }
                }
                default -> sample.skip(tag);
            }
        }
        return !sample.failed();
    }

    private void readValues(int tag) {
        expect(sample, tag, WireCursor.LENGTH_DELIMITED);
        int length = sample.length();
        int end = sample.at() + length;
        if (valuesSeen) {
            sample.fail();
        }
        valuesSeen = true;
        while (sample.at() < end && !sample.failed()) {
            long value = sample.varint();
            if (valueCount < values.length) {
                values[valueCount] = value;
            }
            valueCount++;
        }
        if (sample.at() != end) {
            sample.fail();
        }
    }

    private static long varint(WireCursor cursor, int tag) {
        expect(cursor, tag, WireCursor.VARINT);
        return cursor.varint();
    }

    private static void expect(WireCursor cursor, int tag, int type) {
        if ((tag & 7) != type) {
            cursor.fail();
        }
    }

    /** Lane of the message at hand; UNRECOGNIZED when it is none of ours. */
    public Lane lane() {
        return lane;
    }

    /** Run of the message at hand. */
    public long run() {
        return run;
    }

    /** Inventory number of the message at hand. */
    public int inventory() {
        return inventory;
    }

    /** Agent's clock when it sent the message at hand, Unix microseconds. */
    public long sentMicros() {
        return sentMicros;
    }

    /** Samples that wait for backfill at the agent; -1 where the message does not say. */
    public int waiting() {
        return waiting;
    }

    /** Samples in the message at hand. */
    public int count() {
        return count;
    }

    /** Sequence of the sample that was checked last. */
    public long sequence() {
        return sequence;
    }

    /** End stamp of the sample that was checked last, Unix milliseconds. */
    public long endMillis() {
        return endMillis;
    }

    /** Length of the sample that was checked last, bytes. */
    public int length() {
        return to - from;
    }

    /** Why {@link #check} refused. */
    public RejectReason reason() {
        return reason;
    }

    /** Field and value that {@link #check} refused. */
    public String detail() {
        return detail;
    }
}

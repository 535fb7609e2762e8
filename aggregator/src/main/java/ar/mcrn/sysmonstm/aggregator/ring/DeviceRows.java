package ar.mcrn.sysmonstm.aggregator.ring;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Sample;

/**
 * Cursor over the device rows of one kind in a slot's payload. One per handler, used again and again; allocates nothing. The
 * payload was validated when it was taken in, so that reading it cannot fail.
 *
 * <pre>{@code
 * rows.reset(slot, Sample.DISK_INTERVALS_FIELD_NUMBER);
 * while (rows.next()) { ... rows.device(), rows.value(DiskColumn.READ_BYTES) ... }
 * }</pre>
 */
public final class DeviceRows {
    private static final int LENGTH_DELIMITED = 2;

    private final long[] values = new long[Long.SIZE];
    private byte[] bytes;
    private int at;
    private int end;
    private int field;
    private int sampleMillis;
    private int device;
    private int durationMillis;
    private long present;

    /**
     * Begins at the first row of one kind.
     *
     * @param field field number of the repeated {@code DeviceRow} in {@link Sample}
     */
    public void reset(SampleSlot slot, int field) {
        this.bytes = slot.payload();
        this.at = 0;
        this.end = slot.payloadLength();
        this.field = field;
        this.sampleMillis = slot.durationMillis();
    }

    /** Moves to the next row; false when there is none. */
    public boolean next() {
        while (at < end) {
            long tag = varint();
            int number = (int) (tag >>> 3);
            if (number == field) {
                int length = (int) varint();
                read(at + length);
                return true;
            }
            skip((int) tag & 7);
        }
        return false;
    }

    private void read(int rowEnd) {
        device = 0;
        present = 0;
        durationMillis = 0;
        int valuesAt = -1;
        int valuesEnd = -1;
        while (at < rowEnd) {
            long tag = varint();
            switch ((int) (tag >>> 3)) {
                case DeviceRow.DEVICE_FIELD_NUMBER -> device = (int) varint();
                case DeviceRow.PRESENT_FIELD_NUMBER -> present = varint();
                case DeviceRow.DURATION_MILLIS_FIELD_NUMBER -> durationMillis = (int) varint();
                case DeviceRow.VALUES_FIELD_NUMBER -> {
                    int length = (int) varint();
                    valuesAt = at;
                    valuesEnd = at + length;
                    at = valuesEnd;
                }
                default -> skip((int) tag & 7);
            }
        }
        if (durationMillis == 0) {
            durationMillis = sampleMillis;
        }
        int resume = at;
        at = valuesAt;
        for (long mask = present; mask != 0 && at < valuesEnd; mask &= mask - 1) {
            values[Long.numberOfTrailingZeros(mask)] = varint();
        }
        at = resume;
    }

    /** Position in the inventory's list of this kind. */
    public int device() {
        return device;
    }

    /** Presence mask of this kind's columns. */
    public long present() {
        return present;
    }

    /** Length of the row's interval, milliseconds. */
    public int durationMillis() {
        return durationMillis;
    }

    /** True where the column was measured. */
    public boolean has(Column column) {
        return (present & column.bit()) != 0;
    }

    /** Wire integer of a column; meaningless where {@link #has} is false. */
    public long value(Column column) {
        return values[column.wire()];
    }

    private void skip(int type) {
        switch (type) {
            case 0 -> varint();
            case 1 -> at += Long.BYTES;
            case LENGTH_DELIMITED -> {
                int length = (int) varint();
                at += length;
            }
            default -> at += Integer.BYTES;
        }
    }

    private long varint() {
        long result = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte b = bytes[at++];
            result |= (b & 0x7fL) << shift;
            if (b >= 0) {
                break;
            }
        }
        return result;
    }
}

package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.Arrays;
import java.util.List;

/**
 * Judges the device rows of one sample, for {@link SampleParser}: wire form, device known and named once per list, values that
 * fit their mask and bounds. Keeps the first fault; allocates only to name one.
 */
final class RowCheck {
    private static final Column[] DISK = columns(DiskColumn.ALL);
    private static final Column[] INTERFACE = columns(InterfaceColumn.ALL);
    private static final Column[] FILESYSTEM = columns(FilesystemColumn.ALL);
    private static final int LISTS = 6;
    private static final int WORDS = Limits.SERIES / Long.SIZE;

    private final WireCursor cursor = new WireCursor();
    private final long[] values = new long[Long.SIZE];
    private final long[] seen = new long[LISTS * WORDS];

    private boolean judge;
    private int disks;
    private int interfaces;
    private int filesystems;
    private int count;
    private String fault;
    private RejectReason reason = RejectReason.REJECT_REASON_UNSPECIFIED;

    private static Column[] columns(List<? extends Column> all) {
        return all.toArray(Column[]::new);
    }

    /** Begins a sample; without an inventory only the wire form is looked at. */
    void begin(MachineInventory inventory) {
        if (count > 0) {
            Arrays.fill(seen, 0);
        }
        count = 0;
        fault = null;
        judge = inventory != null;
        if (judge) {
            disks = inventory.disks().size();
            interfaces = inventory.interfaces().size();
            filesystems = inventory.filesystems().size();
        }
    }

    /** Reads one row of the list with this field number; false when it is malformed. */
    boolean read(byte[] bytes, int from, int to, int field) {
        cursor.reset(bytes, from, to);
        count++;
        int device = 0;
        long present = 0;
        int durationMillis = 0;
        int valueCount = 0;
        boolean valuesSeen = false;
        while (cursor.hasMore()) {
            int tag = cursor.tag();
            int type = tag & 7;
            switch (tag >>> 3) {
                case DeviceRow.DEVICE_FIELD_NUMBER -> device = (int) varint(type);
                case DeviceRow.PRESENT_FIELD_NUMBER -> present = varint(type);
                case DeviceRow.DURATION_MILLIS_FIELD_NUMBER -> durationMillis = (int) varint(type);
                case DeviceRow.VALUES_FIELD_NUMBER -> {
                    if (valuesSeen || type != WireCursor.LENGTH_DELIMITED) {
                        cursor.fail();
                    }
                    valuesSeen = true;
                    valueCount = readValues();
                }
                default -> cursor.skip(tag);
            }
        }
        if (cursor.failed()) {
            return false;
        }
        if (judge && fault == null) {
            check(field, device, present, durationMillis, valueCount);
        }
        return true;
    }

    private int readValues() {
        int length = cursor.length();
        int end = cursor.at() + length;
        int read = 0;
        while (cursor.at() < end && !cursor.failed()) {
            long value = cursor.varint();
            if (read < values.length) {
                values[read] = value;
            }
            read++;
        }
        if (cursor.at() != end) {
            cursor.fail();
        }
        return read;
    }

    private long varint(int type) {
        if (type != WireCursor.VARINT) {
            cursor.fail();
        }
        return cursor.varint();
    }

    private void check(int field, int device, long present, int durationMillis, int valueCount) {
        if (count > 2 * Limits.SERIES) {
            refuse(RejectReason.REJECT_REASON_TOO_MANY_SERIES, "device rows=" + count);
            return;
        }
        int known = known(field);
        if (device < 0 || device >= known) {
            invalid(field, "device=" + Integer.toUnsignedString(device) + ", known=" + known);
            return;
        }
        int word = (field - Sample.DISKS_FIELD_NUMBER) * WORDS + device / Long.SIZE;
        if ((seen[word] & 1L << device) != 0) {
            invalid(field, "device=" + device + " twice");
            return;
        }
        seen[word] |= 1L << device;
        if (durationMillis < 0 || durationMillis > Limits.DURATION_MILLIS) {
            invalid(field, "duration_millis=" + Integer.toUnsignedString(durationMillis));
            return;
        }
        if (valueCount != Long.bitCount(present)) {
            invalid(field, "values=" + valueCount + ", present=" + Long.bitCount(present));
            return;
        }
        Column[] columns = columns(field);
        int index = 0;
        for (long mask = present; mask != 0; mask &= mask - 1) {
            int wire = Long.numberOfTrailingZeros(mask);
            if (wire >= columns.length) {
                return;
            }
            long value = values[index++];
            if (value < 0 || value > columns[wire].max()) {
                invalid(field, columns[wire].column() + '=' + Long.toUnsignedString(value));
                return;
            }
        }
    }

    private int known(int field) {
        return switch (field) {
            case Sample.DISKS_FIELD_NUMBER, Sample.DISK_INTERVALS_FIELD_NUMBER -> disks;
            case Sample.INTERFACES_FIELD_NUMBER, Sample.INTERFACE_INTERVALS_FIELD_NUMBER -> interfaces;
            default -> filesystems;
        };
    }

    private static Column[] columns(int field) {
        return switch (field) {
            case Sample.DISKS_FIELD_NUMBER, Sample.DISK_INTERVALS_FIELD_NUMBER -> DISK;
            case Sample.INTERFACES_FIELD_NUMBER, Sample.INTERFACE_INTERVALS_FIELD_NUMBER -> INTERFACE;
            default -> FILESYSTEM;
        };
    }

    private void invalid(int field, String what) {
        String list = Sample.getDescriptor().findFieldByNumber(field).getName();
        refuse(RejectReason.REJECT_REASON_INVALID_FIELD, list + ": " + what);
    }

    private void refuse(RejectReason why, String what) {
        reason = why;
        fault = what;
    }

    /** First fault of the sample; null when there is none. */
    String fault() {
        return fault;
    }

    /** What the fault is. */
    RejectReason reason() {
        return reason;
    }
}

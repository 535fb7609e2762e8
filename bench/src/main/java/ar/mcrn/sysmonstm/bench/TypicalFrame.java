package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Disk;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One second of an ordinary server, as its agent sends it: 8 cores, 3 disks, 2 interfaces, all host columns, no closed
 * intervals. Sequence and stamp can be put into the bytes, so that sending it again costs nothing.
 */
final class TypicalFrame {
    /** Five bytes of varint: room for any sequence that a benchmark reaches. */
    private static final long FIRST_SEQUENCE = 1L << 28;

    private static final int SEQUENCE_BYTES = 5;
    private static final int STAMP_BYTES = 6;

    private final byte[] bytes;
    private final int sampleAt;
    private final int sequenceAt;
    private final int stampAt;
    private long sequence = FIRST_SEQUENCE;

    TypicalFrame(long run) {
        Random random = new Random(run);
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(FIRST_SEQUENCE)
                .setEndMillis(System.currentTimeMillis())
                .setDurationMillis(1_000)
                .setPresent(HostColumn.MASK);
        HostColumn.ALL.forEach(column -> sample.addValues(typical(column, random)));
        byte[] cores = new byte[8];
        for (int i = 0; i < cores.length; i++) {
            cores[i] = (byte) random.nextInt(60);
        }
        sample.setCoreLoad(ByteString.copyFrom(cores));
        for (int i = 0; i < 3; i++) {
            sample.addDisks(row(i, DiskColumn.ALL.subList(0, 8), random));
        }
        for (int i = 0; i < 2; i++) {
            sample.addInterfaces(row(i, InterfaceColumn.ALL.subList(0, 8), random));
        }
        bytes = Samples.newBuilder()
                .setLane(Lane.LANE_LIVE)
                .setRun(run)
                .setInventory(1)
                .setSentMicros(System.currentTimeMillis() * 1_000)
                .addSamples(sample)
                .build()
                .toByteArray();
        sampleAt = bytes.length - sample.build().getSerializedSize();
        sequenceAt = sampleAt + 1;
        stampAt = sequenceAt + SEQUENCE_BYTES + 1;
    }

    private static DeviceRow row(int device, List<? extends Column> columns, Random random) {
        DeviceRow.Builder row = DeviceRow.newBuilder().setDevice(device);
        long present = 0;
        for (Column column : columns) {
            present |= column.bit();
            row.addValues(device == 0 ? typical(column, random) : 0);
        }
        return row.setPresent(present).build();
    }

    private static long typical(Column column, Random random) {
        if (column.max() == 10_000) {
            return random.nextInt(3_000);
        }
        return column.kind() == Kind.GAUGE ? random.nextInt(4_000_000) : random.nextInt(20_000);
    }

    /** The machine it is of. */
    static Inventory inventory(long run) {
        Inventory.Builder inventory = Inventory.newBuilder()
                .setRun(run)
                .setNumber(1)
                .setHostName("bench")
                .setLogicalCores(8);
        for (int i = 0; i < 3; i++) {
            inventory.addDisks(Disk.newBuilder().setName("sd" + i));
        }
        for (int i = 0; i < 2; i++) {
            inventory.addInterfaces(NetworkInterface.newBuilder().setName("eth" + i));
        }
        return inventory
                .addFilesystems(Filesystem.newBuilder().setMountpoint("/"))
                .build();
    }

    /** The message; the same array each time. */
    byte[] bytes() {
        return bytes;
    }

    /** The sample alone; a copy. */
    byte[] sample() {
        return Arrays.copyOfRange(bytes, sampleAt, bytes.length);
    }

    /** Makes it the next sample of its machine. */
    void next(long endMillis) {
        sequence++;
        put(sequenceAt, SEQUENCE_BYTES, sequence);
        put(stampAt, STAMP_BYTES, endMillis);
    }

    private void put(int at, int length, long value) {
        long rest = value;
        for (int i = 0; i < length - 1; i++) {
            bytes[at + i] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at + length - 1] = (byte) rest;
    }
}

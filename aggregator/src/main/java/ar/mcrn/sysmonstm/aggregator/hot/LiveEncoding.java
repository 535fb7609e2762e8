package ar.mcrn.sysmonstm.aggregator.hot;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.v1.LiveInventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.LiveTick;
import java.nio.charset.StandardCharsets;

/**
 * Encodes {@code LiveSample} and {@code LiveTick} by hand: the sample's own bytes are copied as they came, so that nothing is
 * taken apart and put together again.
 *
 * <p>Source: protobuf.dev, "Encoding"; a test holds it against the generated classes.
 */
final class LiveEncoding {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;

    private LiveEncoding() {}

    /** Bytes that {@link #sample} may need at most beside the payload and the machine's name. */
    static final int SAMPLE_OVERHEAD = 64;

    /**
     * Writes a {@code LiveSample}.
     *
     * @param machine the machine's name in UTF-8
     * @return its length
     */
    static int sample(byte[] into, byte[] machine, SampleSlot slot) {
        int at = 0;
        at = tag(into, at, LiveSample.MACHINE_FIELD_NUMBER, BYTES);
        at = bytes(into, at, machine, machine.length);
        at = tag(into, at, LiveSample.RUN_FIELD_NUMBER, FIXED64);
        at = fixed64(into, at, slot.run());
        at = tag(into, at, LiveSample.INVENTORY_FIELD_NUMBER, VARINT);
        at = varint(into, at, Integer.toUnsignedLong(slot.inventory().number()));
        at = tag(into, at, LiveSample.RECEIVED_MILLIS_FIELD_NUMBER, VARINT);
        at = varint(into, at, slot.receivedMillis());
        at = tag(into, at, LiveSample.INTERVAL_MILLIS_FIELD_NUMBER, VARINT);
        at = varint(into, at, Integer.toUnsignedLong(slot.intervalMillis()));
        at = tag(into, at, LiveSample.SAMPLE_FIELD_NUMBER, BYTES);
        return bytes(into, at, slot.payload(), slot.payloadLength());
    }

    /** Length of one member of a repeated message field, with tag and length prefix. */
    static int memberLength(int length) {
        return 1 + varintLength(length) + length;
    }

    /** Length of an encoded {@code LiveInventory}. */
    static int inventoryLength(byte[] machine, MachineInventory inventory) {
        return memberLength(machine.length) + memberLength(inventory.encoded().length);
    }

    /** Writes one {@code LiveTick.inventories}; returns the index behind it. */
    static int tickInventory(byte[] into, int from, byte[] machine, MachineInventory inventory) {
        int at = tag(into, from, LiveTick.INVENTORIES_FIELD_NUMBER, BYTES);
        at = varint(into, at, inventoryLength(machine, inventory));
        at = tag(into, at, LiveInventory.MACHINE_FIELD_NUMBER, BYTES);
        at = bytes(into, at, machine, machine.length);
        at = tag(into, at, LiveInventory.INVENTORY_FIELD_NUMBER, BYTES);
        return bytes(into, at, inventory.encoded(), inventory.encoded().length);
    }

    /** Writes one {@code LiveTick.samples}; returns the index behind it. */
    static int tickSample(byte[] into, int from, byte[] sample) {
        int at = tag(into, from, LiveTick.SAMPLES_FIELD_NUMBER, BYTES);
        return bytes(into, at, sample, sample.length);
    }

    /** Writes {@code LiveTick.encoded_millis}; returns the index behind it. */
    static int tickEncoded(byte[] into, int from, long millis) {
        return varint(into, tag(into, from, LiveTick.ENCODED_MILLIS_FIELD_NUMBER, VARINT), millis);
    }

    /** Bytes that {@link #tickEncoded} may need at most. */
    static final int TICK_OVERHEAD = 16;

    /** A machine's name as it is written. */
    static byte[] name(MachineInventory inventory) {
        return inventory.machine().value().getBytes(StandardCharsets.UTF_8);
    }

    private static int tag(byte[] into, int at, int field, int type) {
        into[at] = (byte) (field << 3 | type);
        return at + 1;
    }

    private static int bytes(byte[] into, int from, byte[] source, int length) {
        int at = varint(into, from, length);
        System.arraycopy(source, 0, into, at, length);
        return at + length;
    }

    private static int varint(byte[] into, int from, long value) {
        int at = from;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            into[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        into[at++] = (byte) rest;
        return at;
    }

    private static int varintLength(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    private static int fixed64(byte[] into, int at, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            into[at + i] = (byte) (value >>> (i * Byte.SIZE));
        }
        return at + Long.BYTES;
    }
}

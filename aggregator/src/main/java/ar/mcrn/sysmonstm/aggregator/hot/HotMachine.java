package ar.mcrn.sysmonstm.aggregator.hot;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import java.util.Arrays;

/**
 * One machine on its way to hot state: two encoded samples, one per {@link HotBatch} side. The side that the handler fills
 * belongs to the handler, the other to the sender; what {@link #knownSample} and its like hold belongs to the sender alone.
 */
final class HotMachine {
    private final byte[] name;
    private final byte[][] sample = new byte[2][];
    private final int[] length = new int[2];
    private final long[] receivedMillis = new long[2];
    private final long[] receivedNanos = new long[2];
    private final long[] handledNanos = new long[2];
    private final MachineInventory[] inventory = new MachineInventory[2];
    private long touchedMillis;

    private byte[] knownSample;
    private MachineInventory knownInventory;
    private MachineInventory writtenInventory;
    private long knownReceivedMillis;

    HotMachine(byte[] name) {
        this.name = name;
    }

    byte[] name() {
        return name;
    }

    /** Whether this side holds a sample that has not been taken over by the sender. */
    boolean isFilled(int side) {
        return length[side] > 0;
    }

    /** Array of one side, made or grown to {@code bytes} at least. */
    byte[] room(int side, int bytes) {
        if (sample[side] == null || sample[side].length < bytes) {
            sample[side] = new byte[capacity(bytes)];
        }
        return sample[side];
    }

    /** Bytes by which {@link #room} would have to grow the side's array. */
    int growth(int side, int bytes) {
        int present = sample[side] == null ? 0 : sample[side].length;
        return present >= bytes ? 0 : capacity(bytes) - present;
    }

    private static int capacity(int bytes) {
        return bytes + (bytes >> 2);
    }

    /** Bytes of both arrays. */
    int capacity() {
        return (sample[0] == null ? 0 : sample[0].length) + (sample[1] == null ? 0 : sample[1].length);
    }

    /** The handler has encoded a sample into the side's {@link #room}. */
    void filled(int side, int bytes, MachineInventory of, long millis, long nanos) {
        length[side] = bytes;
        inventory[side] = of;
        receivedMillis[side] = millis;
        receivedNanos[side] = nanos;
        handledNanos[side] = System.nanoTime();
        touchedMillis = millis;
    }

    /** When the handler last saw a sample, Unix milliseconds. */
    long touchedMillis() {
        return touchedMillis;
    }

    /** The sender takes a side over: its sample becomes what is known, the side is empty again. */
    void take(int side) {
        knownSample = Arrays.copyOf(sample[side], length[side]);
        knownInventory = inventory[side];
        knownReceivedMillis = receivedMillis[side];
        empty(side);
    }

    /** The side's sample has been dealt with. */
    void empty(int side) {
        length[side] = 0;
        inventory[side] = null;
    }

    /** When the sample of a side was received, {@link System#nanoTime()}. */
    long receivedNanos(int side) {
        return receivedNanos[side];
    }

    /** When the handler had encoded the sample of a side, {@link System#nanoTime()}. */
    long handledNanos(int side) {
        return handledNanos[side];
    }

    /** Newest sample that the sender took over, encoded {@code LiveSample}. */
    byte[] knownSample() {
        return knownSample;
    }

    /** Inventory of the known sample. */
    MachineInventory knownInventory() {
        return knownInventory;
    }

    /** When the known sample was received, Unix milliseconds. */
    long knownReceivedMillis() {
        return knownReceivedMillis;
    }

    /** Whether hot state does not hold the known sample's inventory yet. */
    boolean needsInventory() {
        return writtenInventory != knownInventory;
    }

    /** Hot state holds what is known now. */
    void written() {
        writtenInventory = knownInventory;
    }

    /** Hot state may have lost the inventory. */
    void forgotten() {
        writtenInventory = null;
    }
}

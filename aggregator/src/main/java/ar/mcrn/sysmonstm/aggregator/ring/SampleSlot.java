package ar.mcrn.sysmonstm.aggregator.ring;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.HostColumn;
import java.util.Arrays;

/**
 * One sample, taken apart as far as the handlers need it. Preallocated in the ring and filled again and again: nothing of it
 * may be kept beyond the handler's call. Also used outside the ring, one per event loop, for backfill.
 *
 * <pre>
 * scalars         identity, stamps, who sent it
 * host[64]        wire integers by wire number, valid where the bit in present is set
 * payload         the encoded v1.Sample, inline up to {@value #INLINE_BYTES} bytes, otherwise a borrowed array;
 *                 core load is a range of it, device rows are read from it by {@link DeviceRows}
 * </pre>
 *
 * Written by one gRPC thread before it is published, read by the handlers after; the ring's barriers make it visible.
 */
public final class SampleSlot {
    /** Payload bytes that a slot holds itself: what 16 cores and some 20 devices need. */
    public static final int INLINE_BYTES = 1024;

    private final long[] host = new long[HostColumn.ALL.size()];
    private final byte[] inline = new byte[INLINE_BYTES];

    private MachineInventory inventory;
    private StreamOutcomes outcomes;
    private long run;
    private long sequence;
    private long endMillis;
    private int durationMillis;
    private int intervalMillis;
    private long receivedMillis;
    private long receivedNanos;
    private boolean late;
    private long present;
    private byte[] payload = inline;
    private int payloadLength;
    private int coreOffset;
    private int coreCount;

    /**
     * Who sent it, and how it came.
     *
     * @param inventory what its device indexes mean, and which machine it is
     * @param outcomes where its outcome goes
     * @param intervalMillis collect interval of the agent
     * @param receivedMillis aggregator's wall clock at receipt, Unix milliseconds
     * @param receivedNanos {@link System#nanoTime()} at receipt
     * @param late true for backfill
     */
    public void setOrigin(
            MachineInventory inventory,
            StreamOutcomes outcomes,
            int intervalMillis,
            long receivedMillis,
            long receivedNanos,
            boolean late) {
        this.inventory = inventory;
        this.outcomes = outcomes;
        this.run = inventory.run();
        this.intervalMillis = intervalMillis;
        this.receivedMillis = receivedMillis;
        this.receivedNanos = receivedNanos;
        this.late = late;
    }

    /** Identity within the run, end stamp in Unix milliseconds, length in milliseconds. */
    public void setIdentity(long sequence, long endMillis, int durationMillis) {
        this.sequence = sequence;
        this.endMillis = endMillis;
        this.durationMillis = durationMillis;
    }

    /** Presence mask; the values follow by {@link #setHost}. */
    public void setPresent(long present) {
        this.present = present;
    }

    /** One host value by wire number. */
    public void setHost(int wire, long value) {
        host[wire] = value;
    }

    /** Where core load lies within the payload, and how many cores there are. */
    public void setCores(int offset, int count) {
        this.coreOffset = offset;
        this.coreCount = count;
    }

    /**
     * Copies the encoded sample into the slot's own bytes.
     *
     * @throws IndexOutOfBoundsException when longer than {@link #INLINE_BYTES}; use {@link #setPayload} then
     */
    public void copyPayload(byte[] source, int offset, int length) {
        System.arraycopy(source, offset, inline, 0, length);
        payload = inline;
        payloadLength = length;
    }

    /** Uses a borrowed array that holds the encoded sample from its start. */
    public void setPayload(byte[] borrowed, int length) {
        payload = borrowed;
        payloadLength = length;
    }

    /** Makes this slot equal to another; the payload is copied into a fresh array where it is not inline. */
    public void copyFrom(SampleSlot other) {
        System.arraycopy(other.host, 0, host, 0, host.length);
        setOrigin(
                other.inventory,
                other.outcomes,
                other.intervalMillis,
                other.receivedMillis,
                other.receivedNanos,
                other.late);
        setIdentity(other.sequence, other.endMillis, other.durationMillis);
        present = other.present;
        setCores(other.coreOffset, other.coreCount);
        if (other.payloadLength <= INLINE_BYTES) {
            copyPayload(other.payload, 0, other.payloadLength);
        } else {
            setPayload(Arrays.copyOf(other.payload, other.payloadLength), other.payloadLength);
        }
    }

    /** Lets go of all references. Returns the borrowed array, or null where the payload was inline. */
    public byte[] clear() {
        byte[] borrowed = payloadLength <= INLINE_BYTES ? null : payload;
        payload = inline;
        payloadLength = 0;
        inventory = null;
        outcomes = null;
        present = 0;
        coreCount = 0;
        return borrowed;
    }

    /** True where the host column was measured. */
    public boolean has(HostColumn column) {
        return (present & column.bit()) != 0;
    }

    /** Wire integer of a host column; meaningless where {@link #has} is false. */
    public long host(HostColumn column) {
        return host[column.wire()];
    }

    /** Value as people see it, in {@link Column#unit()}; NaN where it was not measured. */
    public double value(HostColumn column) {
        return has(column) ? column.value(host[column.wire()], durationMillis) : Double.NaN;
    }

    /** Load of one core over the interval, 0..200 (1 = 0.5 %). */
    public int coreLoad(int core) {
        return payload[coreOffset + core] & 0xff;
    }

    /** What its device indexes mean, and which machine and run it is of. */
    public MachineInventory inventory() {
        return inventory;
    }

    /** Where its outcome goes. */
    public StreamOutcomes outcomes() {
        return outcomes;
    }

    /** Run it belongs to. */
    public long run() {
        return run;
    }

    /** Number within the run, from 1. */
    public long sequence() {
        return sequence;
    }

    /** End of the interval, Unix milliseconds. */
    public long endMillis() {
        return endMillis;
    }

    /** Length of the interval, milliseconds. */
    public int durationMillis() {
        return durationMillis;
    }

    /** Collect interval of the agent, milliseconds. */
    public int intervalMillis() {
        return intervalMillis;
    }

    /** When it was received, Unix milliseconds. */
    public long receivedMillis() {
        return receivedMillis;
    }

    /** When it was received, {@link System#nanoTime()}. */
    public long receivedNanos() {
        return receivedNanos;
    }

    /** True for backfill. */
    public boolean late() {
        return late;
    }

    /** Presence mask of the host columns. */
    public long present() {
        return present;
    }

    /** Encoded v1.Sample from index 0; read only. */
    public byte[] payload() {
        return payload;
    }

    /** Length of the encoded sample, bytes. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Where core load begins within the payload. */
    public int coreOffset() {
        return coreOffset;
    }

    /** How many cores there are; 0 where not measured. */
    public int coreCount() {
        return coreCount;
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one lane holds between intake and outcome: counted up by the producer as it encodes, down by the writer as outcomes
 * are told. Any thread may read.
 */
final class HeldRows {
    private final AtomicInteger rows = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private volatile long fillingNanos;
    private volatile long takenNanos;
    private volatile boolean taken;

    /**
     * Producer: one more row. Returns how many there are.
     *
     * @param first true where it is the first in its buffer
     */
    int added(long rowBytes, long receivedNanos, boolean first) {
        if (first) {
            fillingNanos = receivedNanos;
        }
        bytes.addAndGet(rowBytes);
        return rows.incrementAndGet();
    }

    /** Writer: it goes on with rows that it has taken, the first of them received then. */
    void taken(long receivedNanos) {
        takenNanos = receivedNanos;
        taken = true;
    }

    /** Writer: it has given back what it had taken. */
    void givenBack() {
        taken = false;
    }

    /** Writer: rows have their outcome. */
    void removed(int count, long countBytes) {
        bytes.addAndGet(-countBytes);
        rows.addAndGet(-count);
    }

    int rows() {
        return rows.get();
    }

    long bytes() {
        return bytes.get();
    }

    /** {@link System#nanoTime()} at receipt of the oldest, or {@code now} where there is none. */
    long oldestNanos(long now) {
        return rows.get() == 0 ? now : taken ? takenNanos : fillingNanos;
    }

    double oldestSeconds() {
        long now = System.nanoTime();
        return Math.max(0, now - oldestNanos(now)) / 1e9;
    }
}

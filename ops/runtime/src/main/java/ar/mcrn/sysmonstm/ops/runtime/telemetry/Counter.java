package ar.mcrn.sysmonstm.ops.runtime.telemetry;

import java.util.concurrent.atomic.LongAdder;

/** A count that only grows. Any thread; never blocks. */
public final class Counter {
    private final LongAdder count = new LongAdder();

    Counter() {}

    /** Adds one. */
    public void increment() {
        count.increment();
    }

    /** Adds {@code n}, at least 0. */
    public void add(long n) {
        count.add(n);
    }

    /** The count now. */
    public long value() {
        return count.sum();
    }
}

package ar.mcrn.sysmonstm.aggregator.hot;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Two batches going round between handler and sender: while the sender writes one, the handler fills the other. Neither ever
 * waits for the other's work.
 */
final class HotExchange {
    private final AtomicReference<HotBatch> full = new AtomicReference<>();
    private final AtomicReference<HotBatch> empty = new AtomicReference<>(new HotBatch(1));
    private volatile Thread sender;
    /** The handler's thread, where it found the sender busy. */
    private volatile Thread waiting;

    /** The batch that the handler begins with. */
    HotBatch first() {
        return new HotBatch(0);
    }

    /**
     * Handler: hands a filled batch over for an empty one; null, and the batch stays, while the sender is busy. Then the calling
     * thread is unparked when the sender is not any more.
     */
    HotBatch swap(HotBatch filled) {
        HotBatch next = empty.getAndSet(null);
        if (next == null) {
            waiting = Thread.currentThread();
            // Once more, since the sender may have looked for who waits just before.
            next = empty.getAndSet(null);
            if (next == null) {
                return null;
            }
            waiting = null;
        }
        full.set(filled);
        LockSupport.unpark(sender);
        return next;
    }

    /** Sender: a filled batch, or null when none came within {@code waitNanos}. */
    HotBatch take(long waitNanos) {
        sender = Thread.currentThread();
        HotBatch batch = full.getAndSet(null);
        if (batch == null) {
            LockSupport.parkNanos(this, waitNanos);
            batch = full.getAndSet(null);
        }
        return batch;
    }

    /** Sender: gives an emptied batch back. */
    void giveBack(HotBatch emptied) {
        empty.set(emptied);
        Thread handler = waiting;
        if (handler != null) {
            waiting = null;
            LockSupport.unpark(handler);
        }
    }

    /** Whether nothing waits for the sender and the sender holds nothing. */
    boolean isIdle() {
        return full.get() == null && empty.get() != null;
    }
}

package ar.mcrn.sysmonstm.aggregator.ring;

import com.lmax.disruptor.EventHandler;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.slf4j.LoggerFactory;

/**
 * Last in the ring: empties slots, returns borrowed payloads, and whenever it wakes hands free slots to those who wait, first
 * come first served.
 */
final class ClearingHandler implements EventHandler<SampleSlot> {
    private final PayloadPool pool;
    private final IntSupplier freeSlots;
    private final HandlerSleep sleep;
    private final ConcurrentLinkedQueue<SlotWaiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiters = new AtomicInteger();
    private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(ClearingHandler.class));

    ClearingHandler(PayloadPool pool, IntSupplier freeSlots, HandlerSleep sleep) {
        this.pool = pool;
        this.freeSlots = freeSlots;
        this.sleep = sleep;
    }

    /** Any thread. */
    void await(SlotWaiter waiter) {
        waiters.incrementAndGet();
        waiting.add(waiter);
    }

    /** Any thread. */
    void cancel(SlotWaiter waiter) {
        if (waiting.remove(waiter)) {
            waiters.decrementAndGet();
        }
    }

    int waiters() {
        return waiters.get();
    }

    @Override
    public void onStart() {
        HandlerThread.become("clearing", sleep);
    }

    @Override
    public void onEvent(SampleSlot slot, long sequence, boolean endOfBatch) {
        byte[] borrowed = slot.clear();
        if (borrowed != null) {
            pool.giveBack(borrowed);
        }
    }

    // Slots cleared in a batch are free for producers only after it, so they are handed out at the next occasion.
    @Override
    public void onBatchStart(long batchSize, long queueDepth) {
        handOut();
    }

    @Override
    public void onTimeout(long sequence) {
        handOut();
    }

    private void handOut() {
        if (waiters.get() == 0) {
            return;
        }
        for (int free = freeSlots.getAsInt(); free > 0; free--) {
            SlotWaiter waiter = waiting.poll();
            if (waiter == null) {
                return;
            }
            waiters.decrementAndGet();
            try {
                waiter.slotsFree();
            } catch (RejectedExecutionException ignored) {
                // An event loop that has ended takes no task, and thrown from here it would leave a slot uncleared.
            } catch (RuntimeException e) {
                failures.warn("BUG: slots could not be handed to one who waits", e);
            }
        }
    }
}

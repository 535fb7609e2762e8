package ar.mcrn.sysmonstm.aggregator.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets a handler sleep ({@link HandlerSleep}) whenever nothing is there, instead of being woken for each sample: at one
 * sample per second and machine a wake-up costs more than the work. A sleep that ends with nothing there is a timeout, of
 * which the handler hears by {@code onTimeout}. For {@link HandlerThread}s.
 */
final class TickWaitStrategy implements WaitStrategy {
    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, TimeoutException {
        HandlerSleep sleep = ((HandlerThread) Thread.currentThread()).sleep();
        // A handler says that it sleeps long, then looks; a producer claims, then looks who sleeps long. One sees the
        // other.
        VarHandle.fullFence();
        long available = dependent.get();
        if (available < sequence) {
            barrier.checkAlert();
            long begin = System.nanoTime();
            long nanos = sleep.nanos(begin);
            LockSupport.parkNanos(this, nanos);
            barrier.checkAlert();
            available = dependent.get();
            if (available < sequence) {
                // One woken before its time has not waited for nothing yet, nor has one whose samples others still
                // handle.
                long end = System.nanoTime();
                if (end - begin >= nanos && cursor.get() < sequence) {
                    sleep.foundNothing(end);
                }
                throw TimeoutException.INSTANCE;
            }
        }
        sleep.found(System.nanoTime());
        return available;
    }

    /** Producers wake nobody by way of the barrier. */
    @Override
    public void signalAllWhenBlocking() {}
}

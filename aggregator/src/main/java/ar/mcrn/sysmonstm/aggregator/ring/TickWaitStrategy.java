package ar.mcrn.sysmonstm.aggregator.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
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
        long available = dependent.get();
        if (available < sequence) {
            barrier.checkAlert();
            LockSupport.parkNanos(this, sleep.nanos());
            barrier.checkAlert();
            available = dependent.get();
        }
        sleep.looked(available >= sequence);
        if (available < sequence) {
            throw TimeoutException.INSTANCE;
        }
        return available;
    }

    /** Producers never wake anybody. */
    @Override
    public void signalAllWhenBlocking() {}
}

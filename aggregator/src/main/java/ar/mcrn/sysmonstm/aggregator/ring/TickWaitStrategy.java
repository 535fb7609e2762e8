package ar.mcrn.sysmonstm.aggregator.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets a handler sleep for one tick, its own or the ring's, whenever nothing is there, instead of being woken for each sample: at one sample per
 * second and machine a wake-up costs more than the work. A tick without samples ends in a timeout, so that each handler
 * hears {@code onTimeout} at least once per tick.
 */
final class TickWaitStrategy implements WaitStrategy {
    private final long tickNanos;

    /** @throws IllegalArgumentException unless the tick is 1 to 20 ms */
    TickWaitStrategy(Duration tick) {
        tickNanos = tick.toNanos();
        if (tickNanos < 1_000_000 || tickNanos > 20_000_000) {
            throw new IllegalArgumentException("tick must be 1ms to 20ms, not " + tick.toMillis() + "ms");
        }
    }

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, TimeoutException {
        long available = dependent.get();
        if (available >= sequence) {
            return available;
        }
        barrier.checkAlert();
        LockSupport.parkNanos(
                this, Thread.currentThread() instanceof HandlerThread handler ? handler.tickNanos() : tickNanos);
        barrier.checkAlert();
        available = dependent.get();
        if (available < sequence) {
            throw TimeoutException.INSTANCE;
        }
        return available;
    }

    /** Producers never wake anybody. */
    @Override
    public void signalAllWhenBlocking() {}
}

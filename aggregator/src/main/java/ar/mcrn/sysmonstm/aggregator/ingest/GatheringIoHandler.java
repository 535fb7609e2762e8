package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.ring.Beat;
import io.grpc.netty.shaded.io.netty.channel.IoHandle;
import io.grpc.netty.shaded.io.netty.channel.IoHandler;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.IoRegistration;
import io.grpc.netty.shaded.io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * An event loop's sockets, looked at in time with a {@link Beat} while much comes, and not whenever one of them has something:
 * a wake-up costs more than the message that it finds. While little comes, each message is read at once. Tasks, timers
 * and whoever wakes the event loop are not held up; each counts as an event itself, as it costs a wake-up too.
 */
final class GatheringIoHandler implements IoHandler {
    /** Events in a period, from which on the next ones are gathered: where three wake-ups become one. */
    static final int MANY = 3;

    private final IoHandler io;
    private final Beat beat;
    private final LongSupplier clock;
    private volatile Thread gathering;
    private long period;
    private int found;
    private int foundBefore;

    /** @param clock as {@link System#nanoTime} */
    GatheringIoHandler(IoHandler io, Beat beat, LongSupplier clock) {
        this.io = io;
        this.beat = beat;
        this.clock = clock;
    }

    /** Has all handlers of a factory gather in time with each other. */
    static IoHandlerFactory over(IoHandlerFactory factory, Beat beat) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new GatheringIoHandler(factory.newHandler(executor), beat, System::nanoTime);
            }
        };
    }

    @Override
    public int run(IoHandlerContext context) {
        turnTo(clock.getAsLong());
        if (Math.max(found, foundBefore) >= MANY) {
            gather(context);
        }
        int ready = io.run(context);
        // It may have waited: what it found belongs to the period of now.
        turnTo(clock.getAsLong());
        found += ready;
        return ready;
    }

    private void gather(IoHandlerContext context) {
        gathering = Thread.currentThread();
        // Looked at after the thread is named, so that a task that is put in the queue meanwhile is not slept through.
        if (context.canBlock()) {
            long now = clock.getAsLong();
            LockSupport.parkNanos(this, Math.min(beat.nanosUntilNext(now), context.delayNanos(now)));
        }
        gathering = null;
    }

    private void turnTo(long nanos) {
        long index = beat.indexOf(nanos);
        if (index != period) {
            foundBefore = index == period + 1 ? found : 0;
            found = 0;
            period = index;
        }
    }

    @Override
    public void wakeup() {
        Thread thread = gathering;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
        io.wakeup();
    }

    @Override
    public void initialize() {
        io.initialize();
    }

    @Override
    public void prepareToDestroy() {
        io.prepareToDestroy();
    }

    @Override
    public void destroy() {
        io.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return io.register(handle);
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return io.isCompatible(type);
    }
}

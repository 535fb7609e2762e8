package ar.mcrn.sysmonstm.aggregator.ring;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Deferral;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.ExceptionHandler;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring through which every live sample passes once.
 *
 * <pre>
 *  gRPC event loops                 +-- hot ------+
 *  (several producers) --> ring ----+-- history --+--> clearing
 *                       8,192 slots +-- alert ----+
 * </pre>
 *
 * The three handlers work side by side, each on a thread of its own; each sees every sample once, in order per machine,
 * since one event loop publishes all of a machine. The clearing handler comes behind all three and frees the slots. While
 * samples come nobody is woken for one ({@link TickWaitStrategy}): the hot handler, behind which people watch, looks once a
 * tick, shortly after the event loops, which gather by the same {@link #beat}; the others every 60 ms. While nothing comes
 * all four sleep for 240 ms, and the first sample wakes all but the clearing handler.
 *
 * <p>Nobody waits for a slot here: {@link #tryPublish} says no when the ring is full, and {@link #await} wakes all handlers and
 * has the caller called back when slots are free; until then the clearing handler looks every 2 ms. So do all four while
 * arrays for large samples are scarce.
 *
 * <p>Stopping waits up to 5 s until all handlers have seen what was published, then ends their threads.
 */
public final class IngestRing implements Managed {
    /** Slots. */
    public static final int SLOTS = 8_192;

    private static final Logger LOG = LoggerFactory.getLogger(IngestRing.class);
    /** Beat of handlers that nobody watches: what they feed gathers for far longer. */
    private static final Duration CALM = Duration.ofMillis(60);
    /** Sleep of a handler while nothing comes. */
    private static final Duration LONG = Duration.ofMillis(240);

    /** Event loops have one of so many parts of a tick for what they gathered, before handlers look. */
    private static final int TICK_PARTS = 5;
    /** From there to the clearing of what handlers that nobody watches have handled. */
    private static final Duration CLEARING = Duration.ofMillis(12);

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

    private final Disruptor<SampleSlot> disruptor;
    private final RingBuffer<SampleSlot> buffer;
    private final PayloadPool pool = new PayloadPool(this::wakeHandlers);
    private final Beat beat;
    private final HandlerSleep clearingSleep;
    private final ClearingHandler clearing;
    private final MeasuredHandler[] handlers;
    private final CopyOnWriteArrayList<Thread> threads = new CopyOnWriteArrayList<>();
    private final Dependency readiness;

    /**
     * Wires the ring; {@link #start} starts it.
     *
     * @param tick how often event loops and the hot handler look for what has come, 1 to 20 ms
     * @param readiness is up while the ring runs
     * @throws IllegalArgumentException when the tick is out of its bounds
     */
    public IngestRing(
            Duration tick,
            EventHandler<SampleSlot> hot,
            EventHandler<SampleSlot> history,
            EventHandler<SampleSlot> alert,
            IngestMetrics metrics,
            Dependency readiness) {
        this(tick, CALM, LONG, hot, history, alert, metrics, readiness);
    }

    IngestRing(
            Duration tick,
            Duration calm,
            Duration longSleep,
            EventHandler<SampleSlot> hot,
            EventHandler<SampleSlot> history,
            EventHandler<SampleSlot> alert,
            IngestMetrics metrics,
            Dependency readiness) {
        if (tick.toNanos() < 1_000_000 || tick.toNanos() > 20_000_000) {
            throw new IllegalArgumentException("tick must be 1ms to 20ms, not " + tick.toMillis() + "ms");
        }
        this.readiness = readiness;
        beat = Beat.of(tick);
        Duration turn = tick.dividedBy(TICK_PARTS);
        Beat hotBeat = beat.every(tick, turn);
        Beat calmBeat = beat.every(calm, turn);
        clearingSleep = new HandlerSleep(
                beat.every(calm, turn.plus(CLEARING)), longSleep, () -> waiters() > 0 || pool.isScarce());
        ThreadFactory threadFactory = task -> {
            Thread thread = new HandlerThread(task, clearingSleep);
            threads.add(thread);
            return thread;
        };
        disruptor = new Disruptor<>(SampleSlot::new, SLOTS, threadFactory, ProducerType.MULTI, new TickWaitStrategy());
        buffer = disruptor.getRingBuffer();
        clearing = new ClearingHandler(pool, () -> (int) buffer.remainingCapacity(), clearingSleep);
        handlers = new MeasuredHandler[] {
            new MeasuredHandler("hot", new HandlerSleep(hotBeat, longSleep, pool::isScarce), hot, metrics, slot -> {}),
            new MeasuredHandler(
                    "history", new HandlerSleep(calmBeat, longSleep, pool::isScarce), history, metrics, slot -> {
                        metrics.deferred(Deferral.HANDLER_FAILED).increment();
                        slot.outcomes().deferred(slot.run(), slot.sequence());
                    }),
            new MeasuredHandler(
                    "alert", new HandlerSleep(calmBeat, longSleep, pool::isScarce), alert, metrics, slot -> {})
        };
        disruptor.setDefaultExceptionHandler(new LastResort());
        disruptor.handleEventsWith(handlers).then(clearing);
        for (MeasuredHandler handler : handlers) {
            metrics.gauge(
                    "sysmonstm_ring_lag_samples",
                    "Samples published that a handler has not handled yet.",
                    () -> buffer.getCursor() - disruptor.getSequenceValueFor(handler),
                    "handler",
                    handler.name());
        }
        metrics.gauge("sysmonstm_ring_used_slots", "Slots in use.", () -> SLOTS - buffer.remainingCapacity());
        metrics.gauge("sysmonstm_ring_slots", "Slots of the ring.", () -> SLOTS);
        metrics.gauge("sysmonstm_ring_waiting_messages", "Messages held until slots are free.", clearing::waiters);
        metrics.gauge("sysmonstm_ring_borrowed_payloads", "Arrays lent to large samples.", pool::borrowed);
    }

    /** Starts the handlers' threads. */
    @Override
    public void start() {
        disruptor.start();
        readiness.up();
    }

    /**
     * Publishes one sample if a slot is free.
     *
     * @return false, and nothing happened, when there is none
     */
    public boolean tryPublish(SlotWriter writer) {
        long sequence;
        try {
            sequence = buffer.tryNext();
        } catch (InsufficientCapacityException full) {
            return false;
        }
        try {
            writer.write(buffer.get(sequence));
        } finally {
            buffer.publish(sequence);
            for (MeasuredHandler handler : handlers) {
                handler.sleep().end();
            }
        }
        return true;
    }

    /** Has {@code waiter} called once slots are free, after those who wait already. */
    public void await(SlotWaiter waiter) {
        clearing.await(waiter);
        wakeHandlers();
    }

    /** Has {@code waiter} not called any more, where it still waits. */
    public void cancel(SlotWaiter waiter) {
        clearing.cancel(waiter);
    }

    /** Samples published that the history handler has not handled yet, as far as whole batches tell. */
    public long historyLag() {
        return buffer.getCursor() - disruptor.getSequenceValueFor(handlers[1]);
    }

    /** Messages that wait for slots now. */
    public int waiters() {
        return clearing.waiters();
    }

    /** Whether all handlers sleep, or are about to, for as long as they do while nothing comes. */
    boolean isQuiet() {
        return clearingSleep.isLong()
                && Arrays.stream(handlers).allMatch(handler -> handler.sleep().isLong());
    }

    /** Moments at which event loops that gather look for what has come; the hot handler looks shortly after them. */
    public Beat beat() {
        return beat;
    }

    /** Arrays for samples that do not fit into a slot. */
    public PayloadPool pool() {
        return pool;
    }

    /** Whether all that was published has been seen by all handlers. */
    public boolean isDrained() {
        return buffer.remainingCapacity() == SLOTS;
    }

    @Override
    public void stop() throws InterruptedException {
        readiness.down("stopping");
        long deadline = System.nanoTime() + DRAIN_LIMIT.toNanos();
        while (!isDrained() && System.nanoTime() - deadline < 0) {
            wakeHandlers();
            LockSupport.parkNanos(1_000_000);
        }
        if (!isDrained()) {
            LOG.warn("ring stopped before it was drained: usedSlots={}", SLOTS - buffer.remainingCapacity());
        }
        disruptor.halt();
        wakeHandlers();
        for (Thread thread : threads) {
            thread.join(1_000);
        }
    }

    private void wakeHandlers() {
        threads.forEach(LockSupport::unpark);
    }

    /** For what a handler does not catch itself: the library's own would end the handler's thread. */
    private static final class LastResort implements ExceptionHandler<SampleSlot> {
        private final FailureLog log = new FailureLog(LOG);

        @Override
        public void handleEventException(Throwable failure, long sequence, SampleSlot slot) {
            log.warn("BUG: ring handler failed", failure);
        }

        @Override
        public void handleOnStartException(Throwable failure) {
            log.warn("BUG: ring handler failed to start", failure);
        }

        @Override
        public void handleOnShutdownException(Throwable failure) {
            log.warn("BUG: ring handler failed to stop", failure);
        }
    }
}

package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.history.DiscardingHistory;
import ar.mcrn.sysmonstm.aggregator.hot.DiscardingHot;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.lmax.disruptor.EventHandler;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does each handler's encoding of one sample cost, called as the ring calls it, five samples to a tick? Senders throw
 * everything away on threads of their own; allocation is of all threads together.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandlerBenchmark {

    /** Made by JMH. */
    public HandlerBenchmark() {}

    /** The hot handler and its samples. */
    @State(Scope.Benchmark)
    public static class Hot {
        private final TypicalSlots slots = new TypicalSlots();
        private DiscardingHot hot;
        private EventHandler<SampleSlot> handler;

        /** Made by JMH. */
        public Hot() {}

        /** Starts the sender. */
        @Setup
        public void start() {
            hot = new DiscardingHot(new IngestMetrics(new Telemetry("bench")));
            handler = hot.handler();
        }

        /** Stops it. */
        @TearDown
        public void stop() {
            hot.close();
        }
    }

    /** The history handler and its samples. */
    @State(Scope.Benchmark)
    public static class History {
        private final TypicalSlots slots = new TypicalSlots();
        private DiscardingHistory history;
        private EventHandler<SampleSlot> handler;

        /** Made by JMH. */
        public History() {}

        /** Starts the writer. */
        @Setup
        public void start() {
            history = new DiscardingHistory(new Telemetry("bench"));
            handler = history.handler();
        }

        /** Stops it, and fails if samples were deferred instead of encoded. */
        @TearDown
        public void stop() {
            history.close();
            if (history.deferred() > 0) {
                throw new IllegalStateException("not measured: samples deferred=" + history.deferred());
            }
        }
    }

    /** Slot to an encoded {@code LiveSample}. */
    @Benchmark
    public void hot(Hot state) throws Exception {
        state.handler.onEvent(state.slots.next(), 0, state.slots.endsTick());
    }

    /** Slot to a COPY row. */
    @Benchmark
    public void history(History state) throws Exception {
        state.handler.onEvent(state.slots.next(), 0, state.slots.endsTick());
    }
}

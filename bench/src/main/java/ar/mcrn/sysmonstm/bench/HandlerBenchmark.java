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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does each handler's encoding of one sample cost, called as the ring calls it, five samples to a tick? What is handed
 * over is thrown away on the same thread, so that no other core's caches count. Of 20 machines all that is touched lies in the
 * core's own, so that the code alone counts; of 1,000 it does not, and what a reading of memory takes counts as well.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandlerBenchmark {

    /** Made by JMH. */
    public HandlerBenchmark() {}

    /** The hot handler and its samples. */
    @State(Scope.Benchmark)
    public static class Hot {
        /** Machines that take turns. */
        @Param({"20", "1000"})
        public int machines;

        private TypicalSlots slots;
        private DiscardingHot hot;
        private EventHandler<SampleSlot> handler;

        /** Made by JMH. */
        public Hot() {}

        /** Makes the handler and the samples. */
        @Setup
        public void start() {
            slots = new TypicalSlots(machines);
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
        /** Machines that take turns. */
        @Param({"20", "1000"})
        public int machines;

        private TypicalSlots slots;
        private DiscardingHistory history;
        private EventHandler<SampleSlot> handler;

        /** Made by JMH. */
        public History() {}

        /** Makes the handler and the samples. */
        @Setup
        public void start() {
            slots = new TypicalSlots(machines);
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
        SampleSlot slot = state.slots.next();
        boolean ends = state.slots.endsTick();
        state.handler.onEvent(slot, 0, ends);
        if (ends) {
            state.hot.discard();
        }
    }

    /** Slot to a COPY row. */
    @Benchmark
    public void history(History state) throws Exception {
        SampleSlot slot = state.slots.next();
        boolean ends = state.slots.endsTick();
        state.handler.onEvent(slot, 0, ends);
        if (ends) {
            state.history.discard();
        }
    }
}

package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.alerting.DiscardingAlerts;
import ar.mcrn.sysmonstm.aggregator.history.DiscardingHistory;
import ar.mcrn.sysmonstm.aggregator.hot.DiscardingHot;
import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.NoOutcomes;
import ar.mcrn.sysmonstm.aggregator.ingest.SampleParser;
import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.aggregator.ring.IngestRing;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.aggregator.ring.SlotWriter;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How many samples per second go from a message's bytes through the ring and all three handlers, and what do they allocate?
 * The parser, the ring, its tick and the hot, history and alert handlers are the real ones; their senders throw everything
 * away. 1,000 machines take turns; one thread publishes as fast as slots come free. Allocation is of all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IngestRingBenchmark implements SlotWriter {
    private static final int MACHINES = 1_000;

    private final SampleParser parser = new SampleParser();
    private final byte[] large = {};
    private final Duration horizon = Duration.ofDays(2);
    private final MachineInventory[] inventories = new MachineInventory[MACHINES];
    private final TypicalFrame[] frames = new TypicalFrame[MACHINES];
    private final StreamOutcomes outcomes = new NoOutcomes();
    private IngestRing ring;
    private DiscardingHot hot;
    private DiscardingHistory history;
    private DiscardingAlerts alerts;
    private MachineInventory inventory;
    private long nowMillis;
    private int machine;

    /** Made by JMH. */
    public IngestRingBenchmark() {}

    /** Starts the ring. */
    @Setup
    public void start() {
        for (int i = 0; i < MACHINES; i++) {
            inventories[i] = new MachineInventory(new MachineId("bench-" + i), TypicalFrame.inventory(i + 1));
            frames[i] = new TypicalFrame(i + 1);
        }
        Telemetry telemetry = new Telemetry("bench");
        IngestMetrics metrics = new IngestMetrics(telemetry);
        hot = new DiscardingHot(metrics);
        hot.start();
        history = new DiscardingHistory(telemetry);
        history.start();
        alerts = new DiscardingAlerts(telemetry);
        ring = new IngestRing(
                Duration.ofMillis(1),
                hot.handler(),
                history.handler(),
                alerts.handler(),
                metrics,
                new Readiness().dependency("ring", true));
        ring.start();
        nowMillis = System.currentTimeMillis();
    }

    /** Stops it, and fails if the history did not really take the samples. */
    @TearDown
    public void stop() throws InterruptedException {
        ring.stop();
        hot.close();
        history.close();
        alerts.close();
        if (history.deferred() > 0) {
            throw new IllegalStateException("not measured: samples deferred=" + history.deferred());
        }
    }

    /** One sample from bytes to the end of all handlers, at the pace of the slowest of them. */
    @Benchmark
    public void bytesThroughAllHandlers() {
        if (++machine == MACHINES) {
            machine = 0;
            nowMillis += 1_000;
        }
        TypicalFrame frame = frames[machine];
        inventory = inventories[machine];
        frame.next(nowMillis);
        byte[] bytes = frame.bytes();
        if (!parser.open(bytes, 0, bytes.length)
                || !parser.verify(inventory)
                || !parser.next()
                || !parser.check(inventory, nowMillis, horizon)) {
            throw new IllegalStateException("BUG: frame refused: " + parser.detail());
        }
        while (!ring.tryPublish(this)) {
            Thread sender = Thread.currentThread();
            ring.await(() -> LockSupport.unpark(sender));
            LockSupport.park(this);
        }
    }

    @Override
    public void write(SampleSlot slot) {
        slot.setOrigin(inventory, outcomes, 1_000, nowMillis, System.nanoTime(), false);
        parser.fill(slot, large);
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.lmax.disruptor.EventHandler;
import java.util.concurrent.locks.LockSupport;

/**
 * The real history handler with a writer that throws every row away, on a thread of its own once started, or when it is told:
 * what the handler alone costs.
 */
public final class DiscardingHistory implements AutoCloseable {
    private static final long PAUSE_NANOS = 1_000_000;

    private final HeldRows rows = new HeldRows();
    private final RowExchange exchange = new RowExchange(new ChunkPool());
    private final Deferral deferral = new Deferral(rows, HistorySettings.defaults());
    private final LaneMetrics metrics;
    private final HistoryHandler handler;
    private final WriterLane lane;
    private final Thread writer = new Thread(this::run, "discarding-writer");
    private volatile boolean stopping;

    public DiscardingHistory(Telemetry telemetry) {
        metrics = new LaneMetrics(telemetry, "live", rows);
        handler = new HistoryHandler(exchange, rows, deferral, metrics, HistoryWriter.WAKE_ROWS, () -> {});
        lane = new WriterLane(exchange, rows, metrics);
        writer.setDaemon(true);
    }

    /** Throws away on a thread of its own from now on. */
    public void start() {
        writer.start();
    }

    /** Throws away what was handed over, and whether that was anything; for the caller's thread, where none was started. */
    public boolean discard() {
        boolean some = lane.take();
        if (some) {
            lane.done(lane.buffer().rows());
        }
        deferral.check();
        return some;
    }

    public EventHandler<SampleSlot> handler() {
        return handler;
    }

    /** Samples that were deferred instead of encoded. */
    public long deferred() {
        return metrics.deferred.value();
    }

    private void run() {
        while (!stopping) {
            if (!discard()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
    }
}

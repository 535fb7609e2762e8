package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.lmax.disruptor.EventHandler;
import java.util.concurrent.locks.LockSupport;

/** The real history handler with a writer that throws every row away: what the handler alone costs. */
public final class DiscardingHistory implements AutoCloseable {
    private static final long PAUSE_NANOS = 1_000_000;

    private final HeldRows rows = new HeldRows();
    private final RowExchange exchange = new RowExchange();
    private final Deferral deferral = new Deferral(rows, HistorySettings.defaults());
    private final LaneMetrics metrics;
    private final HistoryHandler handler;
    private final WriterLane lane;
    private final Thread writer = new Thread(this::discard, "discarding-writer");
    private volatile boolean stopping;

    public DiscardingHistory(Telemetry telemetry) {
        metrics = new LaneMetrics(telemetry, "live", rows);
        handler = new HistoryHandler(exchange, rows, deferral, metrics, HistoryWriter.WAKE_ROWS, () -> {});
        lane = new WriterLane(exchange, rows, metrics);
        writer.setDaemon(true);
        writer.start();
    }

    public EventHandler<SampleSlot> handler() {
        return handler;
    }

    /** Samples that were deferred instead of encoded. */
    public long deferred() {
        return metrics.deferred.value();
    }

    private void discard() {
        while (!stopping) {
            if (lane.take()) {
                lane.done(lane.buffer().rows());
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            deferral.check();
        }
    }

    @Override
    public void close() {
        stopping = true;
    }
}

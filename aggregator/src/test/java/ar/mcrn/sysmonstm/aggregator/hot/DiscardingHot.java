package ar.mcrn.sysmonstm.aggregator.hot;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import com.lmax.disruptor.EventHandler;

/**
 * The real hot handler with a sender that throws every batch away, on a thread of its own once started, or when it is told:
 * what the handler alone costs.
 */
public final class DiscardingHot implements AutoCloseable {
    private static final long WAIT_NANOS = 1_000_000;

    private final HotExchange exchange = new HotExchange();
    private final HotHandler handler;
    private final Thread sender = new Thread(this::run, "discarding-hot-sender");
    private volatile boolean stopping;

    public DiscardingHot(IngestMetrics metrics) {
        handler = new HotHandler(exchange, metrics);
        sender.setDaemon(true);
    }

    /** Throws away on a thread of its own from now on. */
    public void start() {
        sender.start();
    }

    /** Throws away what was handed over; for the caller's thread, where none was started. */
    public void discard() {
        discard(0);
    }

    public EventHandler<SampleSlot> handler() {
        return handler;
    }

    private void run() {
        while (!stopping) {
            discard(WAIT_NANOS);
        }
    }

    private void discard(long waitNanos) {
        HotBatch batch = exchange.take(waitNanos);
        if (batch != null) {
            for (int i = 0; i < batch.machines().size(); i++) {
                batch.machines().get(i).empty(batch.side());
            }
            batch.machines().clear();
            exchange.giveBack(batch);
        }
    }

    @Override
    public void close() {
        stopping = true;
    }
}

package ar.mcrn.sysmonstm.aggregator.hot;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import com.lmax.disruptor.EventHandler;

/** The real hot handler with a sender that throws every batch away: what the handler alone costs. */
public final class DiscardingHot implements AutoCloseable {
    private static final long WAIT_NANOS = 1_000_000;

    private final HotExchange exchange = new HotExchange();
    private final HotHandler handler;
    private final Thread sender = new Thread(this::discard, "discarding-hot-sender");
    private volatile boolean stopping;

    public DiscardingHot(IngestMetrics metrics) {
        handler = new HotHandler(exchange, metrics);
        sender.setDaemon(true);
        sender.start();
    }

    public EventHandler<SampleSlot> handler() {
        return handler;
    }

    private void discard() {
        while (!stopping) {
            HotBatch batch = exchange.take(WAIT_NANOS);
            if (batch != null) {
                for (int i = 0; i < batch.machines().size(); i++) {
                    batch.machines().get(i).empty(batch.side());
                }
                batch.machines().clear();
                exchange.giveBack(batch);
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
    }
}

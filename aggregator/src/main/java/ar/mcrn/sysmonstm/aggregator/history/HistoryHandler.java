package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.v1.RejectReason;
import com.lmax.disruptor.EventHandler;

/**
 * The ring's history handler: encodes each live sample into the buffer that the writer takes next, or defers it. No I/O, no
 * lock, no allocation in steady state; the ring's thread alone calls it.
 */
final class HistoryHandler implements EventHandler<SampleSlot> {
    private final RowEncoder encoder = new RowEncoder();
    private final RowExchange exchange;
    private final HeldRows held;
    private final Deferral deferral;
    private final LaneMetrics metrics;
    private final int wakeRows;
    private final Runnable wake;

    /**
     * @param wakeRows rows at which the writer is woken before its clock
     * @param wake wakes it
     */
    HistoryHandler(
            RowExchange exchange, HeldRows held, Deferral deferral, LaneMetrics metrics, int wakeRows, Runnable wake) {
        this.exchange = exchange;
        this.held = held;
        this.deferral = deferral;
        this.metrics = metrics;
        this.wakeRows = wakeRows;
        this.wake = wake;
    }

    @Override
    public void onEvent(SampleSlot slot, long ringSequence, boolean endOfBatch) {
        metrics.received.increment();
        if (!deferral.admits(slot.receivedNanos())) {
            metrics.deferred.increment();
            deferral.defer(slot.outcomes(), slot.run(), slot.sequence());
            return;
        }
        RowBuffer buffer = exchange.acquire();
        int rows = 0;
        try {
            boolean first = buffer.rows() == 0;
            rows = held.added(encoder.encode(slot, buffer), slot.receivedNanos(), first);
        } catch (RuntimeException e) {
            // Sent again it would fail again.
            metrics.reject(RejectReason.REJECT_REASON_DATABASE, slot, "BUG: sample could not be encoded: " + e);
        } finally {
            exchange.release(buffer);
        }
        if (rows == wakeRows) {
            wake.run();
        }
    }
}

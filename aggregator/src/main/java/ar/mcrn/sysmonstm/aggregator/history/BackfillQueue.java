package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.v1.RejectReason;

/**
 * Where backfill waits for the writer: 16,384 samples or 64 MiB, encoded at once by the thread that brings them. Credit
 * keeps it from overflowing; what comes nevertheless is not taken. The lock is held for one encoding, never across I/O.
 */
final class BackfillQueue {
    /** Rows at which the writer is woken before its clock, so that one agent's credit comes round quickly. */
    private static final int WAKE_ROWS = 256;

    private final Object lock = new Object();
    private final RowEncoder encoder = new RowEncoder();
    private final RowExchange exchange;
    private final HeldRows held;
    private final CreditLedger credit;
    private final LaneMetrics metrics;
    private final int limitRows;
    private final long limitBytes;
    private final Runnable wake;

    BackfillQueue(
            RowExchange exchange,
            HeldRows held,
            CreditLedger credit,
            LaneMetrics metrics,
            HistorySettings settings,
            Runnable wake) {
        this.exchange = exchange;
        this.held = held;
        this.credit = credit;
        this.metrics = metrics;
        this.limitRows = settings.backfillRows();
        this.limitBytes = settings.backfillBytes();
        this.wake = wake;
    }

    /**
     * Takes one sample. Any thread.
     *
     * @return false when there is no room: counted as deferred here, told to the agent by the caller
     */
    boolean offer(SampleSlot slot) {
        metrics.received.increment();
        int rows;
        synchronized (lock) {
            if (held.rows() >= limitRows || held.bytes() >= limitBytes) {
                credit.used(slot.outcomes());
                metrics.deferred.increment();
                return false;
            }
            // The writer holds the buffer only for the instant of its swap, and never while this lock is held.
            RowBuffer buffer = exchange.acquire();
            try {
                boolean first = buffer.rows() == 0;
                rows = held.added(encoder.encode(slot, buffer), slot.receivedNanos(), first);
            } catch (RuntimeException e) {
                // Sent again it would fail again.
                metrics.reject(RejectReason.REJECT_REASON_DATABASE, slot, "BUG: sample could not be encoded: " + e);
                return true;
            } finally {
                exchange.release(buffer);
                credit.used(slot.outcomes());
            }
        }
        if (rows == WAKE_ROWS) {
            wake.run();
        }
        return true;
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

/**
 * The writer's side of one lane: the buffer it has taken and how far it is through it, kept over failures so that the same
 * rows are tried again. Writer thread only.
 */
final class WriterLane {
    private static final int SPINS = 1_000;

    final HeldRows held;
    final LaneMetrics metrics;
    private final RowExchange exchange;
    private RowBuffer buffer;
    private int next;
    private boolean staging;

    WriterLane(RowExchange exchange, HeldRows held, LaneMetrics metrics) {
        this.exchange = exchange;
        this.held = held;
        this.metrics = metrics;
    }

    /** True where a taken buffer has rows left. */
    boolean begun() {
        return buffer != null;
    }

    /** Has rows to write now, taking the next buffer where it needs to. */
    boolean take() {
        if (buffer != null) {
            return true;
        }
        // The producer holds the buffer for about a microsecond at a time.
        for (int spin = 0; spin < SPINS && held.rows() > 0; spin++) {
            buffer = exchange.take();
            if (buffer != null) {
                next = 0;
                held.taken(buffer.receivedNanos(0));
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    RowBuffer buffer() {
        return buffer;
    }

    int next() {
        return next;
    }

    int left() {
        return buffer.rows() - next;
    }

    /** Batches go by way of temporary tables, since rows of them may be stored already. */
    boolean staging() {
        return staging;
    }

    void stage(boolean rowsMayBeThere) {
        staging = rowsMayBeThere;
    }

    /** Rows up to there have been told their outcome. */
    void done(int to) {
        held.removed(to - next, buffer.bytes(next, to));
        next = to;
        if (next < buffer.rows()) {
            held.taken(buffer.receivedNanos(next));
        } else {
            exchange.giveBack(buffer);
            buffer = null;
            held.givenBack();
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The double buffer between one producer and the writer. The producer holds the buffer only while it appends; the writer
 * puts an empty one in its place when nobody holds it. Neither waits for the other: the producer always finds a buffer, the
 * writer comes back later.
 */
final class RowExchange {
    private final AtomicReference<RowBuffer> filling;
    private RowBuffer spare;

    /** @param pool where its buffers get their chunks */
    RowExchange(ChunkPool pool) {
        filling = new AtomicReference<>(new RowBuffer(pool));
        spare = new RowBuffer(pool);
    }

    /** Producer: takes the buffer for one append. */
    RowBuffer acquire() {
        return filling.getAndSet(null);
    }

    /** Producer: puts it back. */
    void release(RowBuffer buffer) {
        filling.set(buffer);
    }

    /** Writer: a buffer with at least one row, now its own; null where there is none or the producer is at it. */
    RowBuffer take() {
        RowBuffer buffer = filling.get();
        if (spare == null || buffer == null || !filling.compareAndSet(buffer, spare)) {
            return null;
        }
        spare = null;
        if (buffer.rows() == 0) {
            spare = buffer;
            return null;
        }
        return buffer;
    }

    /** Writer: gives back the buffer that it took, done with. */
    void giveBack(RowBuffer buffer) {
        buffer.clear();
        spare = buffer;
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the history takes live samples. It stops when the live buffer is full (it spans the limit of intake, or of bytes)
 * or when the schema is not ours, and starts again when less than a quarter of what was there is left.
 *
 * <p>The ring's history handler asks and stops it; the writer alone starts it again.
 */
final class Deferral {
    private final HeldRows held;
    private final long spanNanos;
    private final long limitBytes;
    private final Set<StreamOutcomes> told = ConcurrentHashMap.newKeySet();
    private volatile boolean deferring;
    private volatile boolean shut;
    private volatile long fullBytes;

    Deferral(HeldRows held, HistorySettings settings) {
        this.held = held;
        this.spanNanos = settings.liveSpan().toNanos();
        this.limitBytes = settings.liveBytes();
    }

    /** Handler: whether a sample received then can be taken. */
    boolean admits(long receivedNanos) {
        if (deferring) {
            return false;
        }
        if (!shut && held.bytes() < limitBytes && receivedNanos - held.oldestNanos(receivedNanos) < spanNanos) {
            return true;
        }
        fullBytes = held.bytes();
        deferring = true;
        return false;
    }

    /** Handler: a sample of this stream was deferred. */
    void defer(StreamOutcomes stream, long run, long sequence) {
        stream.deferred(run, sequence);
        told.add(stream);
    }

    /** A stream has ended: it is told nothing more. Any thread. */
    void leave(StreamOutcomes stream) {
        told.remove(stream);
    }

    /** Writer: takes samples again where there is room, and says so to the streams that were deferred. */
    void check() {
        if (deferring && !shut && (held.rows() == 0 || held.bytes() < fullBytes / 4)) {
            deferring = false;
        }
        if (!deferring && !told.isEmpty()) {
            Iterator<StreamOutcomes> streams = told.iterator();
            while (streams.hasNext()) {
                StreamOutcomes stream = streams.next();
                // Before it is told: one deferred meanwhile comes into the set again.
                streams.remove();
                stream.resumed();
            }
        }
    }

    /** Writer: takes nothing more until {@link #open}. */
    void shut() {
        shut = true;
    }

    /** Writer: takes samples again as far as there is room. */
    void open() {
        shut = false;
    }

    /** True where live samples are deferred now. */
    boolean deferring() {
        return deferring || shut;
    }

    /** True where the live buffer is below the quarter that backfill needs. */
    boolean roomForBackfill(long nowNanos) {
        return !deferring() && held.bytes() < limitBytes / 4 && nowNanos - held.oldestNanos(nowNanos) < spanNanos / 4;
    }
}

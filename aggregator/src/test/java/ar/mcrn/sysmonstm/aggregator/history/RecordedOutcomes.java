package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What one stream was told, kept for tests to look at. Any thread. */
public class RecordedOutcomes implements StreamOutcomes {
    private final Queue<Long> committed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger commits = new AtomicInteger();
    private final List<Rejection> rejected = new CopyOnWriteArrayList<>();
    private final Queue<Long> deferred = new ConcurrentLinkedQueue<>();
    private final List<Long> eventsCommitted = new CopyOnWriteArrayList<>();
    private final List<Rejection> eventsRejected = new CopyOnWriteArrayList<>();
    private final AtomicInteger resumptions = new AtomicInteger();
    private final AtomicLong credit = new AtomicLong();

    /** A sample or event refused, and why. */
    public record Rejection(RejectReason reason, long sequence, String detail) {}

    @Override
    public void committed(long run, long sequence) {
        committed.add(sequence);
        commits.incrementAndGet();
    }

    @Override
    public void rejected(RejectReason reason, long run, long sequence, String detail) {
        rejected.add(new Rejection(reason, sequence, detail));
    }

    @Override
    public void deferred(long run, long sequence) {
        deferred.add(sequence);
    }

    @Override
    public void eventCommitted(long run, long eventSequence) {
        eventsCommitted.add(eventSequence);
    }

    @Override
    public void eventRejected(RejectReason reason, long run, long eventSequence, String detail) {
        eventsRejected.add(new Rejection(reason, eventSequence, detail));
    }

    @Override
    public void resumed() {
        resumptions.incrementAndGet();
    }

    @Override
    public void credit(int samples) {
        credit.addAndGet(samples);
    }

    /** Sequences committed so far, in the order in which they were told. */
    public List<Long> committed() {
        return List.copyOf(committed);
    }

    /** How many were. */
    public int commits() {
        return commits.get();
    }

    /** Samples refused so far. */
    public List<Rejection> rejected() {
        return List.copyOf(rejected);
    }

    /** Sequences deferred so far. */
    public List<Long> deferred() {
        return List.copyOf(deferred);
    }

    /** Event sequences committed so far. */
    public List<Long> eventsCommitted() {
        return List.copyOf(eventsCommitted);
    }

    /** Events refused so far. */
    public List<Rejection> eventsRejected() {
        return List.copyOf(eventsRejected);
    }

    /** How often it was told that the history takes samples again. */
    public int resumptions() {
        return resumptions.get();
    }

    /** Backfill samples permitted so far. */
    public long credit() {
        return credit.get();
    }
}

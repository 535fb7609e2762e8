package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Credit;
import ar.mcrn.sysmonstm.v1.Defer;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Outcomes of one stream between whoever decides them (history writer, ring, the stream itself) and the stream, which tells
 * them. The deciders call from any thread; {@link #flush} is the stream's, on its event loop. The lock is held for a few
 * comparisons only.
 *
 * <p>When what is told:
 *
 * <pre>
 * Ack      64 samples, or the oldest is 5 s old (4 s when a message is being handled anyway), the first one at once
 * Defer    1 s after the first, then every 5 s while more are deferred, and at resumption; names each sample once
 * Reject   at once                Credit   at once                all of it at the end of the stream
 * </pre>
 *
 * Ranges held are bounded by what is in flight; at {@link #MANY_RANGES} the stream reads no further message until they went.
 */
final class PendingOutcomes implements StreamOutcomes {
    /** Ranges held beyond which the stream stops reading. */
    static final int MANY_RANGES = 1_024;

    private static final int ACK_SAMPLES = 64;
    private static final long ACK_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long ACK_NANOS_WITH_MESSAGE = Duration.ofSeconds(4).toNanos();
    private static final long DEFER_FIRST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long DEFER_NANOS = Duration.ofSeconds(5).toNanos();
    /** At three bytes of UTF-8 each still within the 256 bytes of the contract. */
    private static final int DETAIL_CHARACTERS = 85;

    private final RangeSet acks = new RangeSet();
    private final RangeSet eventAcks = new RangeSet();
    private final RangeSet defers = new RangeSet();
    private final ArrayDeque<Refusal> refusals = new ArrayDeque<>();

    private final LongSupplier nanoTime;
    private long oldestAckNanos;
    private long oldestDeferNanos;
    private long lastDeferNanos;
    private boolean deferredBefore;
    private boolean ackedBefore;
    private boolean resumed;
    private int credit;
    private long inFlight;
    private boolean closed;

    /** Whether a flush may have something to do; read without the lock. */
    private volatile boolean pending;

    /** Rejects of one reason and detail, ranges growing while they wait. */
    private record Refusal(RejectReason reason, String detail, RangeSet samples, RangeSet events) {}

    /** @param nanoTime {@link System#nanoTime()}, or a test's */
    PendingOutcomes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * What a flush told.
     *
     * @param credit samples that may be sent
     * @param deferred samples deferred
     * @param withClock whether the clock went along
     * @param stamps whether samples were refused for their stamps: the agent's clock is wrong
     */
    record Told(int credit, int deferred, boolean withClock, boolean stamps) {}

    /** One more sample was handed on whose outcome somebody will decide. */
    synchronized void taken() {
        inFlight++;
    }

    /** What was {@link #taken} was not handed on after all. */
    synchronized void returned() {
        inFlight--;
    }

    /** Samples handed on whose outcome is not decided yet. */
    synchronized long inFlight() {
        return inFlight;
    }

    @Override
    public synchronized void committed(long run, long sequence) {
        inFlight--;
        if (closed) {
            return;
        }
        if (acks.isEmpty() && eventAcks.isEmpty()) {
            oldestAckNanos = nanoTime.getAsLong();
        }
        acks.add(run, sequence);
        pending = true;
    }

    @Override
    public synchronized void rejected(RejectReason reason, long run, long sequence, String detail) {
        inFlight--;
        if (!closed) {
            refusal(reason, detail).samples().add(run, sequence);
            pending = true;
        }
    }

    @Override
    public synchronized void deferred(long run, long sequence) {
        inFlight--;
        if (closed) {
            return;
        }
        if (defers.isEmpty()) {
            oldestDeferNanos = nanoTime.getAsLong();
        }
        resumed = false;
        defers.add(run, sequence);
        pending = true;
    }

    @Override
    public synchronized void eventCommitted(long run, long eventSequence) {
        inFlight--;
        if (closed) {
            return;
        }
        if (acks.isEmpty() && eventAcks.isEmpty()) {
            oldestAckNanos = nanoTime.getAsLong();
        }
        eventAcks.add(run, eventSequence);
        pending = true;
    }

    @Override
    public synchronized void eventRejected(RejectReason reason, long run, long eventSequence, String detail) {
        inFlight--;
        if (!closed) {
            refusal(reason, detail).events().add(run, eventSequence);
            pending = true;
        }
    }

    private Refusal refusal(RejectReason reason, String detail) {
        Refusal newest = refusals.peekLast();
        if (newest == null || newest.reason() != reason || !newest.detail().equals(detail)) {
            newest = new Refusal(reason, detail, new RangeSet(), new RangeSet());
            refusals.addLast(newest);
        }
        return newest;
    }

    @Override
    public synchronized void resumed() {
        if (!closed && (deferredBefore || !defers.isEmpty())) {
            resumed = true;
            pending = true;
        }
    }

    @Override
    public synchronized void credit(int samples) {
        if (!closed) {
            credit += samples;
            pending = true;
        }
    }

    /** Credit that was not told yet is void. */
    synchronized void lapseCredit() {
        credit = 0;
    }

    /** The stream has ended: nothing is kept from here on. */
    synchronized void close() {
        closed = true;
        pending = false;
        acks.drain();
        eventAcks.drain();
        defers.drain();
        refusals.clear();
    }

    /** Whether a flush would tell something now; cheap, so that sweeping over thousands of streams is. */
    boolean isDue(long now, When when) {
        return pending && isDueLocked(now, when);
    }

    private synchronized boolean isDueLocked(long now, When when) {
        return resumed || credit > 0 || !refusals.isEmpty() || ackDue(now, when) || deferDue(now, when);
    }

    /** True where so much waits to be told that no more should be taken in. */
    synchronized boolean isCrowded() {
        return acks.ranges() + eventAcks.ranges() + defers.ranges() + refusals.size() > MANY_RANGES;
    }

    /**
     * Tells what is due. On the stream's event loop.
     *
     * @param now {@link System#nanoTime()}
     * @param when how eager to be
     * @param clock stamped on what carries it
     * @param send takes the messages, in order
     * @return what was told now
     */
    Told flush(long now, When when, Clock clock, Consumer<AggregatorMessage> send) {
        List<Range> ackRanges = List.of();
        List<Range> eventRanges = List.of();
        List<Range> deferRanges = List.of();
        Refusal[] refused;
        boolean tellResumed;
        boolean tellDefer;
        int tellCredit;
        int deferred;
        synchronized (this) {
            if (ackDue(now, when)) {
                ackRanges = acks.drain();
                eventRanges = eventAcks.drain();
                ackedBefore = true;
            }
            tellResumed = resumed;
            deferred = 0;
            tellDefer = tellResumed || deferDue(now, when);
            if (tellDefer) {
                deferred = (int) defers.count();
                deferRanges = defers.drain();
                lastDeferNanos = now;
                deferredBefore = !tellResumed;
                resumed = false;
            }
            refused = refusals.toArray(Refusal[]::new);
            refusals.clear();
            tellCredit = credit;
            credit = 0;
            pending = !acks.isEmpty() || !eventAcks.isEmpty() || !defers.isEmpty();
        }
        boolean stamps = false;
        for (Refusal refusal : refused) {
            stamps |= refusal.reason() == RejectReason.REJECT_REASON_CLOCK_AHEAD
                    || refusal.reason() == RejectReason.REJECT_REASON_TOO_OLD;
            send.accept(reject(refusal));
        }
        if (!ackRanges.isEmpty() || !eventRanges.isEmpty()) {
            send.accept(AggregatorMessage.newBuilder()
                    .setAck(Ack.newBuilder()
                            .setClock(clock)
                            .addAllSamples(ackRanges)
                            .addAllEvents(eventRanges))
                    .build());
        }
        if (tellDefer) {
            send.accept(AggregatorMessage.newBuilder()
                    .setDefer(Defer.newBuilder()
                            .setClock(clock)
                            .addAllSamples(deferRanges)
                            .setResumed(tellResumed))
                    .build());
        }
        if (tellCredit > 0) {
            send.accept(AggregatorMessage.newBuilder()
                    .setCredit(Credit.newBuilder().setClock(clock).setSamples(tellCredit))
                    .build());
        }
        return new Told(
                tellCredit,
                deferred,
                !ackRanges.isEmpty() || !eventRanges.isEmpty() || tellDefer || tellCredit > 0,
                stamps);
    }

    private boolean ackDue(long now, When when) {
        if (acks.isEmpty() && eventAcks.isEmpty()) {
            return false;
        }
        long age = now - oldestAckNanos;
        return when == When.LAST
                || !ackedBefore
                || acks.count() + eventAcks.count() >= ACK_SAMPLES
                || age >= (when == When.MESSAGE ? ACK_NANOS_WITH_MESSAGE : ACK_NANOS);
    }

    private boolean deferDue(long now, When when) {
        if (defers.isEmpty()) {
            return false;
        }
        return when == When.LAST
                || (deferredBefore ? now - lastDeferNanos >= DEFER_NANOS : now - oldestDeferNanos >= DEFER_FIRST_NANOS);
    }

    private static AggregatorMessage reject(Refusal refusal) {
        String detail = refusal.detail();
        return AggregatorMessage.newBuilder()
                .setReject(Reject.newBuilder()
                        .setReason(refusal.reason())
                        .addAllSamples(refusal.samples().drain())
                        .addAllEvents(refusal.events().drain())
                        .setDetail(detail.substring(0, Math.min(DETAIL_CHARACTERS, detail.length()))))
                .build();
    }

    /** Occasion of a flush. */
    enum When {
        /** A message of the stream is being handled: writing now costs no wake-up of its own. */
        MESSAGE,
        /** The regular sweep over all streams of the event loop. */
        SWEEP,
        /** The stream is about to end. */
        LAST
    }
}

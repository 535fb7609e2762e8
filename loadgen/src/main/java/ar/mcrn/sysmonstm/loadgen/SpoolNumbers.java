package ar.mcrn.sysmonstm.loadgen;

import java.util.BitSet;

/**
 * What one run of a simulated agent has in its spool: which of its samples still need what. It keeps numbers only, since
 * the signal model makes any sample again. One thread uses it at a time.
 *
 * <pre>
 *   issued ── live ──send──▶ in flight ──Ack, final Reject──▶ gone
 *               │ 32 unsent      │ Defer, end of stream
 *               ▼                ▼
 *             backlog ◀──────────┘        backlog ──send against credit──▶ in flight
 * </pre>
 *
 * Numbers not sent yet on the live lane are one range, {@code liveNext..issued}.
 */
final class SpoolNumbers {

    /** Unsent live samples beyond which the oldest becomes backfill. */
    static final int LIVE = 32;

    private final int live;
    private final BitSet backlog = new BitSet();
    private final BitSet inFlight = new BitSet();
    private final BitSet byBackfill = new BitSet();
    private final BitSet acknowledged = new BitSet();
    private final BitSet sent = new BitSet();
    private final BitSet backfilled = new BitSet();
    private long issued;
    private long liveNext = 1;
    private int pending;
    private int backlogSize;

    /** @param live unsent live samples beyond which the oldest becomes backfill */
    SpoolNumbers(int live) {
        this.live = live;
    }

    /** Takes the next number. */
    long issue() {
        issued++;
        pending++;
        if (unsentLive() > live) {
            toBacklog((int) liveNext++);
        }
        return issued;
    }

    /** The oldest number without an outcome is given up: returned; 0 = there is none. */
    long dropOldest() {
        if (pending == 0) {
            return 0;
        }
        int waiting = backlog.nextSetBit(1);
        int flying = inFlight.nextSetBit(1);
        int oldest = waiting < 0 || (flying >= 0 && flying < waiting) ? flying : waiting;
        if (oldest < 0) {
            oldest = (int) liveNext++;
            pending--;
        } else {
            forget(oldest);
        }
        return oldest;
    }

    long issued() {
        return issued;
    }

    /** Numbers without a final outcome. */
    int pending() {
        return pending;
    }

    int unsentLive() {
        return (int) (issued - liveNext + 1);
    }

    int backlogSize() {
        return backlogSize;
    }

    /** Next number of the live lane, which is in flight from now; only while {@link #unsentLive()} is above 0. */
    long sendLive() {
        int number = (int) liveNext++;
        inFlight.set(number);
        return number;
    }

    /** Oldest number of the backlog, which is in flight from now; only while there is one. */
    long sendBackfill() {
        int number = backlog.nextSetBit(1);
        backlog.clear(number);
        backlogSize--;
        inFlight.set(number);
        byBackfill.set(number);
        backfilled.set(number);
        return number;
    }

    /** Takes a number whose outcome is known out; true where it was still without one. */
    private boolean forget(int number) {
        boolean known = inFlight.get(number) || backlog.get(number);
        if (backlog.get(number)) {
            backlogSize--;
        }
        backlog.clear(number);
        inFlight.clear(number);
        byBackfill.clear(number);
        if (known) {
            pending--;
        }
        return known;
    }

    /** Committed; true where this is news. */
    boolean acknowledge(long number) {
        boolean news = forget((int) number);
        acknowledged.set((int) number);
        return news;
    }

    /** Finally refused; true where this is news. */
    boolean refuse(long number) {
        return forget((int) number);
    }

    /** Deferred: in flight no more, to be sent again as backfill; true where it was in flight. */
    boolean defer(long number) {
        if (!inFlight.get((int) number)) {
            return false;
        }
        toBacklog((int) number);
        return true;
    }

    /** Marks a number as sent; true where it is the first time. */
    boolean markSent(long number) {
        boolean first = !sent.get((int) number);
        sent.set((int) number);
        return first;
    }

    /** True where the number in flight went on the backfill lane. */
    boolean wentAsBackfill(long number) {
        return byBackfill.get((int) number);
    }

    boolean isInFlight(long number) {
        return inFlight.get((int) number);
    }

    /** End of the stream: everything in flight has to be sent again. */
    void streamEnded() {
        for (int number = inFlight.nextSetBit(1); number >= 0; number = inFlight.nextSetBit(number)) {
            toBacklog(number);
        }
    }

    /** End of the run: nothing is live any more. */
    void runEnded() {
        streamEnded();
        while (unsentLive() > 0) {
            toBacklog((int) liveNext++);
        }
    }

    private void toBacklog(int number) {
        inFlight.clear(number);
        byBackfill.clear(number);
        backlog.set(number);
        backlogSize++;
    }

    /** Numbers acknowledged so far: the obligation that the oracle checks. */
    BitSet acknowledged() {
        return (BitSet) acknowledged.clone();
    }

    /** Numbers that went as backfill at least once. */
    BitSet backfilled() {
        return (BitSet) backfilled.clone();
    }
}

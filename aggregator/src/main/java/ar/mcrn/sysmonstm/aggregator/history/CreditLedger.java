package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.contract.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who may send how much backfill. Each sample of credit reserves room in the backfill queue, so that outstanding credit
 * never exceeds the room left.
 *
 * <p>Credit flows at the writer's capacity (rows per second of its busy time, moving average) less the live rate, at least
 * {@value #LEAST_PER_SECOND} a second, while the database is up and live samples have room. A stream is given what its agent says is
 * waiting there, at most {@value Limits#CREDIT} at a time, and nothing where nothing waits: credit that is not used holds room that
 * others need. An agent of before, which does not say, has a window of a few samples, which doubles to {@value Limits#CREDIT} each
 * time it has used more than half of it. Streams take turns: one that was given some goes to the end.
 *
 * <p>Any thread may join, leave and use; the writer alone grants. Locks are held for a few steps over the streams.
 */
final class CreditLedger {
    static final int LEAST_PER_SECOND = 256;

    private static final int FIRST_CAPACITY = 5_000;
    /** Share of the past in the moving average, per batch: about the last 50. */
    private static final double MEMORY = 0.98;

    private static final double LIVE_MEMORY = 0.9;
    /** Room that streams without backfill may hold between them, as far as one sample each allows. */
    private static final int IDLE_ROOM = 4_096;

    private static final int LARGEST_FIRST_WINDOW = 32;

    private final int limitRows;
    private final long limitBytes;
    private final Map<StreamOutcomes, Share> shares = new LinkedHashMap<>();
    private int outstanding;
    private long waiting;

    private double committedRows = FIRST_CAPACITY;
    private double busySeconds = 1;
    private double liveRate;
    private double allowance;
    private long grantedNanos;
    private double sampleBytes = 1_024;

    /** What one stream has. */
    private static final class Share {
        private int window;
        private int outstanding;
        private boolean busy;
        /** As its agent says; negative where it never did. */
        private int waiting = -1;

        /** Credit that it should have beside what it has; 0 where that is not worth a message yet. */
        private int wanted(int firstWindow) {
            if (waiting >= 0) {
                window = Math.min(waiting, Limits.CREDIT);
            } else if (window == 0) {
                window = firstWindow;
            } else if (busy && outstanding <= window / 2) {
                window = Math.min(window * 2, Limits.CREDIT);
            }
            int wanted = window - outstanding;
            return wanted < Math.max(window / 2, 1) ? 0 : wanted;
        }
    }

    CreditLedger(HistorySettings settings, long nowNanos) {
        this.limitRows = settings.backfillRows();
        this.limitBytes = settings.backfillBytes();
        this.grantedNanos = nowNanos;
    }

    synchronized void join(StreamOutcomes stream) {
        shares.putIfAbsent(stream, new Share());
    }

    synchronized void leave(StreamOutcomes stream) {
        Share share = shares.remove(stream);
        if (share != null) {
            outstanding -= share.outstanding;
            waiting -= Math.max(share.waiting, 0);
        }
    }

    /** So many samples wait at a stream's agent. */
    synchronized void waiting(StreamOutcomes stream, int samples) {
        Share share = shares.get(stream);
        if (share != null) {
            waiting += samples - Math.max(share.waiting, 0);
            share.waiting = samples;
            if (samples == 0) {
                outstanding -= share.outstanding;
                share.outstanding = 0;
            }
        }
    }

    /** So many more wait at a stream's agent, where it says at all what waits. */
    synchronized void waitingToo(StreamOutcomes stream, int samples) {
        Share share = shares.get(stream);
        if (share != null && share.waiting >= 0) {
            waiting += samples;
            share.waiting += samples;
        }
    }

    /** Samples that wait at all agents together, as far as they say. */
    synchronized long waiting() {
        return waiting;
    }

    /** A sample came in on a stream's credit. */
    synchronized void used(StreamOutcomes stream) {
        Share share = shares.get(stream);
        if (share != null && share.outstanding > 0) {
            share.outstanding--;
            share.busy = true;
            outstanding--;
        }
    }

    /** Writer: a transaction of samples took that long. */
    synchronized void committed(int rows, long bytes, long nanos) {
        committedRows = committedRows * MEMORY + rows;
        busySeconds = busySeconds * MEMORY + nanos / 1e9;
        sampleBytes = sampleBytes * MEMORY + (double) bytes / rows * (1 - MEMORY);
    }

    /** Rows per second of busy time. */
    synchronized double capacity() {
        return committedRows / Math.max(busySeconds, 1e-9);
    }

    /** Samples permitted and not yet received. */
    synchronized int outstanding() {
        return outstanding;
    }

    /**
     * Writer: gives out what has become free since the last time.
     *
     * @param nowNanos now
     * @param liveRows live samples taken since the last time
     * @param open whether the database is up and live samples have room; otherwise nothing is given and none saved up
     * @param queuedRows samples in the backfill queue
     * @param queuedBytes bytes of those
     */
    void grant(long nowNanos, long liveRows, boolean open, int queuedRows, long queuedBytes) {
        // Told within the lock: a stream that says meanwhile that nothing waits there finds all its credit here.
        synchronized (this) {
            double seconds = Math.max(nowNanos - grantedNanos, 1) / 1e9;
            grantedNanos = nowNanos;
            double keep = Math.pow(LIVE_MEMORY, seconds);
            liveRate = liveRate * keep + liveRows / seconds * (1 - keep);
            double rate = Math.max(LEAST_PER_SECOND, capacity() - liveRate);
            allowance = open ? Math.min(allowance + rate * seconds, rate) : 0;
            if (open) {
                share(queuedRows, queuedBytes);
            }
        }
    }

    private void share(int queuedRows, long queuedBytes) {
        int room = (int) Math.min(
                limitRows - queuedRows - outstanding,
                (limitBytes - queuedBytes) / Math.max(sampleBytes, 1) - outstanding);
        int firstWindow = Math.clamp(IDLE_ROOM / Math.max(shares.size(), 1), 1, LARGEST_FIRST_WINDOW);
        List<StreamOutcomes> served = new ArrayList<>();
        for (Map.Entry<StreamOutcomes, Share> entry : shares.entrySet()) {
            if (room <= 0 || allowance < 1) {
                break;
            }
            Share share = entry.getValue();
            int wanted = share.wanted(firstWindow);
            if (wanted == 0) {
                continue;
            }
            int samples = (int) Math.min(Math.min(wanted, room), allowance);
            share.busy = false;
            share.outstanding += samples;
            outstanding += samples;
            room -= samples;
            allowance -= samples;
            served.add(entry.getKey());
            entry.getKey().credit(samples);
        }
        for (StreamOutcomes stream : served) {
            shares.put(stream, shares.remove(stream));
        }
    }
}

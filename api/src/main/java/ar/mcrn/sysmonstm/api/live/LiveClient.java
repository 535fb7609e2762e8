package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.api.AlertView;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One client and what it has not been told yet. At most one frame is under way; while it is, changes gather as bits, so a
 * slow client gets fewer frames with the newest values. Fields belong to the feed's thread, except the two volatile ones,
 * which the sink's thread reads and writes when a frame has left.
 */
final class LiveClient {
    private static final int ALERTS = 1_000;

    final FrameSink sink;
    LiveGroup group;
    MissedChanges missed = new MissedChanges();
    final Map<String, AlertView> alerts = new LinkedHashMap<>();
    boolean wantsSnapshot;
    boolean wantsStatus;
    String error = "";
    private long sequence;
    private volatile boolean sending;
    private volatile boolean behind;
    private volatile boolean failed;
    private long sentNanos;
    private final Runnable ready;

    /** @param ready called on any thread when a frame has left and another is wanted */
    LiveClient(FrameSink sink, Runnable ready) {
        this.sink = sink;
        this.ready = ready;
    }

    boolean isIdle() {
        return !sending;
    }

    boolean hasFailed() {
        return failed;
    }

    /** Nanoseconds for which the frame under way has not left; 0 where none is. */
    long stuckNanos(long nowNanos) {
        return sending ? nowNanos - sentNanos : 0;
    }

    /** Whether nothing waits to be told. */
    boolean isCurrent() {
        return !wantsSnapshot && !wantsStatus && error.isEmpty() && alerts.isEmpty() && missed.isEmpty();
    }

    void send(String type, byte[] body) {
        sending = true;
        sentNanos = System.nanoTime();
        sink.send(ByteBuffer.wrap(LiveFrames.frame(type, ++sequence, body)), sent -> {
            if (!sent) {
                failed = true;
            }
            sending = false;
            if (behind || failed) {
                ready.run();
            }
        });
    }

    /**
     * Tells the sink's thread whether to call when the frame under way has left. The caller looks at {@link #isIdle} after
     * this, so that one of the two threads sees the other's write.
     */
    void behind(boolean now) {
        behind = now;
    }

    void miss(AlertView alert) {
        alerts.put(alert.id(), alert);
        if (alerts.size() > ALERTS) {
            snapshotInstead();
        }
    }

    void miss(MissedChanges changes) {
        if (wantsSnapshot) {
            return;
        }
        if (changes.remade) {
            snapshotInstead();
        } else {
            missed.add(changes);
        }
    }

    void snapshotInstead() {
        wantsSnapshot = true;
        wantsStatus = false;
        missed = new MissedChanges();
        alerts.clear();
    }
}

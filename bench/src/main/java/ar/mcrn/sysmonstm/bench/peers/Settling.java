package ar.mcrn.sysmonstm.bench.peers;

import java.time.Duration;
import java.util.Locale;

/** Waiting for a system to store what it was sent: over when all is stored, or when nothing more has come for a minute. */
final class Settling {
    private static final long PATIENCE_NANOS = Duration.ofMinutes(1).toNanos();

    private final long sent;
    private long stored = -1;
    private long grewNanos;

    /** @param sent host-samples */
    Settling(long sent) {
        this.sent = sent;
    }

    /** Takes what is stored now; whether the wait is over. */
    boolean isOver(long storedNow, long nowNanos) {
        if (storedNow != stored) {
            stored = storedNow;
            grewNanos = nowNanos;
        }
        return stored >= sent || nowNanos - grewNanos >= PATIENCE_NANOS;
    }

    /** Stored when it was over. */
    long stored() {
        return stored;
    }

    /** What must be said of it; empty where all is stored. */
    String note() {
        return stored >= sent
                ? ""
                : String.format(Locale.ROOT, "NOT ALL STORED: %d of %d sent were not", sent - stored, sent);
    }
}

package ar.mcrn.sysmonstm.agent.send;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: full jitter, that is anything up to a bound that begins at 0.5 s and doubles to 30 s
 * (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015). Used by one thread.
 */
final class ReconnectBackoff {
    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final RandomGenerator random;
    private long boundMillis = FIRST.toMillis();

    ReconnectBackoff(RandomGenerator random) {
        this.random = random;
    }

    /** Wait before the next attempt; the bound doubles. */
    Duration next() {
        Duration wait = Duration.ofMillis(random.nextLong(boundMillis + 1));
        boundMillis = Math.min(2 * boundMillis, LONGEST.toMillis());
        return wait;
    }

    /** As {@link #next} at the longest bound: for what will not be better soon. */
    Duration longest() {
        boundMillis = LONGEST.toMillis();
        return next();
    }

    /** A connection stood: begin anew. */
    void reset() {
        boundMillis = FIRST.toMillis();
    }
}

package ar.mcrn.sysmonstm.agent.send;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: full jitter (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015),
 * that is anything up to a bound. The bound is the age of the outage, at least 0.5 s and at most 30 s: it doubles as
 * the outage does, whatever the number of attempts made meanwhile, so that nobody is away for longer after an outage than the
 * outage itself was. Used by one thread at a time.
 */
final class ReconnectBackoff {
    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final RandomGenerator random;
    private final LongSupplier nanoTime;
    private boolean away;
    private long sinceNanos;

    ReconnectBackoff(RandomGenerator random, LongSupplier nanoTime) {
        this.random = random;
        this.nanoTime = nanoTime;
    }

    /** Wait before the next attempt; the first call since {@link #reset} begins the outage. */
    Duration next() {
        long now = nanoTime.getAsLong();
        if (!away) {
            away = true;
            sinceNanos = now;
        }
        return upTo(Math.clamp((now - sinceNanos) / 1_000_000, FIRST.toMillis(), LONGEST.toMillis()));
    }

    /** As {@link #next} at the longest bound: for what will not be better soon. */
    Duration longest() {
        return upTo(LONGEST.toMillis());
    }

    private Duration upTo(long millis) {
        return Duration.ofMillis(random.nextLong(millis + 1));
    }

    /** A connection stood: the outage is over. */
    void reset() {
        away = false;
    }
}

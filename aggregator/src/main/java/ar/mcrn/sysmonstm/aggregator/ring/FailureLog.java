package ar.mcrn.sysmonstm.aggregator.ring;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Logs a repeated failure once per 10 s, with how often it happened meanwhile. Any thread. */
public final class FailureLog {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final Logger log;
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong suppressed = new AtomicLong();

    /** Writes to {@code log}. */
    public FailureLog(Logger log) {
        this.log = log;
    }

    /** One failure; {@code message} is constant text. */
    public void warn(String message, Throwable failure) {
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            log.warn("{}: suppressed={}", message, suppressed.getAndSet(0), failure);
        } else {
            suppressed.incrementAndGet();
        }
    }
}

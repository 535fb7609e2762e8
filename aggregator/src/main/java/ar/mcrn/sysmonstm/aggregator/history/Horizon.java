package ar.mcrn.sysmonstm.aggregator.history;

import java.time.Duration;
import java.time.InstantSource;

/**
 * The oldest stamp that history takes: an age, or what the database says where that is later. The writer and the retention
 * job tell what the database says; any thread asks.
 */
final class Horizon {
    private final Duration age;
    private final InstantSource clock;
    private volatile long raisedMillis = WriterMarks.NONE;

    Horizon(Duration age, InstantSource clock) {
        this.age = age;
        this.clock = clock;
    }

    /** The database's own, Unix milliseconds, or {@link WriterMarks#NONE}. */
    void told(long millis) {
        if (raisedMillis != millis) {
            raisedMillis = millis;
        }
    }

    /** Unix milliseconds; older is refused. */
    long oldestMillis() {
        return Math.max(clock.millis() - age.toMillis(), raisedMillis);
    }

    /** The same as an age before now. */
    Duration age() {
        long raised = raisedMillis;
        if (raised == WriterMarks.NONE) {
            return age;
        }
        long left = Math.clamp(clock.millis() - raised, 0, age.toMillis());
        return left == age.toMillis() ? age : Duration.ofMillis(left);
    }
}

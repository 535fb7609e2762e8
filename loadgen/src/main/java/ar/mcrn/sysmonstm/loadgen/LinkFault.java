package ar.mcrn.sysmonstm.loadgen;

import java.time.Duration;
import java.util.Objects;

/**
 * What is wrong with one direction of a proxied connection. Immutable; start from {@link #NONE} and add.
 *
 * @param delay time every byte waits in the proxy; order and rate stay as they are
 * @param bytesPerSecond most that pass; 0 = no limit
 * @param passage whether bytes pass at all
 * @param corruptEvery one bit is flipped in about one byte of so many, at places that follow from the seed; 0 = none
 */
public record LinkFault(Duration delay, long bytesPerSecond, Passage passage, long corruptEvery) {

    /** Nothing is wrong. */
    public static final LinkFault NONE = new LinkFault(Duration.ZERO, 0, Passage.PASS, 0);

    /** What happens to bytes, and to the news that a peer ended. */
    public enum Passage {
        /** They arrive. */
        PASS,
        /** They wait, in a bounded buffer and then at the sender; they arrive when this is over, as after lost packets. */
        HOLD,
        /**
         * They vanish, while the sender is served as if all was well. A stream with a hole in it cannot go on: connections
         * that lost bytes or an end are cut when this is over.
         */
        SWALLOW
    }

    /** @throws IllegalArgumentException when a figure is negative */
    public LinkFault {
        Objects.requireNonNull(passage);
        if (delay.isNegative() || bytesPerSecond < 0 || corruptEvery < 0) {
            throw new IllegalArgumentException(
                    "delay=" + delay + ", bytesPerSecond=" + bytesPerSecond + ", corruptEvery=" + corruptEvery);
        }
    }

    /** The same with every byte late by this. */
    public LinkFault delayed(Duration by) {
        return new LinkFault(by, bytesPerSecond, passage, corruptEvery);
    }

    /** The same with at most so many bytes per second. */
    public LinkFault limited(long toBytesPerSecond) {
        return new LinkFault(delay, toBytesPerSecond, passage, corruptEvery);
    }

    /** The same with bytes held back. */
    public LinkFault held() {
        return new LinkFault(delay, bytesPerSecond, Passage.HOLD, corruptEvery);
    }

    /** The same with bytes swallowed. */
    public LinkFault swallowed() {
        return new LinkFault(delay, bytesPerSecond, Passage.SWALLOW, corruptEvery);
    }

    /** The same with one bit flipped in about one byte of {@code bytes}. */
    public LinkFault corrupted(long bytes) {
        return new LinkFault(delay, bytesPerSecond, passage, bytes);
    }
}

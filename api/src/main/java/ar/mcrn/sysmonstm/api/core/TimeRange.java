package ar.mcrn.sysmonstm.api.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A stretch of time that is asked for.
 *
 * @param from start, included; 1970 or later
 * @param to end, excluded; after from, at most 5 years later
 */
public record TimeRange(Instant from, Instant to) {
    private static final Duration LONGEST = Duration.ofDays(5 * 366);
    private static final Duration AHEAD = Duration.ofMinutes(10);

    /** @throws IllegalArgumentException naming what is out of range */
    public TimeRange {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("from=" + from + " is not before to=" + to);
        }
        if (from.isBefore(Instant.EPOCH)) {
            throw new IllegalArgumentException("from=" + from + ", allowed: 1970 or later");
        }
        if (Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("from=" + from + ", to=" + to + ", allowed: at most 5 years");
        }
    }

    /**
     * Reads query parameters.
     *
     * @param usualFrom start where none is given
     * @throws IllegalArgumentException naming parameter, value and what is allowed
     */
    public static TimeRange parse(Optional<String> from, Optional<String> to, String usualFrom, Instant now) {
        Instant end = TimeExpression.parse("to", to.orElse("now"), now);
        if (end.isAfter(now.plus(AHEAD))) {
            throw new IllegalArgumentException("to=" + end + " lies in the future");
        }
        return new TimeRange(TimeExpression.parse("from", from.orElse(usualFrom), now), end);
    }

    /** Length, milliseconds. */
    public long millis() {
        return Duration.between(from, to).toMillis();
    }
}

package ar.mcrn.sysmonstm.alerts.service;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to go on trying: pauses double from the first to the longest, each drawn between half and all of it so that
 * channels and processes do not beat together, until the whole time is over.
 *
 * @param first first pause
 * @param longest longest pause
 * @param whole time after the first attempt at which the channel gives up
 */
record RetryPlan(Duration first, Duration longest, Duration whole) {
    /** 1 s doubling to 2 min, for 2 h. */
    static final RetryPlan USUAL = new RetryPlan(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofHours(2));

    private static final int MOST_DOUBLINGS = 30;

    /** Pause after the attempt with this number, from 1. */
    Duration pause(int attempt, RandomGenerator random) {
        long ceiling = Math.min(longest.toMillis(), first.toMillis() << Math.min(attempt - 1, MOST_DOUBLINGS));
        return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    }
}

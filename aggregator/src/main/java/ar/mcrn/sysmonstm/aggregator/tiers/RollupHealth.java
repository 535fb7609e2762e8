package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import java.time.Duration;
import java.time.Instant;

/**
 * What {@code /ready} says of the rollup: up, or degraded with the reason once the tiers are behind and stay so. Never critical:
 * samples are stored and raw is read meanwhile. Rollup thread only.
 */
final class RollupHealth {
    /** An age of the minutes' mark that is no longer usual. */
    static final Duration MINUTES_BEHIND = Duration.ofMinutes(5);
    /** The same of the hours' mark, which is up to an hour old of necessity. */
    static final Duration HOURS_BEHIND = Duration.ofMinutes(75);
    /** A start, also of an empty database, has first to catch up. */
    static final Duration CATCHES_UP = Duration.ofMinutes(1);

    private final Dependency dependency;
    private Marks marks;
    /** When it was first seen behind; null while it is not. */
    private Instant behindSince;

    RollupHealth(Dependency dependency) {
        this.dependency = dependency;
        // Nothing is late yet.
        dependency.up("not begun");
    }

    /** The marks were read. */
    void seen(Marks now, Instant at) {
        if (marks == null) {
            // Whatever was said of failures before.
            dependency.up("catching up");
        }
        marks = now;
        String behind = behind(at);
        if (behind.isEmpty()) {
            behindSince = null;
            dependency.up();
            return;
        }
        if (behindSince == null) {
            behindSince = at;
        }
        if (Duration.between(behindSince, at).compareTo(CATCHES_UP) >= 0) {
            dependency.degraded(behind);
        }
    }

    /** The rollup failed and will try again; said once that has made it late, or before it ever worked. */
    void failed(String reason, Instant at) {
        if (marks == null) {
            dependency.degraded("not rolled up yet: " + reason);
            return;
        }
        String behind = behind(at);
        if (!behind.isEmpty()) {
            // No start that catches up.
            behindSince = at.minus(CATCHES_UP);
            dependency.degraded(behind + ": " + reason);
        }
    }

    private String behind(Instant at) {
        Duration minutes = Duration.between(marks.minutesUntil(), at);
        Duration hours = Duration.between(marks.hoursUntil(), at);
        if (minutes.compareTo(MINUTES_BEHIND) > 0) {
            return "minutes are rolled up until " + marks.minutesUntil() + ", " + minutes.toMinutes() + " min ago";
        }
        if (hours.compareTo(HOURS_BEHIND) > 0) {
            return "hours are rolled up until " + marks.hoursUntil() + ", " + hours.toMinutes() + " min ago";
        }
        return "";
    }
}

package ar.mcrn.sysmonstm.api.core;

import java.util.ArrayList;
import java.util.List;

/**
 * Which tier answers which part of a stretch of history: parts that touch and do not overlap, so that no row is counted
 * twice. Coarse rows where they are rolled up, finer ones after that.
 *
 * @param from start of what is answered, included, Unix milliseconds
 * @param to end, excluded
 * @param parts in order of time; empty where from = to
 */
public record TierPlan(long from, long to, List<Part> parts) {

    private static final long DAY_MILLIS = 24 * Tier.HOUR.millis();
    /** Rollups that are further behind leave a part that must be read from raw rows. */
    private static final long LATE_MILLIS = 5 * Tier.MINUTE.millis();

    /** Keeps its own copy. */
    public TierPlan {
        parts = List.copyOf(parts);
    }

    /**
     * One part.
     *
     * @param tier whose rows answer it
     * @param from start, included
     * @param to end, excluded
     */
    public record Part(Tier tier, long from, long to) {}

    /** Coarsest tier of the parts. */
    public Tier tier() {
        return parts.stream().map(Part::tier).max(Tier::compareTo).orElse(Tier.RAW);
    }

    /** A step that is long enough for the tiers that still reach back to {@code from}: as given, a minute or an hour. */
    public static long step(TierMarks marks, long stepMillis, long from) {
        if (stepMillis < Tier.HOUR.millis() && from < marks.minuteFrom()) {
            return Tier.HOUR.millis();
        }
        return stepMillis < Tier.MINUTE.millis() && from < marks.rawFrom() ? Tier.MINUTE.millis() : stepMillis;
    }

    /**
     * Parts for steps, each of which lies in one tier or is put together of several: the coarsest tiers whose buckets fit
     * into a step.
     *
     * @param from start of the first step; a whole multiple of the step where that is a minute or longer
     * @param to end of the last step
     */
    public static TierPlan steps(TierMarks marks, long stepMillis, long from, long to) {
        List<Part> parts = new ArrayList<>(3);
        long at = from;
        if (stepMillis % Tier.HOUR.millis() == 0) {
            at = add(parts, Tier.HOUR, at, Math.min(marks.hoursUntil(), to));
        }
        if (stepMillis % Tier.MINUTE.millis() == 0) {
            at = add(parts, Tier.MINUTE, at, Math.min(marks.minutesUntil(), to));
        }
        add(parts, Tier.RAW, at, to);
        return new TierPlan(from, to, parts);
    }

    /**
     * Parts for one sum over a range: hours where they are whole, minutes at the edges, raw at the edges of minutes. Where
     * the finer rows of an edge are gone, the range grows to the whole minute or hour.
     */
    public static TierPlan range(TierMarks marks, long from, long to) {
        long begin = from < marks.rawFrom() ? Tier.MINUTE.floor(from) : from;
        long end = Tier.MINUTE.floor(to) < marks.rawFrom() ? Tier.MINUTE.ceiling(to) : to;
        return hours(marks, begin, end, marks.minuteFrom(), true);
    }

    /**
     * Parts for comparing many machines: where the range is a day or longer it grows at its start to the whole hour and ends
     * with the newest minute that is rolled up, since rows at the edges would cost more than all the rest.
     */
    public static TierPlan comparison(TierMarks marks, long from, long to) {
        long until = Math.min(Tier.MINUTE.ceiling(to), marks.minutesUntil());
        if (to - from < DAY_MILLIS || to - until > LATE_MILLIS) {
            return range(marks, from, to);
        }
        return range(marks, Tier.HOUR.floor(from), until);
    }

    /** The same where there are no rows by minute: hours, and raw at their edges. */
    public static TierPlan hoursAndRaw(TierMarks marks, long from, long to) {
        return hours(marks, from, to, marks.rawFrom(), false);
    }

    private static TierPlan hours(TierMarks marks, long from, long to, long finerFrom, boolean minutes) {
        long begin = from < finerFrom ? Tier.HOUR.floor(from) : from;
        long end = Tier.HOUR.floor(to) < finerFrom ? Tier.HOUR.ceiling(to) : to;
        long first = Tier.HOUR.ceiling(begin);
        long last = Tier.HOUR.floor(Math.min(end, marks.hoursUntil()));
        List<Part> parts = new ArrayList<>(7);
        if (first < last) {
            fine(parts, marks, begin, first, minutes);
            add(parts, Tier.HOUR, first, last);
            fine(parts, marks, last, end, minutes);
        } else {
            fine(parts, marks, begin, end, minutes);
        }
        return new TierPlan(begin, end, parts);
    }

    private static void fine(List<Part> parts, TierMarks marks, long from, long to, boolean minutes) {
        long first = Tier.MINUTE.ceiling(from);
        long last = Tier.MINUTE.floor(Math.min(to, marks.minutesUntil()));
        if (minutes && first < last) {
            add(parts, Tier.RAW, from, first);
            add(parts, Tier.MINUTE, first, last);
            add(parts, Tier.RAW, last, to);
        } else {
            add(parts, Tier.RAW, from, to);
        }
    }

    private static long add(List<Part> parts, Tier tier, long from, long to) {
        if (from >= to) {
            return from;
        }
        parts.add(new Part(tier, from, to));
        return to;
    }
}

package ar.mcrn.sysmonstm.api.core;

/**
 * What of each tier is there, as the database says it at one moment. All times are Unix milliseconds.
 *
 * @param rawFrom raw rows older than this are gone; {@link #ALWAYS} where none went yet
 * @param minuteFrom the same of minutes
 * @param minutesUntil every minute that ends by then is rolled up; {@link #NEVER} where none is
 * @param hoursUntil the same of hours
 * @param acceptedFrom samples older than this are not accepted any more; {@link #ALWAYS} where that is not known
 */
public record TierMarks(long rawFrom, long minuteFrom, long minutesUntil, long hoursUntil, long acceptedFrom) {
    /** From the beginning of time. */
    public static final long ALWAYS = -62_135_596_800_000L;

    /** Until nothing. */
    public static final long NEVER = ALWAYS;

    /** Whole buckets only; an hour is rolled up only where its minutes are. */
    public TierMarks {
        minutesUntil = Tier.MINUTE.floor(minutesUntil);
        hoursUntil = Tier.HOUR.floor(Math.min(hoursUntil, minutesUntil));
    }

    /** Raw rows alone, as in a database of a version without tiers. */
    public static TierMarks rawOnly() {
        return new TierMarks(ALWAYS, ALWAYS, NEVER, NEVER, ALWAYS);
    }
}

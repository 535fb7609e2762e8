package ar.mcrn.sysmonstm.api.core;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The stretch that a sum is made of: {@code from} and {@code to}, or a month that begins on a day of one's own choosing, as
 * providers bill it. A month begins at the start of its reset day in a time zone; where the month has no such day, on its
 * last. It ends where the next begins, or now.
 */
public final class Period {
    private static final int BACK = 60;

    private Period() {}

    /**
     * Reads query parameters; without any it is the current calendar month in UTC.
     *
     * @throws IllegalArgumentException naming parameter, value and what is allowed
     */
    public static TimeRange parse(
            Optional<String> from,
            Optional<String> to,
            Optional<String> period,
            Optional<String> resetDay,
            Optional<String> zone,
            Optional<String> back,
            Instant now) {
        if (from.isPresent() || to.isPresent()) {
            if (period.isPresent() || resetDay.isPresent() || zone.isPresent() || back.isPresent()) {
                throw new IllegalArgumentException(
                        "from and to stand alone, allowed: from and to, or period, resetDay, zone and back");
            }
            return TimeRange.parse(from, to, "now-24h", now);
        }
        FleetQuestion.word("period", period, "month");
        return month(
                FleetQuestion.number("resetDay", resetDay, 1, 1, 31),
                zone.map(Period::zone).orElse(ZoneOffset.UTC),
                FleetQuestion.number("back", back, 0, 0, BACK),
                now);
    }

    /** The month that holds {@code now}, or one of those before it. */
    static TimeRange month(int resetDay, ZoneId zone, int back, Instant now) {
        LocalDate today = now.atZone(zone).toLocalDate();
        YearMonth month = YearMonth.from(today);
        if (today.isBefore(reset(month, resetDay))) {
            month = month.minusMonths(1);
        }
        month = month.minusMonths(back);
        Instant begin = reset(month, resetDay).atStartOfDay(zone).toInstant();
        Instant end = reset(month.plusMonths(1), resetDay).atStartOfDay(zone).toInstant();
        Instant until = end.isBefore(now) ? end : now;
        return new TimeRange(begin, until.isAfter(begin) ? until : begin.plusMillis(1));
    }

    private static LocalDate reset(YearMonth month, int day) {
        return month.atDay(Math.min(day, month.lengthOfMonth()));
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "zone=" + FleetQuestion.shown(text) + ", allowed: names such as Europe/Berlin, or UTC", e);
        }
    }
}

package ar.mcrn.sysmonstm.api.core;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Points in time as queries name them: ISO 8601 ({@code 2026-03-01T12:00:00Z}, with any offset), epoch seconds with up to
 * three decimals, {@code now}, or {@code now-6h} (units {@code ms s m h d w}).
 */
public final class TimeExpression {
    private static final Pattern RELATIVE = Pattern.compile("now-(\\d{1,9})(ms|s|m|h|d|w)");
    /** An offset whose + an address has made a blank. */
    private static final Pattern LOST_PLUS = Pattern.compile("T[0-9:.]+ \\d\\d:?\\d\\d$");

    private static final Pattern SECONDS = Pattern.compile("\\d{1,11}(\\.\\d{1,3})?");

    private TimeExpression() {}

    /**
     * Reads a point in time.
     *
     * @param name of the parameter, for the message
     * @throws IllegalArgumentException naming parameter, value and what is allowed
     */
    public static Instant parse(String name, String text, Instant now) {
        if (text.equals("now")) {
            return now;
        }
        Matcher relative = RELATIVE.matcher(text);
        if (relative.matches()) {
            return now.minus(unit(relative.group(2)).multipliedBy(Long.parseLong(relative.group(1))));
        }
        if (SECONDS.matcher(text).matches()) {
            return Instant.ofEpochMilli(new BigDecimal(text).movePointRight(3).longValueExact());
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    name + "=" + (text.length() > 64 ? text.substring(0, 64) + "..." : text)
                            + ", allowed: ISO time with offset, epoch seconds, now, now-6h"
                            + (LOST_PLUS.matcher(text).find() ? "; in an address + is a blank, and %2B a +" : ""),
                    e);
        }
    }

    private static Duration unit(String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            case "d" -> Duration.ofDays(1);
            default -> Duration.ofDays(7);
        };
    }
}

package ar.mcrn.sysmonstm.alerts.rules;

import java.time.Duration;
import java.util.Locale;

/** Numbers as a sentence for people shows them. Not for JSON, which carries plain numbers in REST units. */
final class ValueText {
    private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private ValueText() {}

    /** A value with its unit: {@code 93.5 %}, {@code 1.2 GiB}, {@code 3.0 MiB/s}, {@code 12 {process}} as {@code 12}. */
    static String of(double value, String unit, boolean ratio) {
        if (ratio) {
            return number(value * 100) + " %";
        }
        if (unit.startsWith("By")) {
            double rest = value;
            int prefix = 0;
            while (Math.abs(rest) >= 1024 && prefix < BYTES.length - 1) {
                rest /= 1024;
                prefix++;
            }
            return number(rest) + " " + BYTES[prefix] + unit.substring(2);
        }
        if (unit.equals("1")) {
            return number(value);
        }
        return unit.startsWith("{") ? number(value) + (unit.endsWith("/s") ? "/s" : "") : number(value) + " " + unit;
    }

    private static String number(double value) {
        double rounded = Math.rint(value * 10) / 10;
        return rounded == Math.rint(rounded)
                ? String.format(Locale.ROOT, "%.0f", rounded)
                : String.format(Locale.ROOT, "%.1f", rounded);
    }

    /** A duration in the largest unit that keeps it whole: {@code 90s}, {@code 5m}. */
    static String of(Duration duration) {
        long seconds = duration.toSeconds();
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        if (seconds % 3600 == 0 && seconds > 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }
}

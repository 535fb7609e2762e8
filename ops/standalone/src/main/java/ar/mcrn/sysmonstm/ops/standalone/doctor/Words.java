package ar.mcrn.sysmonstm.ops.standalone.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Sizes, times and counts as people read them. */
final class Words {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Words() {}

    static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    static String bytes(double bytes) {
        double scaled = bytes;
        int step = 0;
        while (Math.abs(scaled) >= 1_000 && step < UNITS.length - 1) {
            scaled /= 1_024;
            step++;
        }
        return String.format(Locale.ROOT, step > 0 && scaled < 9.95 ? "%.1f %s" : "%.0f %s", scaled, UNITS[step]);
    }

    static String count(long count, String one) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : one + "s");
    }

    static String moment(Instant moment) {
        return MOMENT.format(moment);
    }

    /** Two units at most. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        } else if (seconds < 3_600) {
            return seconds / 60 + " min";
        } else if (seconds < 2 * 86_400) {
            long minutes = seconds / 60 % 60;
            return seconds / 3_600 + " h" + (minutes == 0 ? "" : " " + minutes + " min");
        }
        long hours = seconds / 3_600 % 24;
        return seconds / 86_400 + " d" + (hours == 0 ? "" : " " + hours + " h");
    }
}

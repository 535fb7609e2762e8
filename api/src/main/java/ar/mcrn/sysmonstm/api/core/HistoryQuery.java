package ar.mcrn.sysmonstm.api.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A stretch of one machine's history, within limits.
 *
 * @param machine machine id
 * @param metrics keys and globs, 1 to 100
 * @param from start, included
 * @param to end, excluded; after from, at most 5 years later
 * @param points most steps wanted, 1 to 2,000
 * @param percentiles whether percentiles are wanted too
 */
public record HistoryQuery(
        String machine, List<String> metrics, Instant from, Instant to, int points, boolean percentiles) {
    private static final int POINTS = 2_000;
    private static final int DEFAULT_POINTS = 600;
    private static final int METRICS = 100;
    private static final int TEXT = 512;
    private static final long ALIGNED_MILLIS = 10_000;
    private static final long[] STEPS = {
        1_000,
        2_000,
        5_000,
        10_000,
        15_000,
        20_000,
        30_000,
        60_000,
        120_000,
        180_000,
        300_000,
        600_000,
        900_000,
        1_200_000,
        1_800_000,
        3_600_000,
        7_200_000,
        10_800_000,
        21_600_000,
        43_200_000,
        86_400_000
    };

    /** @throws IllegalArgumentException naming the parameter that is out of range */
    public HistoryQuery {
        metrics = List.copyOf(metrics);
        if (metrics.isEmpty() || metrics.size() > METRICS) {
            throw new IllegalArgumentException("metrics has " + metrics.size() + " keys, allowed: 1 to " + METRICS);
        }
        new TimeRange(from, to);
        if (points < 1 || points > POINTS) {
            throw new IllegalArgumentException("points=" + points + ", allowed: 1 to " + POINTS);
        }
    }

    /** One without percentiles. */
    public HistoryQuery(String machine, List<String> metrics, Instant from, Instant to, int points) {
        this(machine, metrics, from, to, points, false);
    }

    /**
     * Reads query parameters; absent ones are an hour until now, 600 points, the metrics of the fleet view, no percentiles.
     *
     * @throws IllegalArgumentException naming parameter, value and what is allowed
     */
    public static HistoryQuery parse(
            String machine,
            Optional<String> metrics,
            Optional<String> from,
            Optional<String> to,
            Optional<String> points,
            Optional<String> percentiles,
            List<String> usualMetrics,
            Instant now) {
        TimeRange range = TimeRange.parse(from, to, "now-1h", now);
        int most;
        try {
            most = points.map(Integer::parseInt).orElse(DEFAULT_POINTS);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "points=" + shortened(points.orElse("")) + ", allowed: 1 to " + POINTS, e);
        }
        return new HistoryQuery(
                machine,
                metrics.map(HistoryQuery::split).orElse(usualMetrics),
                range.from(),
                range.to(),
                most,
                FleetQuestion.word("percentiles", percentiles, "false", "true").equals("true"));
    }

    /** Length of a step: the least usual one that gives no more points than wanted. */
    public long stepMillis() {
        return stepMillis(from.toEpochMilli(), to.toEpochMilli(), points);
    }

    /** The least usual step of which a stretch touches no more than so many; beyond a day, whole days. */
    public static long stepMillis(long from, long to, int points) {
        for (long step : STEPS) {
            if ((to - from) / step < points && touched(from, to, step) <= points) {
                return step;
            }
        }
        long day = STEPS[STEPS.length - 1];
        long step = ((to - from) / points / day + 1) * day;
        while (touched(from, to, step) > points) {
            step += day;
        }
        return step;
    }

    /** Steps that a stretch touches, at most: those below 10 s begin wherever the machine's stamps do. */
    private static long touched(long from, long to, long step) {
        return step < ALIGNED_MILLIS
                ? Math.ceilDiv(to - from, step) + 1
                : Math.floorDiv(to - 1, step) - Math.floorDiv(from, step) + 1;
    }

    /** Splits at commas outside braces and quotes. */
    static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\' && i + 1 < text.length()) {
                part.append(c).append(text.charAt(++i));
                continue;
            }
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && c == '{') {
                depth++;
            } else if (!quoted && c == '}') {
                depth--;
            } else if (!quoted && depth == 0 && c == ',') {
                add(parts, part);
                continue;
            }
            part.append(c);
        }
        add(parts, part);
        return parts;
    }

    private static void add(List<String> parts, StringBuilder part) {
        String text = part.toString().strip();
        part.setLength(0);
        if (text.length() > TEXT) {
            throw new IllegalArgumentException("metrics has a key of more than " + TEXT + " characters");
        }
        if (!text.isEmpty()) {
            parts.add(text);
        }
    }

    private static String shortened(String text) {
        return text.length() > 32 ? text.substring(0, 32) + "..." : text;
    }
}

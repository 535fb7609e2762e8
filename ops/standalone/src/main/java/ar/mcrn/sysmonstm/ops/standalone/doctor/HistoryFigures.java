package ar.mcrn.sysmonstm.ops.standalone.doctor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * History as the database tells of itself.
 *
 * @param mode plain or timescale
 * @param now clock of the database
 * @param machines machines known
 * @param databaseBytes all of the database
 * @param tiers raw, minute, hour
 * @param closedUntil minutes before this are closed; empty = none
 * @param minutesUntil minutes before this are rolled up; empty = none
 * @param hoursUntil hours before this are rolled up; empty = none
 * @param dirtyPairs hours of machines to be rolled up again
 * @param oldestMark when the oldest of them was marked
 * @param keptEarly since when raw samples are kept where that is for less than their retention; empty = for all of it
 * @param removals machines still to be removed
 */
record HistoryFigures(
        String mode,
        Instant now,
        long machines,
        long databaseBytes,
        List<Tier> tiers,
        Optional<Instant> closedUntil,
        Optional<Instant> minutesUntil,
        Optional<Instant> hoursUntil,
        long dirtyPairs,
        Optional<Instant> oldestMark,
        Optional<Instant> keptEarly,
        long removals) {

    private static final Duration LEAST_SPAN = Duration.ofHours(1);

    /**
     * One tier with all its tables.
     *
     * @param rows about how many; exact where they are few
     * @param bytes with indexes
     * @param oldest stamp of the oldest row
     * @param newest stamp of the newest row
     */
    record Tier(
            String name,
            long rows,
            long bytes,
            Optional<Instant> oldest,
            Optional<Instant> newest,
            Duration retention) {
        Duration span() {
            return oldest.isEmpty() || newest.isEmpty() ? Duration.ZERO : Duration.between(oldest.get(), newest.get());
        }

        /** Empty until enough is stored to tell. */
        Optional<Double> bytesPerDay() {
            Duration span = span();
            return span.compareTo(LEAST_SPAN) < 0
                    ? Optional.empty()
                    : Optional.of(bytes / (span.toSeconds() / 86_400.0));
        }

        /** How much longer it grows before old rows make room for new ones. */
        double growsForDays() {
            return Math.max(0, retention.minus(span()).toSeconds() / 86_400.0);
        }
    }

    Tier raw() {
        return tiers.getFirst();
    }

    /** What comes on top each day now; a tier as old as its retention no longer grows. Empty where it cannot be told yet. */
    Optional<Double> bytesPerDay() {
        if (raw().bytesPerDay().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(tiers.stream()
                .filter(tier -> tier.growsForDays() > 0)
                .mapToDouble(tier -> tier.bytesPerDay().orElse(0.0))
                .sum());
    }

    /** For {@code --json}. */
    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("mode", mode);
        map.put("time", now.toString());
        map.put("machines", machines);
        map.put("databaseBytes", databaseBytes);
        map.put("bytesPerDay", bytesPerDay().map(Math::round).orElse(null));
        List<Map<String, Object>> list = new ArrayList<>();
        for (Tier tier : tiers) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("tier", tier.name());
            each.put("rows", tier.rows());
            each.put("bytes", tier.bytes());
            each.put("bytesPerDay", tier.bytesPerDay().map(Math::round).orElse(null));
            each.put("oldest", text(tier.oldest()));
            each.put("newest", text(tier.newest()));
            each.put("retentionSeconds", tier.retention().toSeconds());
            list.add(each);
        }
        map.put("tiers", list);
        map.put("closedUntil", text(closedUntil));
        map.put("minutesUntil", text(minutesUntil));
        map.put("hoursUntil", text(hoursUntil));
        map.put("dirtyPairs", dirtyPairs);
        map.put("oldestDirtyMark", text(oldestMark));
        map.put("rawKeptOnlySince", text(keptEarly));
        map.put("removals", removals);
        return map;
    }

    private static String text(Optional<Instant> moment) {
        return moment.map(Instant::toString).orElse(null);
    }
}

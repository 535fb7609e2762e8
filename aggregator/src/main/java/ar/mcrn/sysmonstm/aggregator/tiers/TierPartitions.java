package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.Partitions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Partitions of the tiers, looked for once per UTC day that rows go to; the retention makes those of now ahead of time, so that
 * there is something to make only for late hours. One thread.
 */
final class TierPartitions implements TierSpace {
    private static final int REMEMBERED = 100;

    private final Set<Instant> days = new LinkedHashSet<>();

    @Override
    public void make(Connection connection, Instant from, Instant until) throws SQLException {
        Instant last = until.minusMillis(1);
        for (Instant day = day(from); !day.isAfter(last); day = day.plus(1, ChronoUnit.DAYS)) {
            if (!days.contains(day)) {
                Partitions.makeTiers(connection, day, day);
                if (days.size() == REMEMBERED) {
                    days.clear();
                }
                days.add(day);
            }
        }
    }

    private static Instant day(Instant time) {
        return time.truncatedTo(ChronoUnit.DAYS);
    }

    @Override
    public void forget() {
        days.clear();
    }
}

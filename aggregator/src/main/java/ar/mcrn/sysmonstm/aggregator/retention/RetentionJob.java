package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import ar.mcrn.sysmonstm.aggregator.history.HistoryTier;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes pieces ahead and drops old ones, in whichever aggregator holds the fence. By the database's clock.
 *
 * <p>Before raw history goes, {@code kept_from} and the horizon move past it under the exclusive history lock, and marks of
 * hours that cannot be repaired any more are deleted; so no row is accepted for what is being dropped, and no partition made.
 * Raw waits for minutes and hours, minutes wait for hours. Where the disk is over {@value #FULL_PERCENT} % full the oldest
 * raw goes all the same, a piece at a time; the dependency {@code history disk} and {@link HistoryDisk}, from which alerting
 * takes it, say so.
 */
final class RetentionJob implements Runnable {
    /** From there on raw history goes early. */
    static final int FULL_PERCENT = 85;
    /** Below it, what was full is not any more. */
    private static final int CLEAR_PERCENT = 83;

    /** Stamps of the hours of what is being dropped are refused this long before. */
    private static final Duration MARGIN = Duration.ofHours(2);

    private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);
    /** At one run. */
    private static final int MOST_EARLY = 24;

    private static final Logger LOG = LoggerFactory.getLogger(RetentionJob.class);

    private final DataSource source;
    private final RetentionSettings settings;
    private final DiskGauge gauge;
    private final Dependency dependency;
    private final HistoryDisk disk;
    private final RetentionMetrics metrics;
    private boolean written;

    RetentionJob(
            DataSource source,
            RetentionSettings settings,
            DiskGauge gauge,
            Dependency dependency,
            HistoryDisk disk,
            RetentionMetrics metrics) {
        this.source = source;
        this.settings = settings;
        this.gauge = gauge;
        this.dependency = dependency;
        this.disk = disk;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            keep();
        } catch (SQLException | RuntimeException e) {
            metrics.failures.increment();
            LOG.debug("retention did not finish, tried again: error={}", e.toString());
        }
    }

    /** The same, with its failures. */
    void keep() throws SQLException {
        // One connection holds the fence; detaching concurrently must be outside of any transaction.
        try (Connection fence = source.getConnection();
                Connection work = source.getConnection();
                Pieces pieces = new Pieces(work)) {
            fence.setAutoCommit(false);
            if (!written) {
                writeSettings(work);
                written = true;
            }
            Optional<DiskGauge.Use> use = gauge.look(work);
            try {
                if (HistoryLock.RETENTION.tryExclusive(fence)) {
                    keep(pieces, work);
                    use = guard(pieces, work, use);
                }
            } finally {
                fence.rollback();
            }
            say(work, use);
        }
    }

    private void writeSettings(Connection work) throws SQLException {
        try (PreparedStatement update =
                work.prepareStatement("update history_tier set retention = ? * interval '1 second' where tier = ?")) {
            for (HistoryTier tier : HistoryTier.values()) {
                update.setLong(1, settings.of(tier).toSeconds());
                update.setString(2, tier.key());
                update.executeUpdate();
            }
        }
    }

    private void keep(Pieces pieces, Connection work) throws SQLException {
        Instant now = instant(work, "select now()").orElseThrow();
        for (HistoryTier tier : HistoryTier.values()) {
            pieces.makeAhead(tier, now);
            // Nothing goes before it is rolled up; least() would pass over a null.
            Optional<Instant> until = instant(
                    work,
                    switch (tier) {
                        case RAW -> """
                        select case when bool_and(rolled_until is not null) then
                                    least(min(rolled_until), now() - (select retention from history_tier where tier = 'raw')) end
                        from history_tier where tier in ('minute', 'hour')""";
                        case MINUTE -> """
                        select case when rolled_until is not null then
                                    least(rolled_until, now() - (select retention from history_tier where tier = 'minute')) end
                        from history_tier where tier = 'hour'""";
                        case HOUR -> "select now() - retention from history_tier where tier = 'hour'";
                    });
            if (until.isPresent()) {
                drop(pieces, work, tier, floor(until.get(), pieces.length(tier)));
            }
        }
    }

    private static Instant floor(Instant instant, Duration step) {
        return Instant.ofEpochMilli(Math.floorDiv(instant.toEpochMilli(), step.toMillis()) * step.toMillis());
    }

    private void drop(Pieces pieces, Connection work, HistoryTier tier, Instant keptFrom) throws SQLException {
        Optional<Instant> oldest = pieces.oldest(tier);
        if (oldest.isEmpty() || !oldest.get().isBefore(keptFrom)) {
            return;
        }
        if (tier == HistoryTier.RAW) {
            raiseHorizon(work, keptFrom);
        } else {
            raiseKeptFrom(work, tier, keptFrom);
        }
        metrics.dropped.get(tier).add(pieces.drop(tier, keptFrom));
    }

    private void raiseHorizon(Connection work, Instant keptFrom) throws SQLException {
        work.setAutoCommit(false);
        try {
            HistoryLock.HISTORY.exclusive(work, LOCK_LIMIT);
            raiseKeptFrom(work, HistoryTier.RAW, keptFrom);
            try (PreparedStatement update =
                    work.prepareStatement("update history_state set horizon = greatest(horizon, ?)")) {
                update.setTimestamp(1, Timestamp.from(keptFrom.plus(MARGIN)));
                update.executeUpdate();
            }
            try (PreparedStatement delete = work.prepareStatement("delete from rollup_dirty where hour < ?")) {
                delete.setTimestamp(1, Timestamp.from(keptFrom));
                metrics.forgottenRepairs.add(delete.executeUpdate());
            }
            work.commit();
        } finally {
            work.rollback();
            work.setAutoCommit(true);
        }
    }

    private static void raiseKeptFrom(Connection work, HistoryTier tier, Instant keptFrom) throws SQLException {
        try (PreparedStatement update =
                work.prepareStatement("update history_tier set kept_from = greatest(kept_from, ?) where tier = ?")) {
            update.setTimestamp(1, Timestamp.from(keptFrom));
            update.setString(2, tier.key());
            update.executeUpdate();
        }
    }

    private Optional<DiskGauge.Use> guard(Pieces pieces, Connection work, Optional<DiskGauge.Use> before)
            throws SQLException {
        Optional<DiskGauge.Use> use = before;
        for (int early = 0; early < MOST_EARLY && full(use); early++) {
            Instant now = instant(work, "select now()").orElseThrow();
            Duration length = pieces.length(HistoryTier.RAW);
            Optional<Instant> oldest = pieces.oldest(HistoryTier.RAW);
            // The piece that is being written and the one before it stay in any case.
            if (oldest.isEmpty() || oldest.get().plus(length.multipliedBy(2)).isAfter(floor(now, length))) {
                return use;
            }
            Instant keptFrom = oldest.get().plus(length);
            LOG.warn(
                    "disk is full, raw history goes early: usedBytes={}, keptFrom={}",
                    use.get().usedBytes(),
                    keptFrom);
            drop(pieces, work, HistoryTier.RAW, keptFrom);
            metrics.early.increment();
            use = gauge.look(work);
        }
        return use;
    }

    private static boolean full(Optional<DiskGauge.Use> use) {
        return over(FULL_PERCENT, use);
    }

    private static boolean over(int percent, Optional<DiskGauge.Use> use) {
        return use.isPresent() && use.get().ratio() * 100 >= percent;
    }

    private void say(Connection work, Optional<DiskGauge.Use> use) throws SQLException {
        metrics.disk(use.isPresent() ? use.get().ratio() : Double.NaN);
        String text = use.map(known -> Math.round(known.ratio() * 100) + " % used")
                .orElse("not known: set HISTORY_DISK_LIMIT");
        Optional<Instant> early = instant(work, """
                select case when kept_from > now() - retention + interval '1 hour' then kept_from end
                from history_tier where tier = 'raw'""");
        boolean isShort = early.isPresent()
                || full(use)
                || (disk.last().state() == HistoryDisk.State.SHORT && over(CLEAR_PERCENT, use));
        if (early.isPresent()) {
            text += ", raw history is kept only since " + early.get();
        }
        if (isShort) {
            dependency.degraded(text);
        } else {
            dependency.up(text);
        }
        disk.saw(
                isShort
                        ? HistoryDisk.State.SHORT
                        : use.isPresent() ? HistoryDisk.State.ROOM : HistoryDisk.State.UNKNOWN,
                text);
    }

    private static Optional<Instant> instant(Connection connection, String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            Timestamp found = row.next() ? row.getTimestamp(1) : null;
            return Optional.ofNullable(found).map(Timestamp::toInstant);
        }
    }
}

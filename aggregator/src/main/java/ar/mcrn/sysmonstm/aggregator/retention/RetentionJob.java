package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import ar.mcrn.sysmonstm.aggregator.history.HistoryTier;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes pieces ahead and drops old ones, in whichever aggregator holds the fence. By the database's clock or the aggregator's,
 * whichever is behind: a clock that leaps ahead drops nothing before its time. Marks that are in the future nevertheless, since
 * both leapt and came back, are moved to now; what they had let go stays gone.
 *
 * <p>Before raw history goes, {@code kept_from} and the horizon move past it under the exclusive history lock, and marks of
 * hours that cannot be repaired any more are deleted; so no row is accepted for what is being dropped, and no partition made.
 * Raw waits for minutes and hours, minutes wait for hours. Where the disk is over {@value DiskSpace#FULL_PERCENT} % full the oldest
 * raw goes all the same, a piece at a time; the dependency {@code history disk} and {@link HistoryDisk}, from which alerting
 * takes it, say so.
 */
final class RetentionJob implements Runnable {
    /** Below it, what was full is not any more. */
    private static final int CLEAR_PERCENT = 83;

    /** Stamps of the hours of what is being dropped are refused this long before. */
    private static final Duration MARGIN = Duration.ofHours(2);
    /** Younger samples are taken however full the disk is. */
    private static final Duration ALWAYS_TAKEN = Duration.ofHours(1);

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
    private final InstantSource clock;
    private final Duration patience;
    private Optional<Long> aheadSinceNanos = Optional.empty();
    private boolean written;
    /** Whether it failed the last time. */
    private boolean failing;

    RetentionJob(
            DataSource source,
            RetentionSettings settings,
            DiskGauge gauge,
            Dependency dependency,
            HistoryDisk disk,
            RetentionMetrics metrics,
            InstantSource clock,
            Duration patience) {
        this.source = source;
        this.settings = settings;
        this.gauge = gauge;
        this.dependency = dependency;
        this.disk = disk;
        this.metrics = metrics;
        this.clock = clock;
        this.patience = patience;
    }

    @Override
    public void run() {
        try {
            keep();
            if (failing) {
                failing = false;
                LOG.info("old history is dropped again");
            }
        } catch (SQLException e) {
            metrics.failures.increment();
            if (!failing) {
                LOG.warn("old history is not dropped, tried again until it is: error={}", Database.reason(e));
            }
            failing = true;
        } catch (RuntimeException e) {
            metrics.failures.increment();
            if (!failing) {
                LOG.error("BUG: old history is not dropped, tried again", e);
            }
            failing = true;
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
        comeBack(work, databaseNow(work));
        Instant now = now(work);
        for (HistoryTier tier : HistoryTier.values()) {
            pieces.makeAhead(tier, now);
            Instant old = now.minus(retention(work, tier));
            // Nothing goes before it is rolled up.
            Optional<Instant> rolled = switch (tier) {
                case RAW -> instant(work, """
                        select case when bool_and(rolled_until is not null) then min(rolled_until) end
                        from history_tier where tier in ('minute', 'hour')""");
                case MINUTE -> instant(work, "select rolled_until from history_tier where tier = 'hour'");
                case HOUR -> Optional.of(old);
            };
            if (rolled.isPresent()) {
                drop(pieces, work, tier, floor(earliest(rolled.get(), old), pieces.length(tier)));
            }
        }
    }

    private Instant now(Connection work) throws SQLException {
        return earliest(clock.instant(), databaseNow(work));
    }

    private static Instant databaseNow(Connection work) throws SQLException {
        return instant(work, "select now()").orElseThrow();
    }

    private static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Duration retention(Connection work, HistoryTier tier) throws SQLException {
        try (PreparedStatement select = work.prepareStatement(
                "select extract(epoch from retention)::bigint from history_tier where tier = ?")) {
            select.setString(1, tier.key());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return Duration.ofSeconds(row.getLong(1));
            }
        }
    }

    /**
     * Marks of the future become now: what is older is gone or may be, so its hour is not rolled up again, and samples are taken
     * again from here on. By the database's clock alone, so that an aggregator whose clock is behind moves none, and only when that
     * has been behind for a while: the clock of a machine that has just started may be wrong for a moment.
     */
    private void comeBack(Connection work, Instant now) throws SQLException {
        Optional<Instant> latest = instant(work, """
                select greatest(nullif(state.horizon, '-infinity'), max(tier.kept_from))
                from history_state as state cross join history_tier as tier group by state.horizon""");
        if (latest.isEmpty() || !latest.get().isAfter(now)) {
            aheadSinceNanos = Optional.empty();
            return;
        }
        long nanos = System.nanoTime();
        if (aheadSinceNanos.isEmpty()) {
            aheadSinceNanos = Optional.of(nanos);
        }
        if (nanos - aheadSinceNanos.get() < patience.toNanos()) {
            return;
        }
        underHistoryLock(work, () -> {
            try (PreparedStatement marks =
                            work.prepareStatement("update history_tier set kept_from = ? where kept_from > ?");
                    PreparedStatement horizon =
                            work.prepareStatement("update history_state set horizon = ? where horizon > ?")) {
                for (PreparedStatement update : List.of(marks, horizon)) {
                    update.setTimestamp(1, Timestamp.from(now));
                    update.setTimestamp(2, Timestamp.from(now));
                    update.executeUpdate();
                }
            }
        });
        LOG.warn("clocks went back, samples are taken from now on: refusedUntil={}, now={}", latest.get(), now);
    }

    /** Statements of one transaction. */
    private interface Step {
        void run() throws SQLException;
    }

    private static void underHistoryLock(Connection work, Step step) throws SQLException {
        work.setAutoCommit(false);
        try {
            HistoryLock.HISTORY.exclusive(work, LOCK_LIMIT);
            step.run();
            work.commit();
        } finally {
            work.rollback();
            work.setAutoCommit(true);
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
        underHistoryLock(work, () -> {
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
        });
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
            Instant now = now(work);
            Duration length = pieces.length(HistoryTier.RAW);
            Optional<Instant> oldest = pieces.oldest(HistoryTier.RAW);
            // The piece that is being written and the one before it stay in any case, and the horizon stays behind.
            if (oldest.isEmpty() || oldest.get().plus(length.multipliedBy(2)).isAfter(floor(now, length))) {
                return use;
            }
            Instant keptFrom = oldest.get().plus(length);
            if (keptFrom.plus(MARGIN).isAfter(now.minus(ALWAYS_TAKEN))) {
                return use;
            }
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
        return over(DiskSpace.FULL_PERCENT, use);
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

package ar.mcrn.sysmonstm.aggregator.retention;

import ar.mcrn.sysmonstm.aggregator.history.HistoryLock;
import ar.mcrn.sysmonstm.aggregator.history.HistoryTier;
import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the machines that {@code machine_removal} names, in whichever aggregator holds the fence.
 *
 * <ol>
 *   <li>Under the exclusive history lock the machine loses its name and all ids that writers hold become void: what comes in
 *       from then on is of a new machine, under the same name.
 *   <li>Its rows go by key prefix, a stretch of time at a time, raw first; those of tiers under the rollup fence, so that a
 *       rollup under way puts nothing back.
 *   <li>Events, runs, devices and the machine go last, and with it the wish to remove it.
 * </ol>
 *
 * Each step may be done again: an aggregator that ends in between is followed by another.
 */
final class RemovalJob implements Runnable {
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);
    /** At a transaction, of one machine: some ten thousand rows of a table at most. */
    private static final Duration RAW_STRETCH = Duration.ofHours(3);

    private static final Duration TIER_STRETCH = Duration.ofDays(7);
    private static final Logger LOG = LoggerFactory.getLogger(RemovalJob.class);

    private final DataSource source;
    private final HotState hot;
    private final RetentionMetrics metrics;

    RemovalJob(DataSource source, HotState hot, RetentionMetrics metrics) {
        this.source = source;
        this.hot = hot;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            removeAll();
        } catch (SQLException | BusException | RuntimeException e) {
            metrics.failures.increment();
            LOG.debug("removal did not finish, tried again: error={}", e.toString());
        }
    }

    /** The same, with its failures. */
    void removeAll() throws SQLException, BusException {
        try (Connection work = source.getConnection()) {
            List<Integer> wanted = wanted(work);
            if (wanted.isEmpty()) {
                return;
            }
            try (Connection fence = source.getConnection()) {
                fence.setAutoCommit(false);
                try {
                    if (HistoryLock.RETENTION.tryExclusive(fence)) {
                        work.setAutoCommit(false);
                        for (int machine : wanted) {
                            remove(work, machine);
                        }
                    }
                } finally {
                    work.rollback();
                    fence.rollback();
                }
            }
        }
    }

    private static List<Integer> wanted(Connection work) throws SQLException {
        List<Integer> machines = new ArrayList<>();
        try (Statement statement = work.createStatement();
                ResultSet row =
                        statement.executeQuery("select machine_id from machine_removal order by requested_at")) {
            while (row.next()) {
                machines.add(row.getInt(1));
            }
        }
        return machines;
    }

    private void remove(Connection work, int machine) throws SQLException, BusException {
        Optional<String> name = name(work, machine);
        if (name.isPresent()) {
            takeName(work, machine, name.get());
            if (MachineId.isValid(name.get())) {
                hot.remove(new MachineId(name.get()));
            }
        }
        for (HistoryTier tier : HistoryTier.values()) {
            for (String table : tier.tables()) {
                removeRows(work, tier, table, machine);
            }
        }
        HistoryLock.ROLLUP.exclusive(work, LOCK_LIMIT);
        for (String table : List.of("rollup_dirty", "machine_event", "run", "device", "machine")) {
            delete(work, table, machine);
        }
        work.commit();
        metrics.removed.increment();
        LOG.info("machine removed with all it had: machine={}", name.orElse("(name was taken before)"));
    }

    private static Optional<String> name(Connection work, int machine) throws SQLException {
        try (PreparedStatement select = work.prepareStatement("select name from machine where machine_id = ?")) {
            select.setInt(1, machine);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
            }
        } finally {
            work.commit();
        }
    }

    private void takeName(Connection work, int machine, String name) throws SQLException, BusException {
        if (MachineId.isValid(name)) {
            // Before the name is gone from the database, so that it is not forgotten; and again after.
            hot.remove(new MachineId(name));
        }
        HistoryLock.HISTORY.exclusive(work, LOCK_LIMIT);
        try (PreparedStatement update = work.prepareStatement("update machine set name = null where machine_id = ?")) {
            update.setInt(1, machine);
            update.executeUpdate();
        }
        try (Statement statement = work.createStatement()) {
            statement.execute("update history_state set ids_epoch = ids_epoch + 1");
        }
        try (PreparedStatement update = work.prepareStatement("""
                update alert_episode set state = 'resolved', resolved_at = now(), updated_at = now(), reason = 'machineRemoved'
                where machine = ? and state <> 'resolved'""")) {
            update.setString(1, name);
            update.executeUpdate();
        }
        work.commit();
    }

    private static void removeRows(Connection work, HistoryTier tier, String table, int machine) throws SQLException {
        Duration stretch = tier == HistoryTier.RAW ? RAW_STRETCH : TIER_STRETCH;
        try (PreparedStatement oldest =
                        work.prepareStatement("select min(time) from " + table + " where machine_id = ?");
                PreparedStatement delete = work.prepareStatement(
                        "delete from " + table + " where machine_id = ? and time >= ? and time < ?")) {
            while (true) {
                if (tier != HistoryTier.RAW) {
                    HistoryLock.ROLLUP.exclusive(work, LOCK_LIMIT);
                }
                oldest.setInt(1, machine);
                Timestamp first;
                try (ResultSet row = oldest.executeQuery()) {
                    row.next();
                    first = row.getTimestamp(1);
                }
                if (first == null) {
                    work.commit();
                    return;
                }
                Instant from = first.toInstant();
                delete.setInt(1, machine);
                delete.setTimestamp(2, Timestamp.from(from));
                delete.setTimestamp(3, Timestamp.from(from.plus(stretch)));
                delete.executeUpdate();
                work.commit();
            }
        }
    }

    private static void delete(Connection work, String table, int machine) throws SQLException {
        try (PreparedStatement delete = work.prepareStatement("delete from " + table + " where machine_id = ?")) {
            delete.setInt(1, machine);
            delete.executeUpdate();
        }
    }
}

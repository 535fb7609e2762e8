package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/**
 * Two aggregators' writers and two rollups at work on one database at the same time, on the data of a {@link StormPlan}, whose
 * time runs as fast as the writers come along; closing, rolling up and repairing without the pauses of {@link RollupJob}, so
 * that they meet as often as they can. When everything has been written and rolled up, the tiers must equal {@link BruteForce}
 * in every value, and no mark may be left.
 */
final class RollupStorm {
    private static final int MOST_IN_FLIGHT = 500;

    private final DataSource source;
    private final TierSpace space;
    private final AtomicLong clock = new AtomicLong();
    private final LongAdder pieces = new LongAdder();
    private final LongAdder repairs = new LongAdder();
    private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();
    private volatile boolean stopping;

    RollupStorm(DataSource source, TierSpace space) {
        this.source = source;
        this.space = space;
    }

    /**
     * What a storm came to.
     *
     * @param offered samples offered to writers
     * @param stored host rows in the database
     * @param pieces transactions that rolled something up
     * @param repairs transactions that repaired a pair
     * @param failures transactions that failed and were tried again, by reason
     * @param dirty marks left
     * @param verdict comparison with brute force
     */
    record Result(
            long offered,
            long stored,
            long pieces,
            long repairs,
            Map<String, Long> failures,
            long dirty,
            BruteForce.Verdict verdict) {}

    Result run(StormPlan plan, HistorySettings settings) throws Exception {
        List<HistoryTestRig> rigs =
                List.of(HistoryTestRig.start(source, settings), HistoryTestRig.start(source, settings));
        List<Thread> rollups = new ArrayList<>();
        long offered;
        try {
            StormPlan.Arrival first = plan.next();
            clock.set(first.at());
            for (int i = 0; i < 2; i++) {
                Thread thread = new Thread(this::rollUp, "rollup-" + i);
                thread.start();
                rollups.add(thread);
            }
            offered = feed(plan, first, rigs);
            for (HistoryTestRig rig : rigs) {
                rig.awaitSettled();
            }
        } finally {
            rigs.forEach(HistoryTestRig::close);
        }
        clock.set(System.currentTimeMillis());
        stopping = true;
        for (Thread thread : rollups) {
            thread.join();
        }
        Map<String, Long> failed = new TreeMap<>();
        failures.forEach((reason, count) -> failed.put(reason, count.sum()));
        try (Connection raw = source.getConnection();
                Connection tiers = source.getConnection()) {
            BruteForce.Verdict verdict = BruteForce.compare(raw, tiers);
            return new Result(
                    offered, count("host_sample"), pieces.sum(), repairs.sum(), failed, count("rollup_dirty"), verdict);
        }
    }

    private long feed(StormPlan plan, StormPlan.Arrival first, List<HistoryTestRig> rigs) throws InterruptedException {
        long[] offered = new long[2];
        for (StormPlan.Arrival arrival = first; arrival != null; arrival = plan.next()) {
            HistoryTestRig rig = rigs.get(arrival.aggregator());
            while (inFlight(rig, offered[arrival.aggregator()]) > MOST_IN_FLIGHT) {
                Thread.sleep(1);
            }
            // Some arrive after the end of the span, which may be now.
            clock.set(Math.min(arrival.at(), System.currentTimeMillis()));
            if (!arrival.backfill()) {
                rig.live(arrival.inventory(), arrival.sample());
            } else {
                while (!rig.backfill(arrival.inventory(), arrival.sample())) {
                    Thread.sleep(1);
                }
            }
            offered[arrival.aggregator()]++;
        }
        return offered[0] + offered[1];
    }

    private static long inFlight(HistoryTestRig rig, long offered) {
        return offered - rig.outcomes().commits() - rig.outcomes().rejected().size();
    }

    /** One aggregator's rollup, until there is nothing left to do. */
    private void rollUp() {
        RollupMetrics metrics = new RollupMetrics(new Telemetry("storm"), this::now);
        Closing closing = new Closing(this::now);
        Rollup rollup = new Rollup(space, metrics);
        Repair repair = new Repair(space, metrics, Duration.ZERO);
        RollupSession session = null;
        while (true) {
            boolean last = stopping;
            try {
                if (session == null) {
                    session = RollupSession.open(source);
                }
                boolean worked = false;
                if (closing.due()) {
                    closing.run(session);
                    worked = closing.due();
                }
                if (rollup.run(session)) {
                    pieces.increment();
                    worked = true;
                }
                for (Repair.Pair pair : repair.due(session)) {
                    if (repair.run(session, pair) == Repair.Outcome.DONE) {
                        repairs.increment();
                    }
                    worked = true;
                    if (rollup.run(session)) {
                        pieces.increment();
                    }
                }
                repair.release(session);
                if (last && !worked && count("rollup_dirty") == 0 && rolledUp(session)) {
                    session.close();
                    return;
                }
            } catch (SQLException e) {
                failures.computeIfAbsent(e.getSQLState() + " " + Database.reason(e), reason -> new LongAdder())
                        .increment();
                if (session != null) {
                    session.close();
                    session = null;
                }
            }
        }
    }

    private static boolean rolledUp(RollupSession session) throws SQLException {
        Marks marks = Marks.read(session.connection()).orElseThrow();
        session.connection().rollback();
        return marks.minutesUntil().equals(marks.closedUntil());
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.get());
    }

    private long count(String table) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        }
    }
}

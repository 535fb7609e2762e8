package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import io.dropwizard.lifecycle.Managed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of an aggregator that keeps the tiers, on a connection of its own: closes minutes, rolls up what is closed,
 * repairs what got late rows. Several aggregators may run it: each transaction takes {@code HistoryLock.ROLLUP} or leaves the
 * work to whoever has it, so there is no leader to lose.
 *
 * <p>Paced by the time that its transactions take, which bounds what they cost the database: repairs a tenth of a core, an
 * absence is made up for with half of one. A failure is tried again for ever, after 0.5 s doubling to 30 s, and is said once.
 * Stopping ends the statement under way, whose transaction is as if it had not begun.
 */
final class RollupJob implements Managed {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final int REPAIR_SHARE = 10;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(RollupJob.class);

    private final DataSource source;
    private final TierSpace space;
    private final InstantSource clock;
    private final RollupMetrics metrics;
    private final RollupHealth health;
    private final Closing closing;
    private final Rollup rollup;
    private final Repair repair;
    private final Queue<Repair.Pair> due = new ArrayDeque<>();
    private final Thread thread = new Thread(this::run, "rollup");

    private volatile boolean stopping;
    private volatile RollupSession session;
    private long lookNanos = System.nanoTime();
    private long repairNanos = lookNanos;
    private boolean more = true;
    private Duration pause = FIRST_PAUSE;
    private String trouble = "";

    RollupJob(
            DataSource source,
            TierSpace space,
            InstantSource clock,
            RollupMetrics metrics,
            Dependency dependency,
            Duration quiet) {
        this.source = source;
        this.space = space;
        this.clock = clock;
        this.metrics = metrics;
        this.health = new RollupHealth(dependency);
        this.closing = new Closing(clock);
        this.rollup = new Rollup(space, metrics);
        this.repair = new Repair(space, metrics, quiet);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        RollupSession open = session;
        if (open != null) {
            open.cancel();
        }
        thread.join(STOP_LIMIT);
    }

    private void run() {
        while (!stopping) {
            Duration wait;
            try {
                wait = round();
                recovered();
            } catch (SQLException e) {
                wait = failed(Database.reason(e));
            } catch (RuntimeException e) {
                LOG.error("BUG: rollup failed, goes on: error={}", e.toString(), e);
                wait = failed("BUG: " + e);
            }
            LockSupport.parkNanos(this, wait.toNanos());
        }
        drop();
    }

    /**
     * Everything that is due now, one transaction of each kind; returns how long to wait for the next.
     */
    private Duration round() throws SQLException {
        if (session == null) {
            session = RollupSession.open(source);
        }
        if (closing.due()) {
            long begun = System.nanoTime();
            closing.run(session);
            metrics.closeBusy.add(Duration.ofNanos(System.nanoTime() - begun));
            more = true;
        }
        long begun = System.nanoTime();
        boolean looks = begun - lookNanos >= 0;
        // What others closed or left undone is seen at the next look.
        boolean worked = (more || looks) && rollup.run(session);
        more = worked;
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        repair(looks);
        Duration wait = due.isEmpty() ? POLL : Duration.ofNanos(Math.max(0, repairNanos - System.nanoTime()));
        if (worked && took.compareTo(wait) < 0) {
            // As long as there is more: half a core.
            wait = took;
        }
        return wait.compareTo(POLL) < 0 ? wait : POLL;
    }

    private void repair(boolean looks) throws SQLException {
        if (looks) {
            look();
        }
        long begun = System.nanoTime();
        if (due.isEmpty() || begun - repairNanos < 0) {
            return;
        }
        repair.run(session, due.remove());
        long ended = System.nanoTime();
        repairNanos = ended + (ended - begun) * (REPAIR_SHARE - 1);
    }

    /** Now and then: how far the tiers are, whoever does it, and which pairs are due. */
    private void look() throws SQLException {
        lookNanos = System.nanoTime() + LOOK.toNanos();
        Optional<Marks> marks = Marks.read(session.connection());
        long dirty = dirty();
        session.connection().rollback();
        if (marks.isPresent()) {
            metrics.seen(marks.get(), dirty);
            health.seen(marks.get(), clock.instant());
        }
        if (due.isEmpty() && dirty > 0) {
            due.addAll(repair.due(session));
        }
        if (due.isEmpty()) {
            repair.release(session);
        }
    }

    private long dirty() throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery("select count(*) from rollup_dirty")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void recovered() {
        pause = FIRST_PAUSE;
        if (!trouble.isEmpty()) {
            LOG.info("tiers are rolled up again: after={}", trouble);
            trouble = "";
        }
    }

    /** Says it once for each kind in a row; gives the connection up, since it may be what is broken. */
    private Duration failed(String reason) {
        drop();
        more = true;
        due.clear();
        space.forget();
        if (stopping) {
            return Duration.ZERO;
        }
        metrics.failures.increment();
        if (!trouble.equals(reason)) {
            LOG.warn("tiers are not rolled up, tried again until they are: error={}", reason);
        }
        trouble = reason;
        health.failed(reason, clock.instant());
        Duration wait = pause.dividedBy(2).plusNanos(ThreadLocalRandom.current().nextLong(pause.toNanos() / 2));
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
        return wait;
    }

    private void drop() {
        RollupSession open = session;
        if (open != null) {
            session = null;
            open.close();
        }
    }
}

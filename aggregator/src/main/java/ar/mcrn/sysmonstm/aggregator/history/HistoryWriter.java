package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import io.dropwizard.lifecycle.Managed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes samples and events to the database, and owns the clock that closes batches: 1,000 live rows or
 * 500 ms. Live goes before events, events before one batch of backfill, and so round; no transaction holds two kinds.
 *
 * <p>A failure that may pass leaves the rows where they are: the same batch is tried again, after a pause of 0.1 s doubling
 * to 2 s with jitter, for ever. A failure that lies in the rows halves the batch until one row stands alone, which is
 * rejected. Stopping writes what is held for at most 5 s and does not wait for a database that is away.
 */
final class HistoryWriter implements Managed {
    /** Live rows that do not wait for the clock. */
    static final int WAKE_ROWS = 1_000;

    private static final int BEHIND_ROWS = 10_000;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final Duration MISMATCH_PAUSE = Duration.ofSeconds(15);
    private static final Logger LOG = LoggerFactory.getLogger(HistoryWriter.class);

    private final HistorySettings settings;
    private final DataSource source;
    private final SchemaMigration migration;
    private final WriterLane live;
    private final WriterLane backfill;
    private final EventQueue events;
    private final Deferral deferral;
    private final CreditLedger credit;
    private final Dependency database;
    private final BatchWriter batches;
    private final Thread thread = new Thread(this::run, "history-writer");

    private volatile boolean stopping;
    private volatile boolean woken;
    private HistorySession session;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long notBeforeNanos = System.nanoTime();
    private long liveWrittenNanos = System.nanoTime();
    private long liveReceived;
    private boolean said;

    HistoryWriter(
            HistorySettings settings,
            DataSource source,
            SchemaMigration migration,
            WriterLane live,
            WriterLane backfill,
            EventQueue events,
            Deferral deferral,
            CreditLedger credit,
            Dependency database,
            BatchWriter batches) {
        this.settings = settings;
        this.source = source;
        this.migration = migration;
        this.live = live;
        this.backfill = backfill;
        this.events = events;
        this.deferral = deferral;
        this.credit = credit;
        this.database = database;
        this.batches = batches;
    }

    @Override
    public void start() {
        thread.start();
    }

    /** Ends after what is held has been written, or 5 s, or the first failure. */
    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join(STOP_LIMIT.plusSeconds(3));
    }

    /** Wakes it before its clock. Any thread. */
    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!stopping) {
            pause();
            try {
                round();
            } catch (SQLException e) {
                failed(e);
            } catch (RuntimeException e) {
                LOG.error("BUG: history writer failed, goes on: error={}", e.toString(), e);
                lose("BUG: " + e);
            }
            look();
        }
        finish();
    }

    /** Waits for the clock, a wake-up, or the end of the pause after a failure. */
    private void pause() {
        long deadline = Math.max(liveWrittenNanos + settings.commitInterval().toNanos(), notBeforeNanos);
        while (!stopping && (!woken || notBeforeNanos - System.nanoTime() > 0)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
        }
        woken = false;
    }

    /** Deferral and credit, which depend on what the round has left. */
    private void look() {
        deferral.check();
        long now = System.nanoTime();
        long received = live.metrics.received.value();
        boolean open = session != null && deferral.roomForBackfill(now);
        credit.grant(now, received - liveReceived, open, backfill.held.rows(), backfill.held.bytes());
        liveReceived = received;
    }

    private void round() throws SQLException {
        boolean due = live.begun()
                || live.held.rows() >= WAKE_ROWS
                || System.nanoTime() - liveWrittenNanos
                        >= settings.commitInterval().toNanos();
        if (due) {
            liveWrittenNanos = System.nanoTime();
        }
        if (!connect()) {
            return;
        }
        if (due) {
            writeLive();
        }
        events.write(session);
        woken |= !events.isEmpty();
        if (backfill.take()) {
            batches.write(session, backfill, BatchWriter.ROWS);
            woken |= backfill.begun();
        }
        sayUp();
        pauseNanos = FIRST_PAUSE_NANOS;
    }

    /** All that was there when it began. */
    private void writeLive() throws SQLException {
        if (!live.take()) {
            return;
        }
        do {
            batches.write(session, live, BEHIND_ROWS);
        } while (live.begun());
    }

    private boolean connect() throws SQLException {
        if (session != null) {
            return true;
        }
        if (notBeforeNanos - System.nanoTime() > 0) {
            return false;
        }
        try {
            migration.run();
        } catch (SchemaMismatch e) {
            deferral.shut();
            said = false;
            database.degraded(e.getMessage());
            notBeforeNanos = System.nanoTime() + MISMATCH_PAUSE.toNanos();
            return false;
        }
        session = HistorySession.open(source);
        batches.forgetPartitions();
        deferral.open();
        return true;
    }

    /** Once a round went well, and not when a connection was had: a full disk lets us in and refuses the rows. */
    private void sayUp() {
        if (said) {
            return;
        }
        said = true;
        if (session.durability().isEmpty()) {
            database.up("mode=" + session.mode());
        } else {
            database.degraded("not durable: " + session.durability());
        }
    }

    private void failed(SQLException e) {
        if (SqlFailure.of(e) == SqlFailure.AGAIN && session != null) {
            try {
                session.rollback();
                waitLonger();
                return;
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
        }
        lose(Database.reason(e));
    }

    private void lose(String reason) {
        if (session != null) {
            session.close();
            session = null;
        }
        said = false;
        database.down(reason);
        waitLonger();
    }

    private void waitLonger() {
        notBeforeNanos =
                System.nanoTime() + pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2 + 1);
        pauseNanos = Math.min(pauseNanos * 2, LONGEST_PAUSE_NANOS);
    }

    private void finish() {
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        try {
            while (session != null
                    && (live.held.rows() > 0 || backfill.held.rows() > 0 || !events.isEmpty())
                    && deadline - System.nanoTime() > 0) {
                liveWrittenNanos = System.nanoTime() - settings.commitInterval().toNanos();
                round();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("history not written to its end, agents send the rest again: error={}", Database.reason(e));
        } finally {
            if (session != null) {
                session.close();
                session = null;
            }
        }
    }
}

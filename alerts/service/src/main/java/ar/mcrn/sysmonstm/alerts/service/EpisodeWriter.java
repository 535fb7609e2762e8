package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import io.dropwizard.lifecycle.Managed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes episodes and outcomes behind what happens, so that a database that is away delays nobody. Episodes
 * conflate by id, at most {@value #ROOM} of each wait; beyond that they are dropped and counted (an announcement writes open
 * ones again). Its first success loads what the database knows. Stopping writes what waits, once.
 */
final class EpisodeWriter implements Managed {
    static final int ROOM = 20_000;

    private static final long PAUSE_MILLIS = 500;
    /** How often the database is asked whether it is there while nothing has to be written. */
    private static final long ASK_NANOS = Duration.ofSeconds(5).toNanos();

    private static final long CLEAN_NANOS = Duration.ofHours(1).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(EpisodeWriter.class);

    private final EpisodeStore store;
    private final Loader loader;
    private final Dependency dependency;
    private final AlertsMetrics metrics;
    private final Map<String, AlertEpisode> episodes = new LinkedHashMap<>();
    private final List<EpisodeStore.Outcome> outcomes = new ArrayList<>();
    private final CountDownLatch firstTry = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private boolean loaded;
    private long cleanedNanos;
    /** When the database last answered, or was asked for nothing else. */
    private long reachedNanos;

    /** Takes what the database knew, once, on the writer's thread. */
    interface Loader {
        /** Open and recent episodes, and what was told of them. */
        void loaded(List<AlertEpisode> rows, List<Notifications.Told> told);
    }

    EpisodeWriter(EpisodeStore store, Loader loader, Dependency dependency, AlertsMetrics metrics) {
        this.store = store;
        this.loader = loader;
        this.dependency = dependency;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("episode-writer").daemon().unstarted(this::run);
    }

    /** Starts and waits, for a few seconds at most, until the database has been tried once. */
    @Override
    public void start() throws InterruptedException {
        thread.start();
        if (!firstTry.await(3, TimeUnit.SECONDS)) {
            LOG.warn("the database has not answered yet: alerts go on from memory");
        }
    }

    /** Any thread. */
    void write(AlertEpisode episode) {
        synchronized (episodes) {
            if (episodes.size() >= ROOM && !episodes.containsKey(episode.getId())) {
                metrics.rowsDropped.increment();
                return;
            }
            episodes.put(episode.getId(), episode);
        }
    }

    /** Any thread. */
    void write(EpisodeStore.Outcome outcome) {
        synchronized (episodes) {
            if (outcomes.size() >= ROOM) {
                metrics.rowsDropped.increment();
                return;
            }
            outcomes.add(outcome);
        }
    }

    int waiting() {
        synchronized (episodes) {
            return episodes.size() + outcomes.size();
        }
    }

    private void run() {
        try {
            do {
                turn();
                firstTry.countDown();
            } while (!closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
            turn();
        } catch (InterruptedException ignored) {
            // stop() interrupts when the last turn hangs.
        }
    }

    private void turn() {
        try {
            boolean reached = load();
            reached |= flush();
            reached |= clean();
            if (!reached && System.nanoTime() - reachedNanos >= ASK_NANOS) {
                reachedNanos = System.nanoTime();
                store.ask();
                reached = true;
            }
            // Whether it is there a turn without anything to write does not know.
            if (reached) {
                reachedNanos = System.nanoTime();
                dependency.up();
            }
        } catch (RuntimeException e) {
            metrics.databaseFailures.increment();
            if (sql(e) == null) {
                defect(e);
            } else {
                dependency.down(reason(e));
            }
        }
    }

    private void defect(RuntimeException e) {
        String what = "BUG: " + e.getClass().getSimpleName();
        if (!what.equals(dependency.status().detail())) {
            LOG.error("BUG: episodes not written, tried again", e);
        }
        dependency.down(what);
    }

    /** True where the database was asked. */
    private boolean load() {
        if (loaded) {
            return false;
        }
        loader.loaded(store.load(), store.told());
        loaded = true;
        return true;
    }

    private boolean clean() {
        if (cleanedNanos != 0 && System.nanoTime() - cleanedNanos <= CLEAN_NANOS) {
            return false;
        }
        cleanedNanos = System.nanoTime();
        store.deleteOld();
        return true;
    }

    private boolean flush() {
        List<AlertEpisode> rows;
        List<EpisodeStore.Outcome> told;
        synchronized (episodes) {
            rows = List.copyOf(episodes.values());
            told = List.copyOf(outcomes);
        }
        if (!rows.isEmpty()) {
            writeAll(rows);
        }
        if (!told.isEmpty()) {
            tellAll(told);
        }
        synchronized (episodes) {
            rows.forEach(row -> episodes.remove(row.getId(), row));
            outcomes.subList(0, told.size()).clear();
        }
        return !rows.isEmpty() || !told.isEmpty();
    }

    private void writeAll(List<AlertEpisode> rows) {
        try {
            store.write(rows);
        } catch (RuntimeException e) {
            if (!isDataError(e)) {
                throw e;
            }
            rows.forEach(this::writeOne);
        }
    }

    private void writeOne(AlertEpisode row) {
        try {
            store.write(List.of(row));
        } catch (RuntimeException e) {
            if (!isDataError(e)) {
                throw e;
            }
            metrics.rowsDropped.increment();
            LOG.error("episode cannot be written: episode={}, rule={}", row.getId(), row.getRule(), e);
        }
    }

    private void tellAll(List<EpisodeStore.Outcome> told) {
        try {
            store.notified(told);
        } catch (RuntimeException e) {
            if (!isDataError(e)) {
                throw e;
            }
            told.forEach(this::tellOne);
        }
    }

    private void tellOne(EpisodeStore.Outcome outcome) {
        try {
            store.notified(List.of(outcome));
        } catch (RuntimeException e) {
            if (!isDataError(e)) {
                throw e;
            }
            metrics.rowsDropped.increment();
            LOG.error("outcome cannot be written: outcome={}", outcome, e);
        }
    }

    /**
     * Whether it is the row's fault: class 22 data exception, 23 integrity constraint violation, or one that we cannot put into
     * words for the database.
     */
    private static boolean isDataError(Throwable e) {
        SQLException sql = sql(e);
        if (sql == null) {
            return true;
        }
        String state = sql.getSQLState() == null ? "" : sql.getSQLState();
        return state.startsWith("22") || state.startsWith("23");
    }

    private static SQLException sql(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static String reason(RuntimeException e) {
        SQLException sql = sql(e);
        if (sql != null && "42P01".equals(sql.getSQLState())) {
            return "the schema is not there yet";
        }
        return Database.reason(e);
    }

    @Override
    public void stop() throws InterruptedException {
        closing.countDown();
        if (thread.getState() != Thread.State.NEW && !thread.join(Duration.ofSeconds(5))) {
            thread.interrupt();
        }
    }
}

package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import io.dropwizard.lifecycle.Managed;
import java.time.Duration;

/**
 * Asks every 5 s whether the database answers and has its schema, and tells the dependency. Owns one thread; stopping waits
 * for its question under way, at most 7 s.
 */
public final class DatabaseWatch implements Managed {
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final Reads reads;
    private final Dependency dependency;
    private final RegularQuestion question = new RegularQuestion("database-watch", EVERY, this::look);

    /** Watches what {@code reads} reads. */
    public DatabaseWatch(Reads reads, Dependency dependency) {
        this.reads = reads;
        this.dependency = dependency;
    }

    @Override
    public void start() {
        question.start();
    }

    @Override
    public void stop() throws InterruptedException {
        question.stop();
    }

    private void look() {
        try {
            boolean there = reads.read(handle -> handle.createQuery("select to_regclass('host_sample') is not null")
                    .mapTo(Boolean.class)
                    .one());
            if (there) {
                dependency.up();
            } else {
                dependency.degraded("schema is not there yet");
            }
        } catch (DatabaseDown e) {
            // What is told here, anybody may read; the log has the rest.
            dependency.down(e.getMessage(), Database.reason(e));
        } catch (RuntimeException e) {
            dependency.down("BUG: the question failed: " + e.getClass().getSimpleName());
            throw e;
        }
    }
}

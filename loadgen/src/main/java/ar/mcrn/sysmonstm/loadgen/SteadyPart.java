package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.loadgen.DatabaseFigures.Moment;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The steady part of a run, for figures of the database: from when all agents have begun and caches are warm to the end of
 * the schedule. Looks at the database beside the run, so that one that is down or slow holds nothing up; it then has no
 * figures.
 */
final class SteadyPart {

    private static final long WARM_MILLIS = 10_000;
    private static final long PATIENCE_SECONDS = 20;

    private final LoadPlan plan;
    private final long fromMillis;
    private CompletableFuture<Moment> first;
    private CompletableFuture<Moment> last;
    private long deferred;

    SteadyPart(LoadPlan plan) {
        this.plan = plan;
        this.fromMillis =
                plan.ramp().toMillis() + Math.min(WARM_MILLIS, plan.duration().toMillis() / 5);
    }

    /** Called every now and then while the run goes on. */
    void reached(long elapsedMillis, boolean done, long sent, long deferredSoFar) {
        if (plan.database().isEmpty()) {
            return;
        }
        if (first == null && elapsedMillis >= fromMillis) {
            first = moment(sent);
            deferred = deferredSoFar;
        }
        if (last == null && (done || elapsedMillis >= plan.duration().toMillis())) {
            last = moment(sent);
            deferred = deferredSoFar - deferred;
        }
    }

    private CompletableFuture<Moment> moment(long sent) {
        CompletableFuture<Moment> moment = new CompletableFuture<>();
        Thread.ofVirtual().name("loadgen-database").start(() -> {
            try {
                moment.complete(Moment.now(plan.database().orElseThrow(), sent));
            } catch (SQLException | RuntimeException e) {
                moment.completeExceptionally(e);
            }
        });
        return moment;
    }

    /** Null where the database could not be looked at, took nothing, or did not take everything at once. */
    DatabaseFigures figures() throws InterruptedException {
        if (first == null || last == null || deferred != 0) {
            return null;
        }
        try {
            return DatabaseFigures.between(
                    first.get(PATIENCE_SECONDS, TimeUnit.SECONDS), last.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException unknown) {
            return null;
        }
    }
}

package ar.mcrn.sysmonstm.api.resources;

import ar.mcrn.sysmonstm.api.ApiMetrics;
import java.util.function.Supplier;

/** Counts and times queries of history. Any thread. */
public final class QueryTimer {
    private final ApiMetrics metrics;

    /** Tells these metrics. */
    public QueryTimer(ApiMetrics metrics) {
        this.metrics = metrics;
    }

    /** Does a query; a failure is counted and thrown on. */
    <T> T time(Supplier<T> query) {
        long begun = System.nanoTime();
        try {
            T answer = query.get();
            metrics.historyQueries().increment();
            metrics.historyQuery().recordNanos(System.nanoTime() - begun);
            return answer;
        } catch (RuntimeException e) {
            metrics.historyFailures().increment();
            throw e;
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.loadgen.DatabaseFigures.Moment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/**
 * The steady part of a run: from when all agents have begun and caches are warm to the end of the schedule. Looks at the
 * database and at admin ports beside the run, so that one that is down or slow holds nothing up; it then has no figures.
 */
final class SteadyPart {

    private static final long PATIENCE_SECONDS = 20;
    private static final double MICROS_PER_MILLI = 1_000;

    private final LoadPlan plan;
    private final ProcessFigures processes;
    private final long fromMillis;
    private final Histogram acks = new Histogram(LoadCounters.HIGHEST_MICROS, 3);
    private final Histogram frames = new Histogram(LoadCounters.HIGHEST_MICROS, 3);
    private Mark begin;
    private Mark end;
    private long deferred;

    /** Where a run stands; the moment is null without a database, the reading without an admin port. */
    private record Mark(
            long elapsedMillis,
            long sent,
            Map<String, Double> cpuSeconds,
            CompletableFuture<Moment> database,
            CompletableFuture<StageReading> stages) {}

    SteadyPart(LoadPlan plan, ProcessFigures processes) {
        this.plan = plan;
        this.processes = processes;
        this.fromMillis = plan.phases().steadyFrom(plan.ramp(), plan.duration()).toMillis();
    }

    /**
     * Called every now and then while the run goes on.
     *
     * @param ackMicros latencies since the last call
     * @param frameMicros latencies since the last call
     */
    void reached(
            long elapsedMillis,
            boolean done,
            long sent,
            long deferredSoFar,
            Histogram ackMicros,
            Histogram frameMicros) {
        if (begin != null && end == null) {
            acks.add(ackMicros);
            frames.add(frameMicros);
        }
        if (begin == null && elapsedMillis >= fromMillis) {
            begin = mark(elapsedMillis, sent);
            deferred = deferredSoFar;
        }
        if (end == null && (done || elapsedMillis >= plan.duration().toMillis())) {
            end = mark(elapsedMillis, sent);
            deferred = deferredSoFar - deferred;
        }
    }

    private Mark mark(long elapsedMillis, long sent) {
        return new Mark(
                elapsedMillis,
                sent,
                processes.used(),
                plan.database().isPresent()
                        ? beside("database", () -> Moment.now(plan.database().orElseThrow(), sent))
                        : null,
                hasStages() ? beside("stages", () -> StageReading.now(plan.admin(), plan.apiAdmin())) : null);
    }

    private boolean hasStages() {
        return plan.admin().isPresent() || plan.apiAdmin().isPresent();
    }

    private static <T> CompletableFuture<T> beside(String name, Callable<T> look) {
        CompletableFuture<T> seen = new CompletableFuture<>();
        Thread.ofVirtual().name("loadgen-" + name).start(() -> {
            try {
                seen.complete(look.call());
            } catch (Exception e) {
                seen.completeExceptionally(e);
            }
        });
        return seen;
    }

    /** Null where the run was too short to have a steady part. */
    SteadyFigures figures() throws InterruptedException {
        if (begin == null || end == null || end.sent() <= begin.sent()) {
            return null;
        }
        long samples = end.sent() - begin.sent();
        Map<String, Double> cpu = new LinkedHashMap<>();
        end.cpuSeconds().forEach((name, seconds) -> {
            Double before = begin.cpuSeconds().get(name);
            if (before != null) {
                cpu.put(name, Math.round((seconds - before) * 1e7 / samples) / 10.0);
            }
        });
        Map<String, StageLatency> stages = hasStages() ? stages() : null;
        StageLatency commits = stages == null ? null : stages.remove(Stage.RECEIVED_TO_COMMITTED.jsonName());
        return new SteadyFigures(
                (end.elapsedMillis() - begin.elapsedMillis()) / 1_000.0,
                samples,
                cpu,
                Latency.ofMicros(acks),
                commits == null ? null : commits.latency(),
                Latency.ofMicros(frames),
                stages);
    }

    private Map<String, StageLatency> stages() throws InterruptedException {
        Map<String, StageLatency> stages = new LinkedHashMap<>();
        try {
            StageReading before = begin.stages().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            stages.putAll(before.until(end.stages().get(PATIENCE_SECONDS, TimeUnit.SECONDS)));
        } catch (ExecutionException | TimeoutException unknown) {
            // The whole way is known all the same.
        }
        if (frames.getTotalCount() > 0) {
            stages.put(SteadyFigures.WHOLE, StageLatency.of(frames, MICROS_PER_MILLI));
        }
        return stages;
    }

    /** Null where the database could not be looked at, took nothing, or did not take everything at once. */
    DatabaseFigures databaseFigures() throws InterruptedException {
        if (plan.database().isEmpty() || begin == null || end == null || deferred != 0) {
            return null;
        }
        try {
            return DatabaseFigures.between(
                    begin.database().get(PATIENCE_SECONDS, TimeUnit.SECONDS),
                    end.database().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException unknown) {
            return null;
        }
    }
}

package ar.mcrn.sysmonstm.ops.runtime.readiness;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What a process depends on. Ready while no critical dependency is down and the process is not stopping; degraded where
 * another one is not up. Any thread.
 */
public final class Readiness {
    private final Map<String, Dependency> dependencies = new TreeMap<>();
    private final List<Consumer<Dependency>> listeners = new ArrayList<>();
    private final Clock clock;
    private volatile boolean stopping;

    public Readiness() {
        this(Clock.systemUTC());
    }

    Readiness(Clock clock) {
        this.clock = clock;
    }

    /**
     * Registers a dependency, first as down with the detail {@code starting}; the same name again gives the same one.
     *
     * @param critical whether the process is of no use without it
     */
    public synchronized Dependency dependency(String name, boolean critical) {
        Dependency present = dependencies.get(name);
        if (present != null) {
            return present;
        }
        Dependency dependency = new Dependency(name, critical, clock, this::isStopping, Readiness::later);
        dependencies.put(name, dependency);
        listeners.forEach(listener -> listener.accept(dependency));
        return dependency;
    }

    private static void later(Runnable task, long nanos) {
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(task);
    }

    /** Told of every dependency once: now of those that are registered, then of each as it is. */
    synchronized void onDependency(Consumer<Dependency> listener) {
        dependencies.values().forEach(listener);
        listeners.add(listener);
    }

    /** The process is going to stop: not ready from now on. */
    public void stopping() {
        stopping = true;
    }

    /** True where a critical dependency is down, or the process is stopping. */
    public boolean isUnavailable() {
        return stopping
                || all().stream().anyMatch(d -> d.critical() && d.status().state() == Dependency.State.DOWN);
    }

    /** Names of all dependencies that are not up, in alphabetical order. */
    public List<String> degraded() {
        return all().stream()
                .filter(d -> d.status().state() != Dependency.State.UP)
                .map(Dependency::name)
                .toList();
    }

    /** Every dependency, in alphabetical order. */
    public synchronized List<Dependency> all() {
        return List.copyOf(dependencies.values());
    }

    boolean isStopping() {
        return stopping;
    }
}

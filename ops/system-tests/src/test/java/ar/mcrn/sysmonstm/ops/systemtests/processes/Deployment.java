package ar.mcrn.sysmonstm.ops.systemtests.processes;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/**
 * A real Redis, a real PostgreSQL with an empty database, and the parts that run on them as processes. Closing ends all of
 * them. Not for several threads.
 */
public final class Deployment implements AutoCloseable {
    private static final Duration READY = Duration.ofMinutes(3);

    private final RepositoryRoot root = RepositoryRoot.find();
    private final Http http = new Http();
    private final List<ServiceProcess> processes = new ArrayList<>();
    private final List<AutoCloseable> atLast = new ArrayList<>();
    private final RedisFixture redis;
    private final PostgresFixture postgres;
    private final String database;

    private Deployment(RedisFixture redis, PostgresFixture postgres) {
        this.redis = redis;
        this.postgres = postgres;
        this.database = postgres.freshDatabase();
    }

    /** Starts the stores; no part yet. */
    public static Deployment start() {
        return on(PostgresFixture.start());
    }

    /** The same on a PostgreSQL that was started otherwise; closing stops that too. */
    public static Deployment on(PostgresFixture postgres) {
        return new Deployment(RedisFixture.start(), postgres);
    }

    /** Closes this when everything has ended. */
    public Deployment atLast(AutoCloseable resource) {
        atLast.add(resource);
        return this;
    }

    /** Address of the database. */
    public String database() {
        return database;
    }

    /** The PostgreSQL that holds the database. */
    public PostgresFixture postgres() {
        return postgres;
    }

    /** The Redis. */
    public RedisFixture redis() {
        return redis;
    }

    /** For requests to what runs here. */
    public Http http() {
        return http;
    }

    /** Starts a part on free ports, with the stores' addresses in its environment. Does not wait. */
    public ServiceProcess start(Part part, Map<String, String> environment, String... arguments) {
        return start(part, List.of(), environment, arguments);
    }

    /** The same, with further options of its JVM. */
    public ServiceProcess start(Part part, List<String> jvm, Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        for (String port : part.ports()) {
            if (!all.contains("--" + port)) {
                all.addAll(List.of("--" + port, "0"));
            }
        }
        Map<String, String> settings = new HashMap<>(environment);
        settings.putIfAbsent("REDIS_URL", redis.url());
        settings.putIfAbsent("TIMESCALE_URL", database);
        ServiceProcess process = ServiceProcess.start(root, part, jvm, settings, all);
        processes.add(process);
        return process;
    }

    /** Starts a part as {@link #start(Part, Map, String...)} and waits until it is ready, without reservation. */
    public ServiceProcess startReady(Part part, Map<String, String> environment, String... arguments)
            throws InterruptedException {
        ServiceProcess process = start(part, environment, arguments);
        awaitReady(process, process.address("admin"));
        return process;
    }

    /**
     * Starts a part again that had chosen its ports and is gone, on the same ports, with the stores' addresses. Does not
     * wait.
     */
    public ServiceProcess restart(ServiceProcess gone) throws InterruptedException {
        return restart(gone, Map.of());
    }

    /** The same with this in its environment. */
    public ServiceProcess restart(ServiceProcess gone, Map<String, String> environment) throws InterruptedException {
        return start(gone.part(), environment, gone.samePorts().toArray(String[]::new));
    }

    /** Waits until {@code /ready} of this port says ready, without reservation. */
    public void awaitReady(ServiceProcess process, URI port) {
        AtomicReference<String> last = new AtomicReference<>("");
        try {
            Awaitility.await()
                    .atMost(READY)
                    .pollInterval(Duration.ofMillis(50))
                    .failFast("the process ended", () -> !process.isAlive())
                    .until(() -> {
                        last.set(ready(port));
                        return last.get().contains("\"status\":\"ready\"");
                    });
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new IllegalStateException("not ready: " + last + ", " + process, e);
        }
    }

    private String ready(URI port) throws InterruptedException {
        try {
            return http.get(port.resolve("/ready")).body();
        } catch (IOException e) {
            return "no answer: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        processes.reversed().forEach(ServiceProcess::close);
        http.close();
        try {
            postgres.close();
        } finally {
            redis.close();
            atLast.reversed().forEach(Deployment::closeQuietly);
        }
    }

    private static void closeQuietly(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("not closed: " + resource, e);
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans as tests need them: one sample every 250 ms, loopback, what is not said as it is by default. */
final class Plans {
    private final int port;
    private final int agents;
    private final Duration duration;
    private Duration drain = Duration.ofSeconds(40);
    private long seed = 7;
    private int spool = 3_600;
    private Optional<DatabaseAddress> database = Optional.empty();
    private Optional<URI> admin = Optional.empty();
    private Map<String, Long> processes = Map.of();
    private AgentBehaviour behaviour = AgentBehaviour.PLAIN;
    private LoadPhases phases = LoadPhases.STEADY;
    private Optional<Path> latencyLog = Optional.empty();
    private Optional<Path> obligations = Optional.empty();
    private AtLeast atLeast = new AtLeast(Map.of());

    private Plans(int port, int agents, Duration duration) {
        this.port = port;
        this.agents = agents;
        this.duration = duration;
    }

    static Plans of(int port, int agents, Duration duration) {
        return new Plans(port, agents, duration);
    }

    Plans drain(Duration time) {
        drain = time;
        return this;
    }

    Plans seed(long value) {
        seed = value;
        return this;
    }

    Plans spool(int samples) {
        spool = samples;
        return this;
    }

    Plans database(String url) {
        database = Optional.of(DatabaseAddress.parse(url));
        return this;
    }

    Plans admin(int adminPort, long pid) {
        admin = Optional.of(URI.create("http://127.0.0.1:" + adminPort));
        processes = Map.of("aggregator", pid);
        return this;
    }

    Plans behaviour(AgentBehaviour value) {
        behaviour = value;
        return this;
    }

    Plans phases(LoadPhases value) {
        phases = value;
        return this;
    }

    Plans latencyLog(Path file) {
        latencyLog = Optional.of(file);
        return this;
    }

    Plans obligations(Path file) {
        obligations = Optional.of(file);
        return this;
    }

    Plans atLeast(Map<String, Long> wanted) {
        atLeast = new AtLeast(wanted);
        return this;
    }

    LoadPlan plan() {
        return new LoadPlan(
                List.of(new HostPort("127.0.0.1", port)),
                agents,
                Duration.ofMillis(250),
                duration,
                Duration.ZERO,
                drain,
                spool,
                seed,
                2,
                "",
                database,
                Optional.empty(),
                admin,
                Optional.empty(),
                new ViewerPlan(0, 0, Duration.ofMillis(100), 0),
                processes,
                behaviour,
                phases,
                latencyLog,
                obligations,
                atLeast);
    }
}

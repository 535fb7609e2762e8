package ar.mcrn.sysmonstm.loadgen;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a load run is to do. Every value is checked when the plan is made.
 *
 * @param targets gRPC addresses, at least one; agent i uses number i modulo their count
 * @param agents simulated agents, 1 to 100,000; each has a connection of its own
 * @param interval time between two samples of an agent, 250 ms to 1 h
 * @param duration time from the first to the last intended sample, at least one interval, at most 7 days
 * @param ramp time over which the agents begin
 * @param drain longest wait for outcomes after the last sample
 * @param spool samples that an agent keeps without an outcome, at least 600; the oldest is dropped and counted
 * @param seed makes machine ids, runs, phases and values
 * @param threads event loops that all agents share, 1 to 64
 * @param token credential of the agents, or empty
 * @param database where to read back what was stored
 * @param api base address whose {@code /ws} the viewers open
 * @param admin base address of the aggregator's admin port
 * @param apiAdmin base address of the api's admin port
 * @param viewers WebSocket clients
 * @param processes processes whose CPU time is reported, by name
 * @param behaviour what agents do beyond taking and sending samples
 * @param phases how the load changes over the run
 * @param latencyLog file for the latencies of each window
 * @param obligations file for what the database owes
 * @param atLeast what the run must have seen
 */
record LoadPlan(
        List<HostPort> targets,
        int agents,
        Duration interval,
        Duration duration,
        Duration ramp,
        Duration drain,
        int spool,
        long seed,
        int threads,
        String token,
        Optional<DatabaseAddress> database,
        Optional<URI> api,
        Optional<URI> admin,
        Optional<URI> apiAdmin,
        ViewerPlan viewers,
        Map<String, Long> processes,
        AgentBehaviour behaviour,
        LoadPhases phases,
        Optional<Path> latencyLog,
        Optional<Path> obligations,
        AtLeast atLeast) {

    static final Duration SHORTEST_INTERVAL = Duration.ofMillis(250);

    /** @throws IllegalArgumentException naming option, value and range */
    LoadPlan {
        targets.forEach(target -> range("--target port", target.port(), 1, 65_535));
        range("--agents", agents, 1, 100_000);
        range("--interval", interval, SHORTEST_INTERVAL, Duration.ofHours(1));
        range("--duration", duration, interval, Duration.ofDays(7));
        range("--ramp", ramp, Duration.ZERO, duration);
        range("--drain", drain, Duration.ZERO, Duration.ofHours(1));
        range("--spool", spool, 600, 1_000_000);
        range("--threads", threads, 1, 64);
        phases.checkWithin(duration);
        if (viewers.count() > 0 && api.isEmpty()) {
            throw new IllegalArgumentException("--viewers needs --api URL");
        }
        if (viewers.idle() > 0 && api.isEmpty()) {
            throw new IllegalArgumentException("--idle-viewers needs --api URL");
        }
    }

    /** The same with another number of agents, which begin over the shortest ramp. */
    LoadPlan withAgents(int other) {
        return new LoadPlan(
                targets,
                other,
                interval,
                duration,
                shortestRamp(other, duration),
                drain,
                spool,
                seed,
                threads,
                token,
                database,
                api,
                admin,
                apiAdmin,
                viewers,
                processes,
                behaviour,
                phases,
                latencyLog,
                obligations,
                atLeast);
    }

    /** 1 s per 1,000 agents. */
    static Duration shortestRamp(int agents, Duration duration) {
        return Duration.ofMillis(Math.min(agents, duration.toMillis()));
    }

    /** All machines of the run: its agents and those of a spike. */
    int machines() {
        return agents + phases.spikeAgents();
    }

    /** Rounds of one sample per agent. */
    int rounds() {
        return (int) (duration.toMillis() / interval.toMillis());
    }

    int intervalMillis() {
        return (int) interval.toMillis();
    }

    static void range(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + "=" + value + " is not within " + least + " to " + most);
        }
    }

    static void range(String option, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    option + "=" + text(value) + " is not within " + text(least) + " to " + text(most));
        }
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}

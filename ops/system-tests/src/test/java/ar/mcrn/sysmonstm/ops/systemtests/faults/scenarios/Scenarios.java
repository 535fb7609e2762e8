package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All faults that can be brought about, in the order of their table. */
public final class Scenarios {
    private static final Duration MINUTES = Duration.ofMinutes(10);
    private static final List<FaultScenario> ALL = List.of(
            new AggregatorKilled(),
            new AggregatorKilledInCommit(),
            new AgentsKilled(),
            new AggregatorPaused(),
            new AggregatorStopped(),
            new DatabaseDown("F5", Duration.ofSeconds(30)),
            new DatabaseDown("F5/long", MINUTES),
            new SlowCommits(),
            new DatabaseKilledInCopy(),
            new DatabaseDeadlock(),
            new DatabaseSerialization(),
            new DatabaseReadOnly(),
            new DatabaseLate(),
            SchemaRefused.newer(),
            SchemaRefused.otherMode(),
            new RedisDown("F9", Duration.ofSeconds(30)),
            new RedisDown("F9/long", MINUTES),
            new RedisFull(),
            new RedisSlow(),
            DatabaseDiskFull.ofData(),
            DatabaseDiskFull.ofLog(),
            new SpoolDiskFull(),
            new SpoolDamaged(),
            new HalfPartitioned(),
            new AcksLost(),
            new HalfOpen(),
            new FlappingLink(),
            new FleetReturns(),
            new AgentsRestarted(),
            UnusualLoad.restarts(),
            new AgentClocks(),
            UnusualLoad.skew(),
            new AggregatorClock(),
            new FirstWire(),
            new AggregatorOutOfMemory(),
            StoreStopped.redis(),
            StoreStopped.postgres(),
            UnusualLoad.copies(),
            UnusualLoad.single(),
            UnusualLoad.gathered());

    private Scenarios() {}

    /**
     * Those of these ids, or all.
     *
     * @param ids such as {@code F1} or {@code F8/newer}; {@code F8} = all of its forms but the long ones
     * @param withLong the long ones too, where they were not named
     * @throws IllegalArgumentException naming an id that is not known
     */
    public static List<FaultScenario> chosen(List<String> ids, boolean withLong) {
        List<FaultScenario> chosen = new ArrayList<>();
        for (String id : ids) {
            if (ALL.stream().noneMatch(scenario -> matches(scenario, id))) {
                throw new IllegalArgumentException("--only=" + id + ", known: "
                        + ALL.stream().map(FaultScenario::id).collect(Collectors.joining(", ")));
            }
        }
        for (FaultScenario scenario : ALL) {
            boolean named = ids.contains(scenario.id());
            boolean asked = ids.isEmpty() || ids.stream().anyMatch(id -> matches(scenario, id));
            if (named || (asked && (withLong || !scenario.isLong()))) {
                chosen.add(scenario);
            }
        }
        return List.copyOf(chosen);
    }

    private static boolean matches(FaultScenario scenario, String id) {
        return scenario.id().equals(id) || scenario.id().startsWith(id + "/");
    }

    /** The database away for another time than in the table. */
    public static FaultScenario databaseAway(Duration time) {
        return new DatabaseDown("F5", time);
    }

    /** A run with this many kills. */
    public static FaultScenario kills(int kills) {
        return new RandomKills(kills);
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FakeTime;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RealAgents;
import ar.mcrn.sysmonstm.ops.systemtests.faults.Sql;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * F20: real agents on machines with wrong clocks. An agent reads wall time once a run and then follows the aggregator, so a
 * clock that is stepped or drifts later must not show at all.
 */
final class AgentClocks implements FaultScenario {
    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final String WRONG = """
            select count(*) from host_sample s join machine m using (machine_id)
            where m.name = ? and (s.time < to_timestamp(? / 1000.0) or s.time > to_timestamp(? / 1000.0))
            """;
    private static final List<String> NAMES = List.of("ahead", "behind", "stepped", "drifting");
    private static final int DRIFT_SECONDS = 12;
    /** In seconds for each second: what 500 ppm come to in 7 h passes in 24 s. */
    private static final double DRIFT = 0.5;
    /** What each has to add to its wall clock in the end, in seconds. */
    private static final Map<String, Double> ERRORS =
            Map.of("ahead", -3_600.0, "behind", 3_600.0, "stepped", 600.0, "drifting", -2 * DRIFT_SECONDS * DRIFT);

    private static final String ROWS =
            "select count(*) from host_sample s join machine m using (machine_id) where m.name = ?";

    @Override
    public String id() {
        return "F20";
    }

    @Override
    public String fault() {
        return "real agents with wall clocks 1 h ahead, 1 h behind, back by 10 min while running, drifting by 12 s in 24 s";
    }

    @Override
    public String expected() {
        return "stamps follow the aggregator: at most the first 5 s of a run are stamped otherwise or rejected, nothing twice; each agent knows its clock's error to 1 s";
    }

    @Override
    public Duration shortest() {
        return Duration.ofSeconds(80);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        RealAgents agents =
                stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), INTERVAL));
        FakeTime ahead = stage.closing(new FakeTime("+3600s"));
        FakeTime behind = stage.closing(new FakeTime("-3600s"));
        FakeTime stepped = stage.closing(new FakeTime("+0"));
        FakeTime drifting = stage.closing(new FakeTime("+0"));
        long begin = System.currentTimeMillis();
        saw(
                stage,
                "ahead",
                3_600,
                agents.start("ahead", ahead.environment()).errorsSoFar().getFirst());
        saw(
                stage,
                "behind",
                -3_600,
                agents.start("behind", behind.environment()).errorsSoFar().getFirst());
        agents.start("stepped", stepped.environment());
        agents.start("drifting", drifting.environment());
        stage.await("all four have samples stored", () -> allStored(stage));
        drift(stage, drifting, 0);
        stepped.set("-600s");
        drift(stage, drifting, DRIFT_SECONDS);
        // False time is read anew every second, and kept at the tick after that.
        stage.goOnFor(Duration.ofSeconds(4));
        for (Map.Entry<String, Double> wrong : ERRORS.entrySet()) {
            double known = agents.spoolCorrection(wrong.getKey()).toMillis() / 1_000.0;
            stage.evidence().figure(wrong.getKey() + "CorrectionSeconds", known);
            stage.evidence()
                    .proof(
                            Math.abs(known - wrong.getValue()) <= 1,
                            "%s corrects its wall clock by %.1f s, by %.1f s in truth",
                            wrong.getKey(),
                            known,
                            wrong.getValue());
        }
        long end = System.currentTimeMillis();
        long most = Duration.ofSeconds(5).dividedBy(INTERVAL);
        for (String name : NAMES) {
            Sql sql = stage.sql();
            long rows = sql.number(ROWS, "real-" + name);
            long wrong = sql.number(WRONG, "real-" + name, begin - 5_000, end + 2_000);
            RealAgents.Stored stored = agents.stored(name);
            stage.evidence()
                    .expect(
                            rows >= 20 && wrong <= most && stored.unexplained() <= most && stored.twice() == 0,
                            "%s: %d rows, %d with another stamp, %d rejected",
                            name,
                            rows,
                            wrong,
                            stored.unexplained());
        }
        agents.stop();
    }

    /** Lets a clock gain for a while, second by second. */
    private static void drift(FaultStage stage, FakeTime clock, int before) throws IOException, InterruptedException {
        for (int second = before + 1; second <= before + DRIFT_SECONDS; second++) {
            stage.goOnFor(Duration.ofSeconds(1));
            clock.set(second * DRIFT);
        }
    }

    private static boolean allStored(FaultStage stage) throws SQLException {
        for (String name : NAMES) {
            if (stage.sql().number(ROWS, "real-" + name) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The agent's log begins with its own wall time. */
    private static void saw(FaultStage stage, String name, long offsetSeconds, String line) {
        long apart = Duration.between(Instant.now(), Instant.parse(line.substring(0, line.indexOf(' '))))
                .toSeconds();
        stage.evidence().proof(Math.abs(apart - offsetSeconds) < 30, "%s logs a time %,d s off", name, apart);
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RealAgents;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** Kill -9 again and again of aggregator, a real agent and the database in turn, at random moments, under one load. */
final class RandomKills implements FaultScenario {
    private static final Duration BACK = Duration.ofMinutes(1);
    private static final int AGENTS = 4;
    /** Of one kill with what follows, on a machine of two cores. */
    private static final int SECONDS_EACH = 7;

    private final int kills;

    RandomKills(int kills) {
        this.kills = kills;
    }

    @Override
    public String id() {
        return "kills";
    }

    @Override
    public String fault() {
        return kills + " random kill -9 of aggregator, one of 4 real agents and PostgreSQL in turn";
    }

    @Override
    public String expected() {
        return "all agents back by themselves in 60 s; every sample of the real agents up to each kill stored once, holes 0";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds((long) SECONDS_EACH * kills), BACK);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        RealAgents agents =
                stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), Duration.ofMillis(500)));
        for (int i = 0; i < AGENTS; i++) {
            agents.start("agent-" + i, Map.of());
        }
        long least = Long.MAX_VALUE;
        for (int kill = 0; kill < kills; kill++) {
            stage.recovery().awaitCommit();
            Thread.sleep(stage.random().nextInt(2_000));
            least = Math.min(least, stage.unacknowledged());
            killOne(stage, agents, kill);
            stage.say((kill + 1) + " killed, " + stage.progress());
        }
        stage.evidence().proof(least > 0, "%d kills, at least %,d unacknowledged at each", kills, least);
        stage.recovery().awaitBack(BACK);
        agents.expectWhole(agents.awaitWhole(BACK));
        agents.stop();
    }

    private static void killOne(FaultStage stage, RealAgents agents, int kill) throws InterruptedException {
        switch (kill % 3) {
            case 0 -> {
                stage.aggregator().kill9();
                Thread.sleep(stage.random().nextInt(1_000));
                stage.restartAggregator();
            }
            case 1 -> {
                String name = "agent-" + stage.random().nextInt(AGENTS);
                agents.kill(name);
                agents.start(name, Map.of());
            }
            default -> {
                stage.deployment().postgres().kill9();
                Thread.sleep(stage.random().nextInt(1_000));
                stage.deployment().postgres().restart();
            }
        }
    }
}

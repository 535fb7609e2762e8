package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** Kill -9 again and again of aggregator and database in turn, at random moments, under one load. */
final class RandomKills implements FaultScenario {
    private static final Duration BACK = Duration.ofSeconds(60);
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
        return kills + " random kill -9 of aggregator and PostgreSQL in turn";
    }

    @Override
    public String expected() {
        return "all agents back by themselves in 60 s";
    }

    @Override
    public Duration shortest() {
        return Duration.ofSeconds(30L + SECONDS_EACH * kills);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        long least = Long.MAX_VALUE;
        for (int kill = 0; kill < kills; kill++) {
            stage.awaitCommit();
            Thread.sleep(stage.random().nextInt(3_000));
            least = Math.min(least, stage.unacknowledged());
            if (kill % 2 == 0) {
                stage.aggregator().kill9();
                Thread.sleep(stage.random().nextInt(1_000));
                stage.restartAggregator();
            } else {
                stage.deployment().postgres().kill9();
                Thread.sleep(stage.random().nextInt(1_000));
                stage.deployment().postgres().restart();
            }
            stage.say((kill + 1) + " killed, " + stage.progress());
        }
        stage.evidence().proof(least > 0, "%d kills, at least %,d unacknowledged at each", kills, least);
        stage.awaitBack(BACK);
    }
}

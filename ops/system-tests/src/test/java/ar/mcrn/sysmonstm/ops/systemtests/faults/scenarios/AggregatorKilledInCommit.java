package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.CommitWatch;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** F2: again and again an aggregator is killed a random moment after its transaction was seen to be open. */
final class AggregatorKilledInCommit implements FaultScenario {
    private static final int KILLS = 20;
    /** Most agents never see a life longer than this: they must not all wait 30 s. */
    private static final double LIFE_SECONDS = 4;

    private static final int WITHIN_MILLIS = 20;
    private static final Duration BACK = Duration.ofSeconds(45);

    @Override
    public String id() {
        return "F2/aggregator";
    }

    @Override
    public String fault() {
        return "aggregator: 20 times kill -9 within 20 ms of an open transaction of its writer";
    }

    @Override
    public String expected() {
        return "all agents back by themselves in 45 s";
    }

    @Override
    public Duration shortest() {
        return Duration.ofMinutes(2);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        int inside = 0;
        try (CommitWatch commits = stage.watchCommits()) {
            for (int kill = 0; kill < KILLS; kill++) {
                stage.awaitCommit();
                boolean open = commits.awaitInside(LIFE_SECONDS);
                Thread.sleep(stage.random().nextInt(WITHIN_MILLIS));
                stage.aggregator().kill9();
                inside += open ? 1 : 0;
                stage.restartAggregator();
            }
        }
        stage.evidence().proof(inside >= KILLS * 3 / 4, "%d of %d kills had seen an open transaction", inside, KILLS);
        stage.awaitBack(BACK);
    }
}

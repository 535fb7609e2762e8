package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.WriterHold;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** F2: again and again an aggregator is killed a random moment after its writer was seen inside a transaction, before or after the commit. */
final class AggregatorKilledInCommit implements FaultScenario {
    private static final int KILLS = 20;

    private static final int WITHIN_MILLIS = 20;
    private static final Duration BACK = Duration.ofSeconds(45);

    @Override
    public String id() {
        return "F2/aggregator";
    }

    @Override
    public String fault() {
        return "aggregator: 20 times kill -9 at most 20 ms after its writer was held inside a transaction";
    }

    @Override
    public String expected() {
        return "all agents back by themselves in 45 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(11L * KILLS), BACK);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        WriterHold writer = stage.writerHold();
        int inside = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            stage.recovery().awaitCommit();
            writer.letGo();
            inside++;
            Thread.sleep(stage.random().nextInt(WITHIN_MILLIS));
            stage.aggregator().kill9();
            stage.restartAggregator();
        }
        stage.evidence().proof(inside == KILLS, "%d of %d kills had seen an open transaction", inside, KILLS);
        stage.recovery().awaitBack(BACK);
    }
}

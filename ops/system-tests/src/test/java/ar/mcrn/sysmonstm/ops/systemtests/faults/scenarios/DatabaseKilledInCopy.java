package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.WriterHold;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** F7: the database is killed within a transaction of the writer, whose outcome is then unknown, five times. */
final class DatabaseKilledInCopy implements FaultScenario {
    private static final int KILLS = 5;
    private static final Duration DOWN = Duration.ofSeconds(2);

    @Override
    public String id() {
        return "F7/killed";
    }

    @Override
    public String fault() {
        return "PostgreSQL: 5 times kill -9 at most 20 ms after the writer was held inside a transaction, started again after 2 s";
    }

    @Override
    public String expected() {
        return "drained in 30 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(DOWN.plusSeconds(4).multipliedBy(KILLS), Duration.ofSeconds(30));
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
            Thread.sleep(stage.random().nextInt(20));
            stage.deployment().postgres().kill9();
            stage.goOnFor(DOWN);
            stage.deployment().postgres().restart();
        }
        stage.evidence().proof(inside == KILLS, "%d of %d kills had seen an open transaction", inside, KILLS);
        stage.recovery().awaitDrained(Duration.ofSeconds(30), 0);
    }
}

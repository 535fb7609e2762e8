package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.DownAlerts;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Signals;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** F18: a thousand agents come back to an aggregator that was started again; watched until it judges machines anew. */
final class FleetReturns implements FaultScenario {
    private static final int AGENTS = 1_000;
    private static final Duration BACK = Duration.ofSeconds(45);

    @Override
    public String id() {
        return "F18";
    }

    @Override
    public String fault() {
        return "aggregator: SIGTERM and start with 1,000 agents; down alerts after 20 s of silence";
    }

    @Override
    public String expected() {
        return "95 % back in 30 s, all in 45 s; below 80 % of all cores meanwhile; 0 false down alerts, a machine that goes down afterwards is told in 75 s";
    }

    @Override
    public int agents(int asked) {
        return Math.max(asked, AGENTS);
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(Duration.ofSeconds(DownAlerts.GRACE_SECONDS), BACK.plus(DownAlerts.WITNESSED));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        DownAlerts alerts = new DownAlerts(stage);
        stage.startAggregator(alerts.environment());
        alerts.start();
        stage.startLoad();
        stage.awaitFlowing();
        stage.goOnFor(Duration.ofSeconds(DownAlerts.GRACE_SECONDS));
        stage.atFault();
        stage.aggregator().stop();
        stage.restartAggregator();
        long begin = System.nanoTime();
        long pid = stage.aggregator().pid();
        stage.recovery().awaitBack(BACK);
        double share = Signals.cpuSeconds(pid)
                / FaultStage.seconds(begin)
                / Runtime.getRuntime().availableProcessors();
        stage.evidence().figure("cpuShare", share);
        stage.evidence().expect(share < 0.8, "%.0f %% of all cores meanwhile, with the JVM's start", 100 * share);
        alerts.expectWitness(DownAlerts.GRACE_SECONDS);
        double most = stage.evidence().figure("backSeconds95");
        stage.evidence().expect(most >= 0 && most <= 30, "95 %% back after %.1f s", most);
    }

    @Override
    public void afterwards(FaultStage stage) throws SQLException {
        DownAlerts.expectNone(stage);
    }
}

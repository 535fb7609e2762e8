package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.DownAlerts;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Signals;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** F3: an aggregator that stands still, with all its connections open, after it began to judge which machines are down. */
final class AggregatorPaused implements FaultScenario {
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration BACK = Duration.ofSeconds(45);

    @Override
    public String id() {
        return "F3";
    }

    @Override
    public String fault() {
        return "aggregator: SIGSTOP for 30 s, then SIGCONT; down alerts after 20 s of silence";
    }

    @Override
    public String expected() {
        return "all agents back in 45 s, 0 false down alerts; a machine that goes down afterwards is told in 75 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(PAUSE.plusSeconds(DownAlerts.GRACE_SECONDS), DownAlerts.WITNESSED.plusSeconds(20));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        DownAlerts alerts = new DownAlerts(stage);
        stage.startAggregator(alerts.environment());
        alerts.start();
        stage.startLoad();
        stage.awaitFlowing();
        stage.goOnFor(Duration.ofSeconds(DownAlerts.GRACE_SECONDS));
        stage.atFault();
        List<ProcessHandle> stopped = Signals.stop(stage.aggregator().pid());
        try {
            stage.goOnFor(PAUSE);
            char state = Signals.state(stage.aggregator().pid());
            stage.evidence().proof(state == 'T', "process state %s for 30 s", state);
            long waiting = stage.unacknowledged();
            stage.evidence().proof(waiting >= 20L * stage.load().agents(), "%,d unacknowledged at its end", waiting);
        } finally {
            Signals.goOn(stopped);
        }
        stage.recovery().awaitBack(BACK);
        stage.recovery().awaitDrained(BACK, 0);
        alerts.expectWitness(DownAlerts.GRACE_SECONDS);
    }

    @Override
    public void afterwards(FaultStage stage) throws SQLException {
        DownAlerts.expectNone(stage);
    }
}

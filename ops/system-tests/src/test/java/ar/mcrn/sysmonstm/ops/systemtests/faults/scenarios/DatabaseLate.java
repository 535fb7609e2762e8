package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** F8: an aggregator that starts before its database is there, and before any schema is, takes samples in all the same. */
final class DatabaseLate implements FaultScenario {
    private static final Duration LATE = Duration.ofSeconds(15);

    @Override
    public String id() {
        return "F8/unreachable";
    }

    @Override
    public String fault() {
        return "PostgreSQL: not there when the aggregator starts, empty when it comes 15 s later";
    }

    @Override
    public String expected() {
        return "starts, says so, takes samples in, makes the schema and drains in 30 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(LATE, Duration.ofSeconds(35));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        long tables = stage.sql().number("select count(*) from pg_tables where schemaname = 'public'");
        stage.deployment().postgres().kill9();
        ServiceProcess aggregator = stage.deployment().start(Part.AGGREGATOR, Map.of());
        stage.adoptAggregator(aggregator, Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        stage.goOnFor(LATE);
        String ready = stage.ready(stage.admin());
        long stored = stage.metrics().sum("sysmonstm_history_stored_samples_total");
        stage.evidence()
                .proof(
                        tables == 0 && stored == 0,
                        "%d tables, %d stored and %,d unacknowledged when it comes",
                        tables,
                        stored,
                        stage.unacknowledged());
        stage.evidence()
                .expect(
                        ready.startsWith("200") && ready.contains("\"degraded\":[\"database\""),
                        "/ready: %s",
                        ready.substring(0, Math.min(60, ready.length())));
        stage.deployment().postgres().restart();
        stage.recovery().awaitDrained(Duration.ofSeconds(30), 0);
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** F7: a database that takes connections and refuses every write, as a standby after a switch does. */
final class DatabaseReadOnly implements FaultScenario {
    private static final Duration TIME = Duration.ofSeconds(15);

    @Override
    public String id() {
        return "F7/read-only";
    }

    @Override
    public String fault() {
        return "PostgreSQL: every transaction read-only for 15 s";
    }

    @Override
    public String expected() {
        return "drained in 30 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(TIME, Duration.ofSeconds(35));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad();
        stage.awaitFlowing();
        stage.atFault();
        stage.sql().execute("alter system set default_transaction_read_only = on");
        stage.sql().execute("select pg_reload_conf()");
        stage.goOnFor(Duration.ofSeconds(2));
        long stored = stage.metrics().sum("sysmonstm_history_stored_samples_total");
        stage.goOnFor(TIME);
        long more = stage.metrics().sum("sysmonstm_history_stored_samples_total") - stored;
        stage.evidence().proof(more == 0, "%d stored in %d s", more, TIME.toSeconds());
        String ready = stage.ready(stage.admin());
        stage.evidence()
                .expect(ready.startsWith("200"), "/ready: %s", ready.substring(0, Math.min(60, ready.length())));
        stage.sql().execute("alter system reset default_transaction_read_only");
        stage.sql().execute("select pg_reload_conf()");
        stage.recovery().awaitDrained(Duration.ofSeconds(30), 0);
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.faults.RingWatch;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LiveDelay;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** F6: each transaction that stores samples takes 2 s longer, by a trigger that sleeps once a statement. */
final class SlowCommits implements FaultScenario {
    private static final Duration SLOW = Duration.ofSeconds(25);
    private static final Duration START = Duration.ofSeconds(21);

    @Override
    public String id() {
        return "F6";
    }

    @Override
    public String fault() {
        return "PostgreSQL: each transaction of samples takes 2 s longer, for 25 s";
    }

    @Override
    public String expected() {
        return "batches grow, ring never fills, live view p99 below 2 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(START.plus(SLOW), Duration.ofSeconds(20));
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        LiveDelay live = stage.watchLive(stage.startApi());
        stage.startLoad();
        stage.awaitFlowing();
        stage.awaitCalm(live, START);
        RingWatch ring = stage.watchRing();
        stage.atFault();
        live.begin("during");
        Metrics before = stage.metrics();
        stage.sql().execute("""
                create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(2); return null; end'""");
        stage.sql()
                .execute("create trigger slow after insert on host_sample for each statement execute function slow()");
        stage.goOnFor(SLOW);
        Metrics after = stage.metrics();
        long stored = after.sum("sysmonstm_history_stored_samples_total", "lane=\"live\"")
                - before.sum("sysmonstm_history_stored_samples_total", "lane=\"live\"");
        long batches = after.sum("sysmonstm_history_batches_total", "lane=\"live\"")
                - before.sum("sysmonstm_history_batches_total", "lane=\"live\"");
        stage.evidence().proof(batches >= 3 && batches <= SLOW.toSeconds() / 2 + 2, "%d transactions in 25 s", batches);
        double batch = (double) stored / Math.max(1, batches);
        stage.evidence().figure("samplesPerBatch", batch);
        stage.evidence().expect(batch >= 1.5 * stage.load().agents(), "%.0f samples a transaction", batch);
        stage.sql().execute("drop trigger slow on host_sample");
        stage.recovery().awaitDrained(Duration.ofSeconds(20), 0);
        LiveDelay.Delay delay = live.of("during");
        stage.evidence().figure("duringLiveP99Millis", delay.p99Millis());
        stage.evidence()
                .expect(
                        delay.machines() == stage.load().agents() && delay.p99Millis() < 2_000,
                        "live during: %s",
                        delay);
        ring.expectFlowing();
    }
}

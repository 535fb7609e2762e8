package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.DownAlerts;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FakeTime;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;

/** F21: the aggregator's wall clock jumps forward by 10 min, and back. Nobody is cut off or thought to be down. */
final class AggregatorClock implements FaultScenario {
    private static final long JUMP_SECONDS = 600;
    private static final Duration TIME = Duration.ofSeconds(25);

    @Override
    public String id() {
        return "F21";
    }

    @Override
    public String fault() {
        return "aggregator: wall clock forward by 10 min for 25 s, then back; down alerts after 20 s of silence";
    }

    @Override
    public String expected() {
        return "no agent cut off, 0 rejected, 0 false down alerts, a machine that goes down afterwards is told in 35 s";
    }

    @Override
    public Duration shortest() {
        return FaultScenario.around(TIME.multipliedBy(2).plusSeconds(DownAlerts.GRACE_SECONDS), DownAlerts.WITNESSED);
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException {
        DownAlerts alerts = new DownAlerts(stage);
        FakeTime time = stage.closing(new FakeTime("+0"));
        Map<String, String> environment = new HashMap<>(alerts.environment());
        environment.putAll(time.environment());
        stage.startAggregator(environment);
        alerts.start();
        stage.startLoad();
        stage.awaitFlowing();
        stage.goOnFor(Duration.ofSeconds(DownAlerts.GRACE_SECONDS));
        stage.atFault();
        time.set("+" + JUMP_SECONDS + "s");
        stage.goOnFor(TIME);
        long ahead = offset(stage);
        stage.evidence().proof(Math.abs(ahead - JUMP_SECONDS) < 30, "its answers are dated %,d s ahead", ahead);
        time.set("+0");
        stage.goOnFor(TIME);
        alerts.expectWitness(0);
        stage.expectConnectionsKept();
    }

    private static long offset(FaultStage stage) throws IOException, InterruptedException {
        String date = stage.deployment()
                .http()
                .get(stage.admin().resolve("/ready"))
                .headers()
                .firstValue("Date")
                .orElseThrow();
        return Duration.between(
                        Instant.now(),
                        ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant())
                .toSeconds();
    }

    @Override
    public void afterwards(FaultStage stage) throws SQLException {
        DownAlerts.expectNone(stage);
    }
}

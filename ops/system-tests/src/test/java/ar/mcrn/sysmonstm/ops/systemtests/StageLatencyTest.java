package ar.mcrn.sysmonstm.ops.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the time between a sample and its frame goes, as loadgen reads it from the admin ports of real processes. */
final class StageLatencyTest {
    private static final List<String> STAGES =
            List.of("sampledToReceived", "receivedToHandled", "handledToEncoded", "encodedToHeard", "heardToSent");

    /** What socket and viewer take is in no stage; clocks that cross are whole milliseconds. */
    private static final double BEYOND_MILLIS = 3;

    @Test
    void theStagesMakeUpTheWholeWay(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("load.html");
        try (Deployment deployment = Deployment.start()) {
            ServiceProcess aggregator = deployment.start(Part.AGGREGATOR, Map.of());
            ServiceProcess api = deployment.start(Part.API, Map.of());
            deployment.awaitReady(aggregator, aggregator.address("admin"));
            deployment.awaitReady(api, api.address("admin"));
            LoadRun.Report report = LoadRun.start(
                            deployment,
                            aggregator,
                            20,
                            Duration.ofSeconds(14),
                            1,
                            "--warm-up=3s",
                            "--admin=" + aggregator.address("admin"),
                            "--api=" + api.address("http"),
                            "--api-admin=" + api.address("admin"),
                            "--viewers=2",
                            "--idle-viewers=150",
                            "--html=" + page)
                    .report();
            assertThat(report.exitCode()).as(report.json().toString()).isZero();
            JsonNode idle = report.json().path("idleViewers");
            assertThat(idle.path("open").asInt()).as(idle.toString()).isEqualTo(150);
            assertThat(idle.path("failed").asInt()).isZero();
            JsonNode stages = report.json().path("steady").path("stageMillis");
            double sum = 0;
            for (String stage : STAGES) {
                JsonNode of = stages.path(stage);
                assertThat(of.path("count").asLong())
                        .as("%s in %s", stage, stages)
                        .isGreaterThan(100);
                assertThat(of.path("p50").asDouble())
                        .isLessThanOrEqualTo(of.path("p99").asDouble());
                assertThat(of.path("p99").asDouble())
                        .isLessThanOrEqualTo(of.path("max").asDouble());
                sum += of.path("mean").asDouble();
            }
            JsonNode whole = stages.path("sampledToFrame");
            assertThat(whole.path("count").asLong()).isGreaterThan(200);
            assertThat(sum).as(stages.toString()).isLessThan(whole.path("mean").asDouble() + BEYOND_MILLIS);
            assertThat(Files.readString(page))
                    .contains("Stages of sample to frame", "handled to encoded", "CPU, cores")
                    .doesNotContain("not measured");
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.StageHistogram;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What admin ports say of the stages, from the services' own telemetry. */
final class StageReadingTest {
    private final Telemetry telemetry = new Telemetry("aggregator");
    private final StageHistogram received =
            telemetry.histogram("sysmonstm_stage", "Stages.", "stage", "sampled_to_received");
    private final StageHistogram sent =
            telemetry.forService("api").histogram("sysmonstm_live_stage", "Stages.", "stage", "heard_to_sent");

    private static StageReading read(Telemetry from) {
        Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
        StageReading.parse(from.histograms(), true, stages);
        StageReading.parse(from.histograms(), false, stages);
        return new StageReading(stages);
    }

    @Test
    void onlyWhatPassedBetweenTwoReadingsCounts() {
        telemetry.histogram("sysmonstm_stage", "Stages.", "stage", "received_to_handled_by_history");
        received.recordNanos(9_000_000_000L);
        sent.recordNanos(1_000_000);
        StageReading before = read(telemetry);
        for (int i = 1; i <= 100; i++) {
            received.recordNanos(i * 1_000_000L);
        }
        Map<String, StageLatency> between = before.until(read(telemetry));
        assertThat(between).containsOnlyKeys("sampledToReceived");
        StageLatency stage = between.get("sampledToReceived");
        assertThat(stage.count()).isEqualTo(100);
        assertThat(stage.p50()).isBetween(49.0, 51.0);
        assertThat(stage.mean()).isBetween(50.0, 51.0);
        assertThat(stage.max()).isBetween(99.0, 101.5);
    }

    @Test
    void aServiceThatBeganAnewSaysNothing() {
        received.recordNanos(5_000_000);
        sent.recordNanos(5_000_000);
        StageReading before = read(telemetry);
        Telemetry anew = new Telemetry("aggregator");
        anew.histogram("sysmonstm_stage", "Stages.", "stage", "sampled_to_received")
                .recordNanos(1_000_000);
        assertThat(before.until(read(anew))).isEmpty();
    }

    @Test
    void whatIsNoHistogramIsPassedOver() {
        Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
        StageReading.parse("sysmonstm_stage_seconds{stage=\"sampled_to_received\"} nonsense\n\n<html>", true, stages);
        assertThat(stages).isEmpty();
    }

    @Test
    void stagesHaveNamesForPeople() {
        assertThat(Stage.words(Stage.SAMPLED_TO_RECEIVED.jsonName())).isEqualTo("sampled to received");
        assertThat(Stage.words(SteadyFigures.WHOLE)).isEqualTo("sampled to frame");
    }
}

package ar.mcrn.sysmonstm.ops.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TelemetryTest {
    private final Telemetry telemetry = new Telemetry("one");

    @Test
    void exposesEveryServiceOfTheProcessUnderItsOwnLabel() {
        telemetry.counter("sysmonstm_things", "Things.", "kind", "a").add(3);
        telemetry
                .forService("two")
                .counter("sysmonstm_things", "Things.", "kind", "a")
                .increment();
        telemetry.gauge("sysmonstm_level", "Level.", () -> 1.5);
        telemetry.gauge("sysmonstm_unknown", "Not known now.", () -> Double.NaN);
        assertThat(telemetry.text())
                .contains("# TYPE sysmonstm_things_total counter")
                .contains("sysmonstm_things_total{kind=\"a\",service=\"one\"} 3.0")
                .contains("sysmonstm_things_total{kind=\"a\",service=\"two\"} 1.0")
                .contains("sysmonstm_level{service=\"one\"} 1.5")
                .doesNotContain("sysmonstm_unknown{");
    }

    @Test
    void theSameCounterAskedForTwiceIsOneAndAnotherKindIsRefused() {
        Counter counter = telemetry.counter("sysmonstm_things", "Things.");
        assertThat(telemetry.counter("sysmonstm_things", "Things.")).isSameAs(counter);
        assertThatThrownBy(() -> telemetry.gauge("sysmonstm_things", "Things.", () -> 1))
                .hasMessageContaining("two kinds: name=sysmonstm_things");
    }

    @Test
    void histogramsGiveQuantilesInSeconds() {
        StageHistogram histogram = telemetry.histogram("sysmonstm_stage", "Stage.");
        for (int i = 1; i <= 100; i++) {
            histogram.recordNanos(i * 1_000_000L);
        }
        String text = telemetry.text();
        assertThat(text).contains("sysmonstm_stage_seconds_count{service=\"one\"} 100");
        assertThat(quantile(text, "0.5")).isBetween(0.0495, 0.0515);
        assertThat(quantile(text, "1.0")).isBetween(0.0995, 0.1015);
        histogram.recordNanos(-5);
        assertThat(telemetry.text()).contains("sysmonstm_stage_seconds_count{service=\"one\"} 101");
    }

    @Test
    void wholeHistogramsCanBeSubtractedToHaveAStretchOfTime() throws DataFormatException {
        StageHistogram histogram = telemetry.histogram("sysmonstm_stage", "Stage.", "stage", "first");
        histogram.recordNanos(7_000_000_000L);
        Histogram before = whole("sysmonstm_stage_seconds{service=\"one\",stage=\"first\"} ");
        assertThat(telemetry.text()).contains("sysmonstm_stage_seconds_count");
        histogram.recordNanos(2_000_000, 40);
        Histogram after = whole("sysmonstm_stage_seconds{service=\"one\",stage=\"first\"} ");
        assertThat(after.getTotalCount()).isEqualTo(41);
        after.subtract(before);
        assertThat(after.getTotalCount()).isEqualTo(40);
        assertThat(after.getMaxValue()).isBetween(1_990_000L, 2_020_000L);
    }

    private Histogram whole(String series) throws DataFormatException {
        String line = telemetry
                .histograms()
                .lines()
                .filter(l -> l.startsWith(series))
                .findFirst()
                .orElseThrow();
        return Histogram.decodeFromCompressedByteBuffer(
                ByteBuffer.wrap(Base64.getDecoder().decode(line.substring(series.length()))), 0);
    }

    private static double quantile(String text, String quantile) {
        String line = text.lines()
                .filter(l -> l.startsWith("sysmonstm_stage_seconds{") && l.contains("quantile=\"" + quantile + "\""))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}

package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads that change over the run, against an aggregator that acknowledges everything. */
class LoadPhasesTest {
    private static final Duration LONG = Duration.ofSeconds(4);

    private static LoadReport run(LoadPhases phases, Path latencies) throws Exception {
        try (TestIngest ingest = new TestIngest(0, (stream, samples) -> stream.send(TestIngest.ack(samples)))) {
            LoadReport report = new LoadRun(
                            Plans.of(ingest.port(), 10, LONG)
                                    .phases(phases)
                                    .latencyLog(latencies)
                                    .plan(),
                            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                    .run();
            assertThat(report.finding()).isNull();
            assertThat(ingest.violations).isEmpty();
            assertThat(report.unacknowledged()).isZero();
            assertThat(ingest.received).hasSize((int) report.issued());
            return report;
        }
    }

    @Test
    void aStormCutsEveryConnectionAndLosesNothing(@TempDir Path folder) throws Exception {
        LoadReport report = run(
                new LoadPhases(Optional.empty(), true, List.of(Duration.ofSeconds(1)), 0, Duration.ZERO, Duration.ZERO),
                folder.resolve("latencies.hlog"));
        assertThat(report.issued()).isEqualTo(10 * 16);
        assertThat(report.reconnects()).isGreaterThanOrEqualTo(10);
        assertThat(report.memoryMebibytes().get("loadgen")).isPositive();
        String page = ReportPage.of(report);
        assertThat(page).contains("<svg ", "Connected, clients", "Sample to acknowledgement", "CPU, cores");
        LoadgenMainTest.wellFormed(page);

        HistogramLogReader log =
                new HistogramLogReader(folder.resolve("latencies.hlog").toFile());
        long recorded = 0;
        while (log.hasNext()) {
            EncodableHistogram window = log.nextIntervalHistogram();
            assertThat(window.getTag()).isEqualTo("ack");
            recorded += ((org.HdrHistogram.Histogram) window).getTotalCount();
        }
        assertThat(recorded).isEqualTo(report.ackMillis().count());
        assertThat(Files.readString(folder.resolve("latencies.hlog"))).contains("[Histogram log format version 1.3]");
    }

    @Test
    void agentsOfASpikeComeAtOnceAndLeaveAgain(@TempDir Path folder) throws Exception {
        LoadReport report = run(
                new LoadPhases(Optional.empty(), false, List.of(), 5, Duration.ofSeconds(1), Duration.ofSeconds(2)),
                folder.resolve("latencies.hlog"));
        assertThat(report.issued()).isEqualTo(10 * 16 + 5 * 8);
        assertThat(report.connections()).isEqualTo(15);
        assertThat(report.reconnects()).isZero();
        assertThat(report.windows().stream().map(LoadWindow::connected).collect(Collectors.toSet()))
                .contains(15L);
    }

    @Test
    void phasesLieWithinTheRun() {
        LoadPhases late = new LoadPhases(
                Optional.empty(), false, List.of(Duration.ofSeconds(9)), 0, Duration.ZERO, Duration.ZERO);
        assertThatThrownBy(() -> late.checkWithin(LONG)).hasMessage("--storm-at=9s is not within 0s to 4s");
        LoadPhases spike =
                new LoadPhases(Optional.empty(), false, List.of(), 1, Duration.ofSeconds(3), Duration.ofSeconds(2));
        assertThatThrownBy(() -> spike.checkWithin(LONG)).hasMessage("--spike-for=2s is not within 250ms to 1s");
    }
}

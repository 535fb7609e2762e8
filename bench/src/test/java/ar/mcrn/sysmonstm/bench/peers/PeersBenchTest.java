package ar.mcrn.sysmonstm.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class PeersBenchTest {
    private static final Plan SMALL = new Plan(3, 1, 2, 1, false, false);

    @ParameterizedTest
    @EnumSource
    void aSmallFleetGoesThrough(PeerKind kind, @TempDir Path folder) throws Exception {
        assumeTrue(kind.missing().isEmpty(), () -> "not installed here: " + kind.missing());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PeersBench bench = new PeersBench(
                SMALL,
                List.of(kind),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        Path json = folder.resolve("peers.json");
        assertThat(bench.run(json)).as(err.toString(StandardCharsets.UTF_8)).isTrue();
        int due = SMALL.hosts() * SMALL.samples();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains(kind.text(), due + "/" + due);
        JsonNode median = new ObjectMapper()
                .readTree(json.toFile())
                .path("systems")
                .path(kind.text())
                .path("median");
        assertThat(median.path("memoryMebibytes").asDouble()).isPositive();
        assertThat(median.path("dataBytesPerValue").asDouble()).isPositive();
        assertThat(median.path("accepted").asInt()).isEqualTo(due);
    }

    @Test
    void ratiosAreTakenWithinEachRound() {
        PeerTable table = new PeerTable(Map.of(
                PeerKind.SYSMONSTM, List.of(figures("aggregator", 100), figures("aggregator", 300)),
                PeerKind.VICTORIA_METRICS, List.of(figures("server", 200), figures("server", 300))));
        assertThat(table.ratios()).containsEntry("sysmonstm / victoria-metrics", 0.75);
        assertThat(table.text()).contains("FELL BEHIND");
    }

    private static PeerFigures figures(String part, double micros) {
        return new PeerFigures(Map.of(part, micros), micros > 250 ? 0.5 : 1, 10, 5, 5, 60, 1, 0, "");
    }

    @Test
    void wrongOptionsAreNamedWithTheirRange() {
        for (String wrong : List.of("--hosts=0", "--seconds=4", "--rounds=21", "--only=influx", "--values=some")) {
            PeersOptions options = new PeersOptions();
            new CommandLine(options).parseArgs(wrong);
            assertThatThrownBy(() -> options.bench(false, System.out, System.err))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(wrong + ", allowed: ");
        }
    }
}

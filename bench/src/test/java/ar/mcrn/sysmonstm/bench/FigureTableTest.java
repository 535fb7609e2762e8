package ar.mcrn.sysmonstm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.bench.Figures.Figure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureTableTest {
    private static final Figure BEFORE = new Figure(100, 5, 0);

    @Test
    void onlyWhatIsSurelyOtherIsOther() {
        assertThat(FigureTable.verdict(new Figure(130, 10, 0), BEFORE)).isEqualTo("slower");
        assertThat(FigureTable.verdict(new Figure(130, 30, 0), BEFORE))
                .as("wide")
                .isEqualTo("same");
        assertThat(FigureTable.verdict(new Figure(108, 1, 0), BEFORE))
                .as("near")
                .isEqualTo("same");
        assertThat(FigureTable.verdict(new Figure(80, 5, 0), BEFORE)).isEqualTo("faster");
        assertThat(FigureTable.verdict(new Figure(100, 5, 24), BEFORE)).isEqualTo("same, allocates more");
    }

    @Test
    void timesOfASlowerMachineAreScaledByTheYardstick(@TempDir Path folder) throws IOException {
        Figures baseline = figures(Map.of(
                "YardstickBenchmark.varints", new Figure(100, 1, 0),
                "YardstickBenchmark.reads", new Figure(20, 1, 0),
                "A.a", BEFORE));
        baseline.save(folder.resolve("baseline.json"));
        Figures now = figures(Map.of(
                "YardstickBenchmark.varints", new Figure(200, 1, 0),
                "YardstickBenchmark.reads", new Figure(100, 1, 0),
                "A.a", new Figure(200, 5, 0),
                "A.b", BEFORE));
        String table = new FigureTable(now, Figures.read(folder.resolve("baseline.json"))).text();
        assertThat(table).contains("its times x 2.00", "a reading of memory takes x 5.00", "new");
        assertThat(table.lines()
                        .filter(line -> line.startsWith("A.a"))
                        .findFirst()
                        .orElseThrow())
                .contains("1.00")
                .endsWith("same");
    }

    @Test
    void sparesMemoryWhereTheBaselineHasNone() {
        Figures without = figures(Map.of("YardstickBenchmark.varints", new Figure(100, 1, 0)));
        Figures now = figures(Map.of(
                "YardstickBenchmark.varints", new Figure(100, 1, 0),
                "YardstickBenchmark.reads", new Figure(100, 1, 0)));
        assertThat(new FigureTable(now, without).text()).contains("x 1.00", "readings of memory not compared");
    }

    @Test
    void theCommittedBaselineCanBeRead() throws IOException {
        assertThat(Figures.baseline().benchmarks())
                .containsKeys("YardstickBenchmark.varints", "YardstickBenchmark.reads");
    }

    private static Figures figures(Map<String, Figure> benchmarks) {
        return new Figures("2026-11-27", "25", 2, new TreeMap<>(benchmarks));
    }
}

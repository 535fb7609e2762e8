package ar.mcrn.sysmonstm.ops.systemtests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios.Scenarios;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FaultStateTest {
    private static final FaultScenario FAULT =
            Scenarios.chosen(List.of("F1"), false).getFirst();
    private static final FaultLoad LOAD = new FaultLoad(500, Duration.ofSeconds(45), 7, 500).of(FAULT);

    @TempDir
    Path folder;

    private static FaultRow row(String commit) {
        return new FaultRow(
                "F1",
                "fault | of one",
                "load",
                "expected",
                "proof",
                "seen",
                LOAD.agents(),
                LOAD.seed(),
                LOAD.duration().toSeconds(),
                1,
                2,
                3,
                4,
                0,
                0,
                0,
                0,
                5,
                5,
                FaultRow.HOLDS,
                0,
                6,
                7.5,
                Map.of(),
                FaultRow.PASS,
                commit,
                "2026-01-01T00:00:00Z",
                8);
    }

    @Test
    void goesOnAfterALineThatWasCutOff() throws IOException {
        Path file = folder.resolve("state");
        FaultState.open(file).add(row("aaaaaaa"));
        Files.writeString(file, "{\"id\":\"F1\",\"figures\":{}", StandardOpenOption.APPEND);
        FaultState.open(file).add(row("bbbbbbb"));
        FaultState again = FaultState.open(file);
        assertThat(again.done(FAULT, LOAD, "aaaaaaa")).contains(row("aaaaaaa"));
        assertThat(again.done(FAULT, LOAD, "bbbbbbb")).isPresent();
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void namesALineThatIsNoRow() throws IOException {
        Path file = Files.writeString(folder.resolve("state"), "{\"id\":}\n");
        assertThatThrownBy(() -> FaultState.open(file)).hasMessageEndingWith("line 1 is no row");
    }

    @Test
    void neverTakesARowOfChangedFilesForThatOfACommit() throws IOException {
        FaultState state = FaultState.open(folder.resolve("state"));
        state.add(row("aaaaaaa+"));
        state.add(row("unknown"));
        assertThat(state.done(FAULT, LOAD, "aaaaaaa+")).isEmpty();
        assertThat(state.done(FAULT, LOAD, "unknown")).isEmpty();
        assertThat(state.done(FAULT, LOAD, null)).isEmpty();
    }

    @Test
    void tableHasWhatWasExpectedAndWhatOfForEveryFault() {
        List<String> lines = FaultTable.markdown(List.of(row("aaaaaaa"), row("bbbbbbb")))
                .lines()
                .toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(2)).startsWith("| id | fault | load | expected |").endsWith("| seed | verdict | commit |");
        assertThat(lines.get(4))
                .startsWith("| F1 | fault \\| of one | 500 agents, 90 s | expected |")
                .endsWith("| 7 | pass | aaaaaaa<br>bbbbbbb |");
    }
}

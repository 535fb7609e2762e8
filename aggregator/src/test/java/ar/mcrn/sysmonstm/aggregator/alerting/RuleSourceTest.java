package ar.mcrn.sysmonstm.aggregator.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ar.mcrn.sysmonstm.alerts.rules.AlertRule;
import ar.mcrn.sysmonstm.alerts.rules.StockRules;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleSourceTest {
    @TempDir
    Path folder;

    private final AlertingMetrics metrics = new AlertingMetrics(new Telemetry("aggregator"));
    private final Dependency dependency = new Readiness().dependency("alert rules", false);

    @Test
    void stockRulesAreOnWithoutAFile() {
        RuleSource source = new RuleSource(Optional.empty(), dependency, metrics);
        assertThat(source.rules()).isEqualTo(StockRules.RULES);
        assertThat(source.look()).isEmpty();
        assertThat(dependency.status().state()).isEqualTo(Dependency.State.UP);
    }

    @Test
    void aChangedFileIsReadAgain() throws IOException {
        Path file = write("rules: []");
        RuleSource source = new RuleSource(Optional.of(file), dependency, metrics);
        assertThat(source.look()).isEmpty();
        write("rules: [{name: cpu-high, enabled: false}]");
        assertThat(source.look().orElseThrow().rules())
                .extracting(AlertRule::name)
                .containsExactly("memory-high", "disk-full", "machine-down", "history-disk");
        assertThat(source.look()).isEmpty();
    }

    @Test
    void aBrokenFileLeavesTheOldRulesAndSaysSo() throws IOException {
        Path file = write("rules: [{name: cpu-high, enabled: false}]");
        RuleSource source = new RuleSource(Optional.of(file), dependency, metrics);
        write("rules: [{name: cpu-high, enabld: false}]");
        assertThat(source.look()).isEmpty();
        assertThat(source.rules().rules()).hasSize(4);
        assertThat(dependency.status().state()).isEqualTo(Dependency.State.DEGRADED);
        assertThat(dependency.status().detail())
                .contains("the old rules go on", "line=1", "rule=cpu-high", "key=enabld is unknown");
        Files.delete(file);
        assertThat(source.look()).isEmpty();
        assertThat(dependency.status().detail()).contains("does not exist");
        assertThat(metrics.ruleFileFaults.value()).isEqualTo(2);
        write("rules: []");
        assertThat(source.look()).isPresent();
        assertThat(dependency.status().state()).isEqualTo(Dependency.State.UP);
    }

    @Test
    void aBrokenFileStopsTheStart() throws IOException {
        Path file = write("rules: 7");
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(() -> new RuleSource(Optional.of(file), dependency, metrics))
                .withMessage("alert rules: file=" + file + ", line=1, key=rules is a list of rules");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("rules.yaml"), text);
    }
}

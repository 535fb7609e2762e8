package ar.mcrn.sysmonstm.alerts.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ar.mcrn.sysmonstm.contract.MachineId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RuleFileTest {
    @TempDir
    Path folder;

    @Test
    void readsEveryKey() throws Exception {
        RuleFile file = RuleFile.parse("r.yaml", """
                rules:
                  - name: root-full
                    metric: "system.filesystem.utilization{mountpoint=/*}"
                    above: 0.9
                    clear: 0.85
                    for: 60s
                    severity: critical
                    machines: "web-*, db-1"
                    message: "{machine} {series} {value}"
                  - {name: idle, metric: "system.cpu.utilization{mode=idle}", below: 0.05}
                  - {name: machine-down, kind: machineDown, for: 2m}
                  - {name: cpu-high, enabled: false}
                """);
        assertThat(file.disabled()).containsExactly("cpu-high");
        AlertRule rule = file.rules().getFirst();
        assertThat(rule.condition()).isInstanceOfSatisfying(Condition.Threshold.class, threshold -> {
            assertThat(threshold.metric()).hasToString("system.filesystem.utilization{mountpoint=/*}");
            assertThat(threshold.threshold()).isEqualTo(0.9);
            assertThat(threshold.clear()).isEqualTo(0.85);
        });
        assertThat(rule.hold()).isEqualTo(Duration.ofMinutes(1));
        assertThat(rule.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(rule.machines().matches(new MachineId("web-7"))).isTrue();
        assertThat(rule.machines().matches(new MachineId("db-1"))).isTrue();
        assertThat(rule.machines().matches(new MachineId("db-10"))).isFalse();
        AlertRule idle = file.rules().get(1);
        assertThat(idle.hold()).isZero();
        assertThat(idle.severity()).isEqualTo(Severity.WARNING);
        assertThat(file.rules().get(2).condition()).isEqualTo(new Condition.MachineDown());
    }

    @Test
    void theFileWinsByName() throws Exception {
        RuleFile file = RuleFile.parse("r.yaml", """
                rules:
                  - {name: cpu-high, metric: system.cpu.utilization, above: 0.5}
                  - {name: memory-high, enabled: false}
                  - {name: mine, metric: system.cpu.load_average.1m, above: 20}
                """);
        RuleSet merged = StockRules.RULES.overriddenBy(file.rules(), file.disabled());
        assertThat(merged.rules())
                .extracting(AlertRule::name)
                .containsExactly("cpu-high", "disk-full", "machine-down", "history-disk", "mine");
        assertThat(merged.rules().getFirst().hold()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"60s,60000", "500ms,500", "5m,300000", "2h,7200000", "7,7000", "1.5s,1500", "0s,0", "720h,2592000000"})
    void durationsCarryTheirUnit(String text, long millis) throws Exception {
        RuleFile file = RuleFile.parse(
                "r.yaml", "rules: [{name: a, metric: system.cpu.utilization, above: 0.5, for: " + text + "}]");
        assertThat(file.rules().getFirst().hold()).isEqualTo(Duration.ofMillis(millis));
    }

    static List<Map.Entry<String, String>> faults() {
        String cpu = "rules:\n  - name: a\n    metric: system.cpu.utilization\n";
        return List.of(
                Map.entry("", "file=r.yaml, the file is empty"),
                Map.entry("rules: [\n", "line=1, not YAML: "),
                Map.entry("[]", "line=1, the file is a mapping with the one key rules"),
                Map.entry("{}", "line=1, key=rules is a list of rules"),
                Map.entry("rules: 7", "line=1, key=rules is a list of rules"),
                Map.entry("rules: []\nother: 1", "line=2, key=other is unknown, allowed: rules"),
                Map.entry("rules: [7]", "line=1, a rule is a mapping"),
                Map.entry("rules:\n  - metric: x", "line=2, key=name is missing"),
                Map.entry("rules:\n  - name: a b", "line=2, key=name, value=a b, allowed: 1 to 64 letters"),
                Map.entry(cpu + "    abve: 1", "line=4, rule=a, key=abve is unknown, allowed: above below clear"),
                Map.entry(cpu, "line=2, rule=a, exactly one of the keys above and below"),
                Map.entry(cpu + "    above: 0.1\n    below: 0.1", "line=2, rule=a, exactly one of the keys"),
                Map.entry(
                        cpu + "    above: 90",
                        "line=4, rule=a, key=above, value=90, allowed: 0 to 1 (a ratio: 0.9 is 90 %)"),
                Map.entry(cpu + "    above: much", "line=4, rule=a, key=above, value=much, allowed: 0 to 1"),
                Map.entry(cpu + "    above: .nan", "line=4, rule=a, key=above, value=.nan, allowed: 0 to 1"),
                Map.entry(cpu + "    above: -1", "key=above, value=-1, allowed: 0 to 1"),
                Map.entry(
                        cpu + "    above: 0.5\n    clear: 0.6",
                        "line=5, rule=a, key=clear, value=0.6, allowed: at most 0.5"),
                Map.entry(cpu + "    below: 0.5\n    clear: 0.4", "key=clear, value=0.4, allowed: at least 0.5"),
                Map.entry(
                        cpu + "    above: 0.5\n    for: soon",
                        "line=5, rule=a, key=for, value=soon, allowed: 0s to 720h, with ms, s, m or h"),
                Map.entry(cpu + "    above: 0.5\n    for: 721h", "key=for, value=721h, allowed: 0s to 720h"),
                Map.entry(cpu + "    above: 0.5\n    for: -5s", "key=for, value=-5s, allowed: 0s to 720h"),
                Map.entry(
                        cpu + "    above: 0.5\n    severity: loud",
                        "line=5, rule=a, key=severity, value=loud, allowed: info, warning or critical"),
                Map.entry(cpu + "    above: 0.5\n    machines: 'a,,b'", "key=machines, value=a,,b, allowed: globs"),
                Map.entry(cpu + "    above: 0.5\n    machines: [a]", "line=5, rule=a, key=machines is a single value"),
                Map.entry(
                        cpu + "    above: 0.5\n    enabled: maybe", "key=enabled, value=maybe, allowed: true or false"),
                Map.entry(
                        cpu + "    above: 0.5\n    kind: odd",
                        "key=kind, value=odd, allowed: threshold, machineDown or historyDisk"),
                Map.entry(cpu + "    above: 0.5\n    above: 0.6", "line=5, key=above is given twice"),
                Map.entry(
                        "rules: [{name: a, metric: system.cpu.utilisation, above: 0.5}]",
                        "key=metric, value=system.cpu.utilisation, allowed: a metric of the catalogue"),
                Map.entry(
                        "rules: [{name: a, metric: system.filesystem.utilization, above: 0.5}]",
                        "allowed: system.filesystem.utilization{mountpoint=*}"),
                Map.entry(
                        "rules: [{name: a, metric: 'x{', above: 0.5}]", "key=metric, value=x{, allowed: a key such as"),
                Map.entry("rules: [{name: a, above: 0.5}]", "rule=a, key=metric is missing"),
                Map.entry(
                        "rules: [{name: a, kind: machineDown, above: 0.5}]",
                        "key=above, value=0.5, allowed: nothing: a machineDown rule has no above"),
                Map.entry(
                        "rules: [{name: a, kind: historyDisk, machines: 'web-*'}]",
                        "key=machines, value=web-*, allowed: nothing: a historyDisk rule has no machines"),
                Map.entry("rules: [{name: a, kind: machineDown, for: 1s}]", "key=for, value=1s, allowed: 10s to 720h"),
                Map.entry(
                        "rules:\n  - {name: a, enabled: false}\n  - {name: a, enabled: false}",
                        "line=3, rule=a is already defined in line 2"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void eachFaultIsNamedInOneLine(Map.Entry<String, String> fault) {
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleFile.parse("r.yaml", fault.getKey()))
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith("alert rules: file=r.yaml")
                        .contains(fault.getValue())
                        .doesNotContain("\n"));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws Exception {
        Path missing = folder.resolve("none.yaml");
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleFile.read(missing))
                .withMessage("alert rules: file=" + missing + " does not exist");
        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0x00});
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleFile.read(binary))
                .withMessage("alert rules: file=" + binary + " is not UTF-8");
        Path large = Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);
        assertThatExceptionOfType(RuleFileException.class)
                .isThrownBy(() -> RuleFile.read(large))
                .withMessageContaining("sizeBytes=1048577, allowed: at most 1048576");
    }
}

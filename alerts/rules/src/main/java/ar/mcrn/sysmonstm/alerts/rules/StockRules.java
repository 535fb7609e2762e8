package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.MetricKey;
import java.time.Duration;
import java.util.List;

/** Rules that are on from the first start. A rule file changes one by giving its name, or switches it off. */
public final class StockRules {
    /** Name of the stock rule for silent machines. */
    public static final String MACHINE_DOWN = "machine-down";

    /** All of them: cpu-high, memory-high, disk-full, machine-down, history-disk. */
    public static final RuleSet RULES = new RuleSet(List.of(
            above("cpu-high", "system.cpu.utilization", 0.9, 0.8, Duration.ofMinutes(5), Severity.WARNING),
            above("memory-high", "system.memory.utilization", 0.9, 0.85, Duration.ofMinutes(2), Severity.WARNING),
            above(
                    "disk-full",
                    "system.filesystem.utilization{mountpoint=*}",
                    0.9,
                    0.88,
                    Duration.ZERO,
                    Severity.CRITICAL),
            new AlertRule(
                    MACHINE_DOWN,
                    new Condition.MachineDown(),
                    Duration.ofSeconds(60),
                    Severity.CRITICAL,
                    MachineSelector.ALL,
                    ""),
            new AlertRule(
                    "history-disk",
                    new Condition.HistoryDisk(),
                    Duration.ZERO,
                    Severity.CRITICAL,
                    MachineSelector.ALL,
                    "")));

    private StockRules() {}

    private static AlertRule above(
            String name, String metric, double threshold, double clear, Duration hold, Severity severity) {
        Condition condition = new Condition.Threshold(MetricKey.parse(metric), Comparison.ABOVE, threshold, clear);
        return new AlertRule(name, condition, hold, severity, MachineSelector.ALL, "");
    }
}

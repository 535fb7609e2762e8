package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.aggregator.alerting.DiscardingAlerts;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.alerts.rules.AlertRule;
import ar.mcrn.sysmonstm.alerts.rules.Comparison;
import ar.mcrn.sysmonstm.alerts.rules.Condition;
import ar.mcrn.sysmonstm.alerts.rules.MachineSelector;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.alerts.rules.Severity;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.lmax.disruptor.EventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How does judging one sample grow with the number of threshold rules? Every rule covers every machine; none ever holds, as
 * is usual.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AlertEvaluationBenchmark {
    private static final int SECOND = 1_000;
    private static final int MACHINES = 1_000;

    /** Rules in force. */
    @Param({"1", "10", "100", "1000"})
    public int rules;

    private final TypicalSlots slots = new TypicalSlots(MACHINES);
    private DiscardingAlerts alerts;
    private EventHandler<SampleSlot> handler;

    /** Made by JMH. */
    public AlertEvaluationBenchmark() {}

    /** Makes the rules. */
    @Setup
    public void start() {
        List<AlertRule> all = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            HostColumn column = HostColumn.ALL.get(i % HostColumn.ALL.size());
            double never = column.value(column.max(), SECOND) * 2;
            all.add(new AlertRule(
                    "rule-" + i,
                    new Condition.Threshold(MetricKey.of(column), Comparison.ABOVE, never, never),
                    Duration.ZERO,
                    Severity.WARNING,
                    MachineSelector.ALL,
                    ""));
        }
        alerts = new DiscardingAlerts(new Telemetry("bench"), new RuleSet(all));
        handler = alerts.handler();
    }

    /** Stops the sender. */
    @TearDown
    public void stop() {
        alerts.close();
    }

    /** One sample against all rules. */
    @Benchmark
    public void sample() throws Exception {
        handler.onEvent(slots.next(), 0, slots.endsTick());
    }
}

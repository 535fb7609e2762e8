package ar.mcrn.sysmonstm.alerts.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertEvaluatorTest {
    private static final MachineId WEB = new MachineId("web-1");
    private static final long T0 = 1_763_683_200_000L;

    private final List<AlertTransition> told = new ArrayList<>();
    private final AlertEvaluator evaluator = new AlertEvaluator("aggregator-1", told::add);

    @Test
    void tellsEachTransitionWithReasonValueAndId() throws Exception {
        use("{name: cpu, metric: system.cpu.utilization, above: 0.9, clear: 0.8, for: 2s, severity: critical}");
        cpu(T0, 9_500);
        cpu(T0 + 1000, 9_500);
        cpu(T0 + 2000, 9_600);
        cpu(T0 + 3000, 7_000);
        assertThat(told)
                .extracting(t -> t.getEpisode().getReason())
                .containsExactly("aboveThreshold", "heldLongEnough", "belowClear");
        assertThat(told)
                .extracting(AlertTransition::getFrom)
                .containsExactly(
                        AlertState.ALERT_STATE_INACTIVE, AlertState.ALERT_STATE_PENDING, AlertState.ALERT_STATE_FIRING);
        AlertEpisode fired = told.get(1).getEpisode();
        assertThat(fired.getId()).isEqualTo(EpisodeId.of("cpu", "web-1", "system.cpu.utilization", T0));
        assertThat(fired.getId()).matches("[0-9a-f]{32}");
        assertThat(fired.getMessage()).isEqualTo("system.cpu.utilization on web-1 is 96 %, above 90 %");
        assertThat(fired.getSeverity()).isEqualTo("critical");
        assertThat(fired.getValue()).isCloseTo(0.96, within(1e-9));
        assertThat(fired.getThreshold()).isEqualTo(0.9);
        assertThat(fired.getFiredMillis()).isEqualTo(T0 + 2000);
        AlertEpisode resolved = told.get(2).getEpisode();
        assertThat(resolved.getState()).isEqualTo(AlertState.ALERT_STATE_RESOLVED);
        assertThat(resolved.getResolvedMillis()).isEqualTo(T0 + 3000);
        assertThat(resolved.getFiredMillis()).isEqualTo(T0 + 2000);
        assertThat(resolved.getId()).isEqualTo(fired.getId());
    }

    @Test
    void ratesAreComparedOverTheSamplesOwnDuration() throws Exception {
        use("{name: net, metric: 'system.network.io{direction=receive}', above: 1000}");
        host(T0, 500, Map.of(HostColumn.NETWORK_RECEIVE_BYTES, 500L));
        assertThat(told).isEmpty();
        host(T0 + 500, 500, Map.of(HostColumn.NETWORK_RECEIVE_BYTES, 501L));
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().getEpisode().getMessage()).endsWith("is 1002 B/s, above 1000 B/s");
    }

    @Test
    void deviceRulesCoverEveryDeviceThatMatches() throws Exception {
        use("{name: disk, metric: 'system.filesystem.utilization{mountpoint=/data*}', above: 0.9}");
        MachineAlerts page = evaluator.machine(WEB);
        assertThat(evaluator.watches(DeviceKind.FILESYSTEM)).isTrue();
        assertThat(evaluator.watches(DeviceKind.DISK)).isFalse();
        for (String mount : List.of("/", "/data", "/data,2")) {
            evaluator.device(
                    page,
                    DeviceKind.FILESYSTEM,
                    mount,
                    values(Map.of(FilesystemColumn.UTILIZATION, 9_900L)),
                    T0,
                    60_000);
        }
        assertThat(told)
                .extracting(t -> t.getEpisode().getSeries())
                .containsExactly(
                        "system.filesystem.utilization{mountpoint=/data}",
                        "system.filesystem.utilization{mountpoint=\"/data,2\"}");
    }

    @Test
    void aMetricWithoutAttributesMeansTheSeriesWithoutAttributes() throws Exception {
        use("{name: cpu, metric: system.cpu.utilization, above: 0.5}");
        host(T0, 1000, Map.of(HostColumn.CPU_IDLE, 9_900L, HostColumn.CPU_TOTAL, 100L));
        assertThat(told).isEmpty();
    }

    @Test
    void selectorsLeaveOtherMachinesAlone() throws Exception {
        use("{name: cpu, metric: system.cpu.utilization, above: 0.5, machines: 'db-*'}");
        cpu(T0, 9_900);
        assertThat(told).isEmpty();
    }

    @Test
    void announcesOnlyMachinesWithAFreshSample() throws Exception {
        use("{name: cpu, metric: system.cpu.utilization, above: 0.5}");
        cpu(T0, 9_900);
        AlertAnnouncement first = evaluator.announce(T0 + 1000);
        assertThat(first.getMachinesList()).containsExactly("web-1");
        assertThat(first.getEpisodesList()).extracting(AlertEpisode::getRule).containsExactly("cpu");
        AlertAnnouncement second = evaluator.announce(T0 + 31_000);
        assertThat(second.getMachinesList()).isEmpty();
        assertThat(second.getEpisodesList()).isEmpty();
    }

    @Test
    void rulesThatGoResolveWhatFiresAndOthersGoOn() throws Exception {
        use(
                "{name: a, metric: system.cpu.utilization, above: 0.5}, {name: b, metric: system.cpu.utilization, above: 0.6}");
        cpu(T0, 9_900);
        told.clear();
        use("{name: b, metric: system.cpu.utilization, above: 0.7}");
        assertThat(told)
                .extracting(t -> t.getEpisode().getRule() + " " + t.getEpisode().getReason())
                .containsExactly("a ruleRemoved");
        cpu(T0 + 1000, 6_900);
        assertThat(told.getLast().getEpisode().getReason()).isEqualTo("belowClear");
        assertThat(told.getLast().getEpisode().getStartMillis()).isEqualTo(T0);
    }

    @Test
    void anotherEvaluatorContinuesTheSameEpisode() throws Exception {
        use("{name: cpu, metric: system.cpu.utilization, above: 0.5, for: 10s}");
        cpu(T0, 9_900);
        AlertAnnouncement state = evaluator.state(WEB);
        List<AlertTransition> heard = new ArrayList<>();
        AlertEvaluator other = new AlertEvaluator("aggregator-2", heard::add);
        other.use(new RuleSet(file("{name: cpu, metric: system.cpu.utilization, above: 0.5, for: 10s}")));
        other.restore(WEB, state);
        assertThat(heard).isEmpty();
        for (int second = 1; second <= 10; second++) {
            host(other, T0 + second * 1000L, 1000, Map.of(HostColumn.CPU_TOTAL, 9_900L));
        }
        assertThat(heard).hasSize(1);
        assertThat(heard.getFirst().getEpisode().getId())
                .isEqualTo(state.getEpisodes(0).getId());
        assertThat(heard.getFirst().getEpisode().getFiredMillis()).isEqualTo(T0 + 10_000);
    }

    @Test
    void aFiringEpisodeTakenOverIsResolvedByTheFirstFreshSample() throws Exception {
        use("{name: disk, metric: 'system.filesystem.utilization{mountpoint=*}', above: 0.9}");
        evaluator.device(
                evaluator.machine(WEB),
                DeviceKind.FILESYSTEM,
                "/",
                values(Map.of(FilesystemColumn.UTILIZATION, 9_900L)),
                T0,
                60_000);
        AlertAnnouncement state = evaluator.state(WEB);
        List<AlertTransition> heard = new ArrayList<>();
        AlertEvaluator other = new AlertEvaluator("aggregator-2", heard::add);
        other.use(new RuleSet(file("{name: disk, metric: 'system.filesystem.utilization{mountpoint=*}', above: 0.9}")));
        other.restore(WEB, state);
        other.device(
                other.machine(WEB),
                DeviceKind.FILESYSTEM,
                "/",
                values(Map.of(FilesystemColumn.UTILIZATION, 100L)),
                T0 + 60_000,
                60_000);
        assertThat(heard).extracting(t -> t.getEpisode().getReason()).containsExactly("belowClear");
    }

    @Test
    void aValueThatStoppedComingEndsItsEpisode() throws Exception {
        use("{name: swap, metric: 'system.paging.utilization{state=used}', above: 0.5}");
        host(T0, 1000, Map.of(HostColumn.SWAP_UTILIZATION, 9_000L));
        long limit = AlertEvaluator.NO_DATA_MILLIS / 1000;
        for (int second = 1; second <= limit; second++) {
            host(T0 + second * 1000L, 1000, Map.of(HostColumn.CPU_TOTAL, 1L));
        }
        evaluator.sweep(T0 + limit * 1000);
        assertThat(told).hasSize(1);
        host(T0 + (limit + 1) * 1000, 1000, Map.of(HostColumn.CPU_TOTAL, 1L));
        evaluator.sweep(T0 + (limit + 1) * 1000);
        assertThat(told.getLast().getEpisode().getReason()).isEqualTo("noData");
        assertThat(told.getLast().getEpisode().getState()).isEqualTo(AlertState.ALERT_STATE_RESOLVED);
    }

    @Test
    void aMachineBackFromALongPauseIsGivenTimeForItsSlowIntervals() throws Exception {
        use("{name: disk, metric: 'system.filesystem.utilization{mountpoint=*}', above: 0.9}");
        evaluator.device(
                evaluator.machine(WEB),
                DeviceKind.FILESYSTEM,
                "/",
                values(Map.of(FilesystemColumn.UTILIZATION, 9_900L)),
                T0,
                60_000);
        cpu(T0, 100);
        cpu(T0 + 7_200_000, 100);
        evaluator.sweep(T0 + 7_200_000);
        assertThat(told).hasSize(1);
    }

    @Test
    void aClockSetBackByANewRunDoesNotDeafenTheRules() throws Exception {
        use("{name: cpu, metric: system.cpu.utilization, above: 0.5}");
        cpu(T0, 9_900);
        evaluator.begin(evaluator.machine(WEB), 2, T0 - 240_000, 1000);
        evaluator.host(evaluator.machine(WEB), values(Map.of(HostColumn.CPU_TOTAL, 100L)), T0 - 240_000, 1000);
        assertThat(told.getLast().getEpisode().getReason()).isEqualTo("belowClear");
    }

    @Test
    void aClockSetBackWhileNothingHoldsDoesNotDeafenTheRules() throws Exception {
        use("{name: cpu, metric: system.cpu.utilization, above: 0.5}");
        for (int i = 0; i < 3; i++) {
            cpu(T0 + i * 1_000L, 100);
        }
        evaluator.begin(evaluator.machine(WEB), 2, T0 - 240_000, 1000);
        evaluator.host(evaluator.machine(WEB), values(Map.of(HostColumn.CPU_TOTAL, 9_900L)), T0 - 240_000, 1000);
        assertThat(told).hasSize(1);
        assertThat(told.getLast().getEpisode().getReason()).isEqualTo("aboveThreshold");
    }

    @Test
    void aSampleThatChangesNothingAllocatesNothing() throws Exception {
        evaluator.use(StockRules.RULES);
        ColumnValues calm = values(Map.of(
                HostColumn.CPU_TOTAL,
                1_000L,
                HostColumn.MEMORY_UTILIZATION,
                2_000L,
                FilesystemColumn.UTILIZATION,
                10L));
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(calm, 20_000, T0);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(calm, 20_000, T0 + 20_000_000L);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes for 20,000 samples").isLessThan(20_000);
    }

    private void run(ColumnValues values, int samples, long from) {
        for (int i = 0; i < samples; i++) {
            MachineAlerts page = evaluator.machine(WEB);
            evaluator.begin(page, 1, from + i * 1000L, 1000);
            evaluator.host(page, values, from + i * 1000L, 1000);
            evaluator.device(page, DeviceKind.FILESYSTEM, "/", values, from + i * 1000L, 60_000);
        }
    }

    private void use(String rules) throws RuleFileException {
        evaluator.use(new RuleSet(file(rules)));
    }

    private static List<AlertRule> file(String rules) throws RuleFileException {
        return RuleFile.parse("r.yaml", "rules: [" + rules + "]").rules();
    }

    private void cpu(long endMillis, long wire) {
        host(endMillis, 1000, Map.of(HostColumn.CPU_TOTAL, wire));
    }

    private void host(long endMillis, int durationMillis, Map<Column, Long> values) {
        host(evaluator, endMillis, durationMillis, values);
    }

    private static void host(AlertEvaluator on, long endMillis, int durationMillis, Map<Column, Long> values) {
        MachineAlerts page = on.machine(WEB);
        on.begin(page, 1, endMillis, durationMillis);
        on.host(page, values(values), endMillis, durationMillis);
    }

    static ColumnValues values(Map<? extends Column, Long> values) {
        Map<Column, Long> known = new HashMap<>(values);
        return new ColumnValues() {
            @Override
            public boolean has(Column column) {
                return known.containsKey(column);
            }

            @Override
            public long value(Column column) {
                return known.get(column);
            }
        };
    }
}

package ar.mcrn.sysmonstm.aggregator.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.alerts.rules.AlertRule;
import ar.mcrn.sysmonstm.alerts.rules.RuleFile;
import ar.mcrn.sysmonstm.alerts.rules.RuleFileException;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Filesystem;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertHandlerTest {
    private static final long T0 = 1_763_683_200_000L;
    private static final MachineId WEB = new MachineId("web-1");
    private static final RuleSet RULES = rules("{name: cpu, metric: system.cpu.utilization, above: 0.9}, "
            + "{name: disk, metric: 'system.filesystem.utilization{mountpoint=*}', above: 0.9}");

    private final AlertingMetrics metrics = new AlertingMetrics(new Telemetry("aggregator"));
    private final FindingQueue findings = new FindingQueue(metrics);
    private final AlertHandler handler = new AlertHandler("aggregator-1", "aggregator-1#a", RULES, findings, metrics);
    private final SampleSlot slot = new SampleSlot();
    private final MachineInventory inventory = new MachineInventory(
            WEB,
            Inventory.newBuilder()
                    .setRun(7)
                    .setNumber(1)
                    .addFilesystems(Filesystem.newBuilder().setMountpoint("/"))
                    .build());

    @Test
    void hostColumnsAndClosedDeviceIntervalsAreJudged() throws Exception {
        take(sample(1, 9_500, true, 9_900), T0);
        assertThat(drain()).singleElement().isInstanceOfSatisfying(Finding.Changes.class, changes -> {
            assertThat(changes.machine()).isEqualTo(WEB);
            assertThat(changes.transitions())
                    .extracting(
                            t -> t.getEpisode().getRule() + " " + t.getEpisode().getSeries())
                    .containsExactly("cpu system.cpu.utilization", "disk system.filesystem.utilization{mountpoint=/}");
            assertThat(changes.state().getEpisodesCount()).isEqualTo(2);
            assertThat(changes.state().getAggregator()).isEqualTo("aggregator-1#a");
        });
    }

    @Test
    void deviceRulesSeeClosedIntervalsOnly() throws Exception {
        take(sample(1, 100, false, 9_900), T0);
        assertThat(drain()).isEmpty();
    }

    @Test
    void aSummaryNamesFreshMachinesAndOpenEpisodes() throws Exception {
        handler.requestSummary();
        take(sample(1, 9_500, true, 100), T0);
        List<Finding> found = drain();
        assertThat(found.getLast()).isInstanceOfSatisfying(Finding.Summary.class, summary -> {
            assertThat(summary.announcement().getMachinesList()).containsExactly("web-1");
            assertThat(summary.announcement().getEpisodesList())
                    .extracting(AlertEpisode::getRule)
                    .containsExactly("cpu");
        });
        assertThat(handler.withdrawSummary()).isFalse();
    }

    @Test
    void stateOfAnotherAggregatorGoesOnAndOnesOwnDoesNot() throws Exception {
        take(sample(1, 9_500, true, 100), T0);
        AlertAnnouncement state = ((Finding.Changes) drain().getFirst()).state();
        AlertHandler other = new AlertHandler("aggregator-2", "aggregator-2#b", RULES, findings, metrics);
        other.restore(WEB, state);
        take(other, sample(2, 100, true, 100), T0 + 1000);
        assertThat(drain())
                .singleElement()
                .isInstanceOfSatisfying(
                        Finding.Changes.class,
                        changes -> assertThat(changes.transitions()
                                        .getFirst()
                                        .getEpisode()
                                        .getReason())
                                .isEqualTo("belowClear"));
        take(sample(2, 100, true, 100), T0 + 1000);
        drain();
        handler.restore(WEB, state);
        take(sample(3, 100, true, 100), T0 + 2000);
        assertThat(drain()).isEmpty();
    }

    @Test
    void newRulesApplyBeforeTheNextSample() throws Exception {
        take(sample(1, 9_500, true, 100), T0);
        drain();
        handler.use(rules("{name: other, metric: system.cpu.utilization, above: 0.5}"));
        take(sample(2, 9_500, true, 100), T0 + 1000);
        List<String> reasons = new ArrayList<>();
        for (Finding finding : drain()) {
            ((Finding.Changes) finding)
                    .transitions()
                    .forEach(t -> reasons.add(
                            t.getEpisode().getRule() + " " + t.getEpisode().getReason()));
        }
        assertThat(reasons).containsExactly("cpu ruleRemoved", "other aboveThreshold");
    }

    @Test
    void whatFindsNoRoomIsCounted() throws Exception {
        for (int i = 0; i < FindingQueue.CAPACITY + 10; i++) {
            take(sample(i + 1, i % 2 == 0 ? 9_500 : 100, false, 0), T0 + i * 1000L);
        }
        assertThat(metrics.dropped.value()).isEqualTo(10);
        assertThat(metrics.found.value()).isEqualTo(FindingQueue.CAPACITY + 10);
        assertThat(drain()).hasSize(FindingQueue.CAPACITY);
    }

    @Test
    void aSampleThatChangesNothingAllocatesNothing() throws Exception {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        fill(sample(1, 100, true, 100), T0);
        run(20_000, T0);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(20_000, T0 + 40_000_000);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes for 20,000 samples")
                .isLessThan(20_000);
    }

    private void run(int samples, long from) {
        for (int i = 0; i < samples; i++) {
            slot.setIdentity(i + 1, from + i * 1000L, 1000);
            handler.onEvent(slot, i, i % 100 == 99);
        }
    }

    private void take(Sample sample, long endMillis) {
        take(handler, sample, endMillis);
    }

    private void take(AlertHandler by, Sample sample, long endMillis) {
        fill(sample, endMillis);
        by.onEvent(slot, 0, true);
        slot.clear();
    }

    private void fill(Sample sample, long endMillis) {
        slot.setOrigin(inventory, null, 1000, endMillis, 0, false);
        slot.setIdentity(sample.getSequence(), endMillis, 1000);
        slot.setPresent(sample.getPresent());
        slot.setHost(HostColumn.CPU_TOTAL.wire(), sample.getValues(0));
        byte[] bytes = sample.toByteArray();
        slot.copyPayload(bytes, 0, bytes.length);
    }

    private static Sample sample(long sequence, long cpu, boolean closed, long filesystem) {
        DeviceRow row = DeviceRow.newBuilder()
                .setDevice(0)
                .setPresent(FilesystemColumn.UTILIZATION.bit())
                .addValues(filesystem)
                .setDurationMillis(60_000)
                .build();
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(sequence)
                .setDurationMillis(1000)
                .setPresent(HostColumn.CPU_TOTAL.bit())
                .addValues(cpu);
        return (closed ? sample.addFilesystemIntervals(row) : sample.addFilesystems(row)).build();
    }

    private List<Finding> drain() throws InterruptedException {
        List<Finding> all = new ArrayList<>();
        for (Finding next = findings.poll(0); next != null; next = findings.poll(0)) {
            all.add(next);
        }
        return all;
    }

    private static RuleSet rules(String text) {
        try {
            List<AlertRule> rules =
                    RuleFile.parse("test.yaml", "rules: [" + text + "]").rules();
            return new RuleSet(rules);
        } catch (RuleFileException e) {
            throw new IllegalStateException(e);
        }
    }
}

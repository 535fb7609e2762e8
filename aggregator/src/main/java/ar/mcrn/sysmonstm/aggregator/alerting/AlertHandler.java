package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.aggregator.ring.DeviceRows;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.alerts.rules.AlertEvaluator;
import ar.mcrn.sysmonstm.alerts.rules.ColumnValues;
import ar.mcrn.sysmonstm.alerts.rules.DeviceKind;
import ar.mcrn.sysmonstm.alerts.rules.MachineAlerts;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import ar.mcrn.sysmonstm.v1.Sample;
import com.lmax.disruptor.EventHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The ring's alert handler: judges each live sample by the rules. No I/O, no lock; a sample that changes no alert allocates
 * nothing. The evaluator belongs to the ring's thread; others ask through {@link #use}, {@link #restore} and
 * {@link #requestSummary}, which take effect before the next sample.
 */
final class AlertHandler implements EventHandler<SampleSlot> {
    /** Samples between two sweeps; at 1,000 machines about once a minute. */
    private static final int SWEEP_SAMPLES = 65_536;

    private final AlertEvaluator evaluator;
    private final String incarnation;
    private final FindingQueue findings;
    private final AlertingMetrics metrics;
    private final List<AlertTransition> changes = new ArrayList<>();
    private final HostValues host = new HostValues();
    private final RowValues row = new RowValues();
    private final AtomicReference<RuleSet> newRules = new AtomicReference<>();
    private final Queue<Restore> restores = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean summaryAsked = new AtomicBoolean();
    private long samples;
    private int untilSweep = SWEEP_SAMPLES;

    private record Restore(MachineId machine, AlertAnnouncement state) {}

    /**
     * With rules from the start.
     *
     * @param name of the aggregator, for people
     * @param incarnation unique to this process: states that it wrote itself are never taken over
     */
    AlertHandler(String name, String incarnation, RuleSet rules, FindingQueue findings, AlertingMetrics metrics) {
        this.evaluator = new AlertEvaluator(name, changes::add);
        this.incarnation = incarnation;
        this.findings = findings;
        this.metrics = metrics;
        evaluator.use(rules);
    }

    @Override
    public void onEvent(SampleSlot slot, long sequence, boolean endOfBatch) {
        takeRequests();
        if (!slot.late() && slot.inventory() != null) {
            judge(slot);
        }
        if (endOfBatch) {
            endBatch(slot.receivedMillis());
        }
    }

    private void judge(SampleSlot slot) {
        samples++;
        untilSweep--;
        MachineAlerts page = evaluator.machine(slot.inventory().machine());
        long end = slot.endMillis();
        int duration = slot.durationMillis();
        evaluator.begin(page, slot.run(), end, duration);
        host.slot = slot;
        evaluator.host(page, host, end, duration);
        host.slot = null;
        devices(page, slot, DeviceKind.DISK, Sample.DISK_INTERVALS_FIELD_NUMBER);
        devices(page, slot, DeviceKind.INTERFACE, Sample.INTERFACE_INTERVALS_FIELD_NUMBER);
        devices(page, slot, DeviceKind.FILESYSTEM, Sample.FILESYSTEM_INTERVALS_FIELD_NUMBER);
        if (!changes.isEmpty()) {
            tell(page.machine());
        }
    }

    private void devices(MachineAlerts page, SampleSlot slot, DeviceKind kind, int field) {
        if (!evaluator.watches(kind)) {
            return;
        }
        List<String> names = switch (kind) {
            case DISK -> slot.inventory().disks();
            case INTERFACE -> slot.inventory().interfaces();
            case FILESYSTEM -> slot.inventory().filesystems();
        };
        row.rows.reset(slot, field);
        while (row.rows.next()) {
            // Validation lets no other through.
            if (row.rows.device() < names.size()) {
                String name = names.get(row.rows.device());
                evaluator.device(page, kind, name, row, slot.endMillis(), row.rows.durationMillis());
            }
        }
    }

    private void tell(MachineId machine) {
        metrics.transitions.add(changes.size());
        AlertAnnouncement state =
                evaluator.state(machine).toBuilder().setAggregator(incarnation).build();
        findings.offer(new Finding.Changes(machine, List.copyOf(changes), state));
        changes.clear();
    }

    private void takeRequests() {
        if (newRules.get() != null) {
            evaluator.use(newRules.getAndSet(null));
            tellAll();
        }
        while (!restores.isEmpty()) {
            Restore restore = restores.remove();
            if (!restore.state().getAggregator().equals(incarnation)) {
                evaluator.restore(restore.machine(), restore.state());
                metrics.restored.increment();
            }
        }
    }

    private void endBatch(long nowMillis) {
        metrics.evaluatedSamples.add(samples);
        samples = 0;
        if (untilSweep <= 0) {
            untilSweep = SWEEP_SAMPLES;
            sweep(nowMillis);
        }
        if (summaryAsked.get() && summaryAsked.getAndSet(false)) {
            sweep(nowMillis);
            findings.offer(new Finding.Summary(evaluator.announce(nowMillis)));
        }
    }

    private void sweep(long nowMillis) {
        evaluator.sweep(nowMillis);
        tellAll();
    }

    /** Changes that came from no single sample, machine by machine. */
    private void tellAll() {
        List<AlertTransition> all = List.copyOf(changes);
        changes.clear();
        all.stream().map(t -> t.getEpisode().getMachine()).distinct().forEach(machine -> {
            all.stream()
                    .filter(t -> t.getEpisode().getMachine().equals(machine))
                    .forEach(changes::add);
            tell(new MachineId(machine));
        });
    }

    /** Puts rules in force before the next sample. Any thread. */
    void use(RuleSet rules) {
        newRules.set(rules);
    }

    /** Takes over a machine's state before the next sample. Any thread. */
    void restore(MachineId machine, AlertAnnouncement state) {
        restores.add(new Restore(machine, state));
    }

    /** Asks for a summary at the end of the next batch. Any thread. */
    void requestSummary() {
        summaryAsked.set(true);
    }

    /** Takes the request back; true where no sample came to answer it. Any thread. */
    boolean withdrawSummary() {
        return summaryAsked.getAndSet(false);
    }

    private static final class HostValues implements ColumnValues {
        private SampleSlot slot;

        @Override
        public boolean has(Column column) {
            return slot.has((HostColumn) column);
        }

        @Override
        public long value(Column column) {
            return slot.host((HostColumn) column);
        }
    }

    private static final class RowValues implements ColumnValues {
        private final DeviceRows rows = new DeviceRows();

        @Override
        public boolean has(Column column) {
            return rows.has(column);
        }

        @Override
        public long value(Column column) {
            return rows.value(column);
        }
    }
}

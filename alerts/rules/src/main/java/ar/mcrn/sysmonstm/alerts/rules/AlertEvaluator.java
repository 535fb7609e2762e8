package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Evaluates rules over samples: pure, since all time comes with the samples, so that live and stored samples give the same
 * answers. One thread. A sample that changes nothing allocates nothing.
 *
 * <p>For each sample: {@link #begin}, then {@link #host}, then {@link #device} for each device interval that it closes.
 */
public final class AlertEvaluator {
    /** An active instance whose machine sends, but whose own value is missing for this long, ends: milliseconds. */
    static final long NO_DATA_MILLIS = 300_000;
    /** A machine without samples for this long is forgotten, milliseconds. */
    static final long FORGET_MILLIS = 86_400_000;

    private final String name;
    private final Consumer<AlertTransition> sink;
    private final Map<MachineId, MachineAlerts> machines = new HashMap<>();
    private List<SeriesTest> tests = List.of();
    private final Set<DeviceKind> kinds = EnumSet.noneOf(DeviceKind.class);

    /**
     * Without rules yet.
     *
     * @param name of the aggregator, as it stands in transitions
     * @param sink takes each transition, in order, on the caller's thread
     */
    public AlertEvaluator(String name, Consumer<AlertTransition> sink) {
        this.name = name;
        this.sink = sink;
    }

    /**
     * Puts rules in force. States of rules that keep name and series go on under the new thresholds; what is under way for
     * others ends with {@link Reason#RULE_REMOVED}.
     */
    public void use(RuleSet rules) {
        List<SeriesTest> compiled = new ArrayList<>();
        for (AlertRule rule : rules.rules()) {
            switch (rule.condition()) {
                case Condition.Threshold threshold -> compiled.addAll(SeriesTest.compile(rule, threshold));
                case Condition.MachineDown ignored -> {
                    // Judged from last-seen stamps: no sample can show that none came.
                }
                case Condition.HistoryDisk ignored -> {
                    // Judged by retention: it is no machine's.
                }
            }
        }
        tests = List.copyOf(compiled);
        kinds.clear();
        for (DeviceKind kind : DeviceKind.values()) {
            if (tests.stream().anyMatch(test -> test.ofKind(kind))) {
                kinds.add(kind);
            }
        }
        for (MachineAlerts page : machines.values()) {
            for (AlertInstance gone : page.recompile(tests)) {
                tell(page, gone, gone.end(), Reason.RULE_REMOVED, page.lastMillis());
            }
        }
    }

    /** Page of a machine; made where it is new. Allocates only then. */
    public MachineAlerts machine(MachineId machine) {
        MachineAlerts page = machines.get(machine);
        if (page == null) {
            page = new MachineAlerts(machine, tests);
            machines.put(machine, page);
        }
        return page;
    }

    /** Whether any rule looks at devices of this kind. */
    public boolean watches(DeviceKind kind) {
        return kinds.contains(kind);
    }

    /** Begins a sample: its run and the end of its interval, Unix milliseconds. */
    public void begin(MachineAlerts page, long run, long endMillis, int durationMillis) {
        if (page.begin(run, endMillis)) {
            page.forEach(instance -> {
                if (instance.state() == AlertState.ALERT_STATE_PENDING) {
                    tell(page, instance, instance.end(), Reason.NO_DATA, endMillis);
                }
                instance.rebase(endMillis - durationMillis);
            });
        }
    }

    /** Judges the machine's own columns over one interval. */
    public void host(MachineAlerts page, ColumnValues values, long endMillis, int durationMillis) {
        observe(page, page.ofHost(), values, endMillis, durationMillis);
    }

    /** Judges one device over one closed interval. */
    public void device(
            MachineAlerts page,
            DeviceKind kind,
            String device,
            ColumnValues values,
            long endMillis,
            int durationMillis) {
        observe(page, page.ofDevice(kind, device), values, endMillis, durationMillis);
    }

    private void observe(
            MachineAlerts page, ColumnAlerts[] columns, ColumnValues values, long endMillis, int durationMillis) {
        for (ColumnAlerts column : columns) {
            if (!values.has(column.column)) {
                continue;
            }
            long wire = values.value(column.column);
            if (!column.passes(wire, endMillis, durationMillis)) {
                column.settle();
                observeEach(page, column, wire, endMillis, durationMillis);
                column.observed();
            }
        }
    }

    private void observeEach(MachineAlerts page, ColumnAlerts column, long wire, long endMillis, int durationMillis) {
        for (AlertInstance instance : column.instances) {
            AlertChange change = instance.observe(wire, endMillis, durationMillis);
            if (change == AlertChange.HOLE) {
                tell(page, instance, change, Reason.NO_DATA, endMillis);
                change = instance.observe(wire, endMillis, durationMillis);
            }
            if (change != AlertChange.NONE) {
                tell(page, instance, change, reason(instance.test, change), endMillis);
            }
        }
    }

    private static Reason reason(SeriesTest test, AlertChange change) {
        return switch (change) {
            case BEGUN, FIRED_AT_ONCE -> test.above ? Reason.ABOVE_THRESHOLD : Reason.BELOW_THRESHOLD;
            case FIRED -> Reason.HELD_LONG_ENOUGH;
            case DROPPED -> test.above ? Reason.BELOW_THRESHOLD : Reason.ABOVE_THRESHOLD;
            case RESOLVED -> test.above ? Reason.BELOW_CLEAR : Reason.ABOVE_CLEAR;
            case NONE, HOLE -> Reason.NO_DATA;
        };
    }

    private void tell(MachineAlerts page, AlertInstance instance, AlertChange change, Reason reason, long timeMillis) {
        if (change == AlertChange.NONE) {
            return;
        }
        AlertEpisode.Builder episode =
                episode(page, instance).setState(change.to()).setReason(reason.text());
        if (change == AlertChange.RESOLVED) {
            episode.setResolvedMillis(timeMillis);
        }
        sink.accept(AlertTransition.newBuilder()
                .setEpisode(episode)
                .setFrom(change.from())
                .setTimeMillis(timeMillis)
                .setAggregator(name)
                .build());
    }

    private static AlertEpisode.Builder episode(MachineAlerts page, AlertInstance instance) {
        AlertRule rule = instance.test.rule;
        String machine = page.machine().value();
        double value = instance.value();
        return AlertEpisode.newBuilder()
                .setId(EpisodeId.of(rule.name(), machine, instance.series, instance.startMillis()))
                .setRule(rule.name())
                .setMachine(machine)
                .setSeries(instance.series)
                .setState(instance.state())
                .setSeverity(rule.severity().text())
                .setMessage(AlertMessages.threshold(instance.test, machine, instance.series, value))
                .setStartMillis(instance.startMillis())
                .setFiredMillis(instance.firedMillis())
                .setValue(value)
                .setThreshold(instance.test.threshold);
    }

    /**
     * Ends active instances whose value stopped coming although their machine sends, and forgets what is long gone. To be
     * called now and then, with the wall time that machines' stamps follow.
     */
    public void sweep(long nowMillis) {
        for (Iterator<MachineAlerts> each = machines.values().iterator(); each.hasNext(); ) {
            MachineAlerts page = each.next();
            page.forEachActive(instance -> {
                if (page.missingMillis(instance) > NO_DATA_MILLIS) {
                    tell(page, instance, instance.end(), Reason.NO_DATA, page.lastMillis());
                }
            });
            page.forgetDevices();
            if (page.lastMillis() != 0 && nowMillis - page.lastMillis() > FORGET_MILLIS) {
                each.remove();
            }
        }
    }

    /**
     * The machines that had a sample since the last call, and all their pending and firing episodes.
     *
     * @param timeMillis stamp of the announcement
     */
    public AlertAnnouncement announce(long timeMillis) {
        AlertAnnouncement.Builder announcement =
                AlertAnnouncement.newBuilder().setAggregator(name).setTimeMillis(timeMillis);
        for (MachineAlerts page : machines.values()) {
            if (page.takeFresh()) {
                announcement.addMachines(page.machine().value());
                addActive(page, announcement);
            }
        }
        return announcement.build();
    }

    private static void addActive(MachineAlerts page, AlertAnnouncement.Builder announcement) {
        page.forEachActive(instance -> announcement.addEpisodes(episode(page, instance)));
    }

    /** What {@link #restore} takes: one machine with its pending and firing episodes; the stamp is its newest sample's. */
    public AlertAnnouncement state(MachineId machine) {
        AlertAnnouncement.Builder state =
                AlertAnnouncement.newBuilder().setAggregator(name).addMachines(machine.value());
        MachineAlerts page = machines.get(machine);
        if (page != null) {
            state.setTimeMillis(page.lastMillis());
            addActive(page, state);
        }
        return state.build();
    }

    /**
     * Takes over what another evaluator knew of a machine. Says nothing: the machine's next sample resolves what no longer
     * holds. Episodes of rules that are gone are left to whoever misses them in announcements.
     */
    public void restore(MachineId machine, AlertAnnouncement state) {
        MachineAlerts page = machine(machine);
        page.awaitAnew();
        for (AlertEpisode episode : state.getEpisodesList()) {
            instanceOf(page, episode)
                    .ifPresent(instance -> instance.restore(
                            episode.getState(),
                            episode.getStartMillis(),
                            episode.getFiredMillis(),
                            state.getTimeMillis()));
        }
    }

    private static Optional<AlertInstance> instanceOf(MachineAlerts page, AlertEpisode episode) {
        MetricKey key;
        try {
            key = MetricKey.parse(episode.getSeries());
        } catch (IllegalArgumentException ignored) {
            // Of a version whose series we do not know.
            return Optional.empty();
        }
        for (DeviceKind kind : DeviceKind.values()) {
            String device = key.attributes().get(kind.attribute());
            if (device != null) {
                page.ofDevice(kind, device);
            }
        }
        return Optional.ofNullable(page.find(episode.getRule(), episode.getSeries()));
    }
}

package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.aggregator.retention.HistoryDisk;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import com.lmax.disruptor.EventHandler;
import io.dropwizard.lifecycle.Managed;
import java.util.UUID;

/**
 * Builds alerting:
 *
 * <pre>
 *  ring ──▶ AlertHandler ──────────────┐
 *             ▲ rules, states          ├─▶ FindingQueue ─▶ AlertSender ─▶ transitions stream, alert states
 *  AlertClock ┴▶ MachineDownJudge ─────┤
 *      │         HistoryDiskJudge ─────┘
 *      └ RuleSource (rule file), last-seen stamps, the history's disk
 * </pre>
 *
 * Starts and stops with the context's lifecycle; stopping sends what waits for at most 2 s.
 */
public final class AlertingAssembly implements Managed {
    private final AlertHandler handler;
    private final AlertStates states;
    private final AlertSender sender;
    private final AlertClock clock;

    private AlertingAssembly(AlertHandler handler, AlertStates states, AlertSender sender, AlertClock clock) {
        this.handler = handler;
        this.states = states;
        this.sender = sender;
        this.clock = clock;
    }

    /**
     * Builds it and registers it with the context's lifecycle.
     *
     * @param aggregatorName as it stands in transitions
     * @param disk under the history
     * @throws ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem in one line where the rule file cannot be used
     */
    public static AlertingAssembly assemble(
            AlertingSettings settings, ServiceContext context, String aggregatorName, HistoryDisk disk) {
        AlertingMetrics metrics = new AlertingMetrics(context.telemetry());
        RuleSource source =
                new RuleSource(settings.rulesFile(), context.readiness().dependency("alert rules", false), metrics);
        FindingQueue findings = new FindingQueue(metrics);
        context.telemetry()
                .gauge("sysmonstm_alerting_waiting_entries", "Entries waiting for the sender", findings::size);
        AlertHandler handler = new AlertHandler(
                aggregatorName, aggregatorName + "#" + UUID.randomUUID(), source.rules(), findings, metrics);
        AlertSender sender = new AlertSender(
                aggregatorName,
                findings,
                context.bus(),
                context.hot(),
                context.readiness().dependency("alert transitions", false),
                metrics);
        MachineDownJudge judge = new MachineDownJudge(aggregatorName, settings.grace());
        AlertClock clock = new AlertClock(
                settings,
                source,
                judge,
                new HistoryDiskJudge(aggregatorName),
                disk,
                handler,
                findings,
                sender,
                context.hot());
        AlertingAssembly assembly =
                new AlertingAssembly(handler, new AlertStates(context.hot(), handler, metrics), sender, clock);
        context.environment().lifecycle().manage(assembly);
        return assembly;
    }

    /** The ring's alert handler. */
    public EventHandler<SampleSlot> handler() {
        return handler;
    }

    /** A machine said Hello: its state is read and enters evaluation before its next sample. Returns at once. Any thread. */
    public void machineHello(MachineId machine) {
        machineHello(machine, () -> {});
    }

    /**
     * The same for a caller that holds the machine's first samples back until its state is there.
     *
     * @param done is run once the state was taken over, or there is none, or it could not be read; on another thread
     */
    public void machineHello(MachineId machine, Runnable done) {
        states.read(machine, done);
    }

    @Override
    public void start() {
        sender.start();
        clock.start();
    }

    @Override
    public void stop() throws Exception {
        clock.stop();
        states.close();
        sender.stop();
    }
}

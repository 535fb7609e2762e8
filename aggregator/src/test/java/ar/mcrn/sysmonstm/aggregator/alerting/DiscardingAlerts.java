package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.alerts.rules.StockRules;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.lmax.disruptor.EventHandler;

/** The real alert handler, with the stock rules where no others are given, and a sender that throws every finding away: what the handler alone costs. */
public final class DiscardingAlerts implements AutoCloseable {
    private final FindingQueue findings;
    private final AlertHandler handler;
    private final Thread sender = new Thread(this::discard, "discarding-alert-sender");

    public DiscardingAlerts(Telemetry telemetry) {
        this(telemetry, StockRules.RULES);
    }

    public DiscardingAlerts(Telemetry telemetry, RuleSet rules) {
        AlertingMetrics metrics = new AlertingMetrics(telemetry);
        findings = new FindingQueue(metrics);
        handler = new AlertHandler("bench", "bench#1", rules, findings, metrics);
        sender.setDaemon(true);
        sender.start();
    }

    public EventHandler<SampleSlot> handler() {
        return handler;
    }

    private void discard() {
        try {
            while (!Thread.interrupted()) {
                findings.poll(100);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        sender.interrupt();
    }
}

package ar.mcrn.sysmonstm.aggregator.ring;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.IngestMetrics.HandlerMetrics;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.Sequence;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * A handler with its metrics around it. What it throws is counted, logged at a limited rate and goes no further, so that one
 * sample never stops a handler.
 */
final class MeasuredHandler implements EventHandler<SampleSlot> {
    private final String name;
    private final HandlerSleep sleep;
    private final EventHandler<SampleSlot> handler;
    private final HandlerMetrics metrics;
    private final Consumer<SampleSlot> onFailure;
    private final FailureLog log = new FailureLog(LoggerFactory.getLogger(IngestRing.class));

    /**
     * @param sleep how long it sleeps when nothing is there
     * @param onFailure is told of each sample that the handler failed at
     */
    MeasuredHandler(
            String name,
            HandlerSleep sleep,
            EventHandler<SampleSlot> handler,
            IngestMetrics metrics,
            Consumer<SampleSlot> onFailure) {
        this.name = name;
        this.sleep = sleep;
        this.handler = handler;
        this.metrics = metrics.handler(name);
        this.onFailure = onFailure;
    }

    /** How it sleeps when nothing is there. */
    HandlerSleep sleep() {
        return sleep;
    }

    String name() {
        return name;
    }

    @Override
    public void onEvent(SampleSlot slot, long sequence, boolean endOfBatch) {
        long receivedNanos = slot.receivedNanos();
        try {
            handler.onEvent(slot, sequence, endOfBatch);
        } catch (Exception e) {
            failed(e);
            onFailure.accept(slot);
        }
        metrics.handled().increment();
        metrics.receivedToHandled().recordNanos(System.nanoTime() - receivedNanos);
    }

    @Override
    public void onBatchStart(long batchSize, long queueDepth) {
        metrics.batches().increment();
        handler.onBatchStart(batchSize, queueDepth);
    }

    @Override
    public void onTimeout(long sequence) {
        try {
            handler.onTimeout(sequence);
        } catch (Exception e) {
            failed(e);
        }
    }

    private void failed(Exception e) {
        metrics.failures().increment();
        log.warn("ring handler failed: handler=" + name, e);
    }

    @Override
    public void onStart() {
        HandlerThread.become(name, sleep);
        handler.onStart();
    }

    @Override
    public void onShutdown() {
        handler.onShutdown();
    }

    @Override
    public void setSequenceCallback(Sequence callback) {
        handler.setSequenceCallback(callback);
    }
}

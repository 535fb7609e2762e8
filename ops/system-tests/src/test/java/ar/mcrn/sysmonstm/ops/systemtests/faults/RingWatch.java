package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks the aggregator four times a second how full its ring is and how many threads it has. Closing ends its thread. */
public final class RingWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 250;

    private final FaultStage stage;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;
    private final long heldBefore;
    private final long threadsBefore;
    private long mostSlots;
    private long mostThreads;
    private long held;
    private long looks;

    RingWatch(FaultStage stage) throws IOException, InterruptedException {
        this.stage = stage;
        Metrics before = stage.metrics();
        heldBefore = before.sum("sysmonstm_ingest_held_messages_total");
        threadsBefore = before.sum("sysmonstm_process_threads");
        thread = Thread.ofVirtual().name("ring-watch").start(this::look);
    }

    private void look() {
        try {
            while (!closed.get()) {
                try {
                    note(stage.metrics());
                } catch (IOException away) {
                    // Asked again soon.
                }
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void note(Metrics metrics) {
        looks++;
        mostSlots = Math.max(mostSlots, metrics.sum("sysmonstm_ring_used_slots"));
        mostThreads = Math.max(mostThreads, metrics.sum("sysmonstm_process_threads"));
        held = metrics.sum("sysmonstm_ingest_held_messages_total") - heldBefore;
    }

    /** Says that the ring stayed nearly empty and nobody was held up. */
    public synchronized void expectFlowing() {
        stage.evidence().figure("mostRingSlots", mostSlots);
        stage.evidence()
                .expect(
                        looks > 0 && mostSlots < 2_048 && held == 0,
                        "ring at most %,d of 8,192 slots in %d looks, %d messages held",
                        mostSlots,
                        looks,
                        held);
    }

    /** Says that threads did not pile up. */
    public synchronized void expectFewThreads() {
        stage.evidence().figure("mostThreads", mostThreads);
        stage.evidence()
                .expect(mostThreads <= threadsBefore + 5, "threads at most %d, %d before", mostThreads, threadsBefore);
    }

    /** Waits for nothing. */
    @Override
    public void close() {
        closed.set(true);
        thread.interrupt();
    }
}

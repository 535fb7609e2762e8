package ar.mcrn.sysmonstm.aggregator.hot;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.HotKeys;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import com.lmax.disruptor.EventHandler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The ring's hot handler: encodes the newest sample of each machine and, whenever it looks, hands what has come to the
 * {@link HotSender}. No I/O; allocates only for a machine that is new or whose sample has grown.
 *
 * <p>Behind a slow sender a newer sample of a machine replaces an older one, counted as conflated. All samples together take
 * at most {@link #LIMIT_BYTES}; what would exceed that is dropped from the live view, counted. Machines silent for as long as
 * hot state keeps a sample are forgotten.
 */
public final class HotHandler implements EventHandler<SampleSlot> {
    /** Bytes of all encoded samples together. */
    static final long LIMIT_BYTES = 256L * 1024 * 1024;

    private static final long SWEEP_NANOS = Duration.ofMinutes(30).toNanos();

    private final HotExchange exchange;
    private final Map<MachineId, HotMachine> machines = new HashMap<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final Counter conflated;
    private final Counter dropped;
    private HotBatch batch;
    private long sweptNanos = System.nanoTime();

    HotHandler(HotExchange exchange, IngestMetrics metrics) {
        this.exchange = exchange;
        this.batch = exchange.first();
        conflated = metrics.counter(
                "sysmonstm_hot_conflated_samples",
                "Samples replaced by a newer one of their machine before they were sent to hot state.");
        dropped = metrics.counter(
                "sysmonstm_hot_dropped_samples", "Samples kept out of hot state because its buffers were full.");
        metrics.gauge(
                "sysmonstm_hot_buffer_bytes", "Bytes of encoded samples held for hot state.", heldBytes::doubleValue);
    }

    @Override
    public void onEvent(SampleSlot slot, long sequence, boolean endOfBatch) {
        MachineId id = slot.inventory().machine();
        HotMachine machine = machines.get(id);
        if (machine == null) {
            machine = new HotMachine(LiveEncoding.name(slot.inventory()));
            machines.put(id, machine);
        }
        encode(machine, slot);
        if (endOfBatch) {
            tick();
        }
    }

    private void encode(HotMachine machine, SampleSlot slot) {
        int side = batch.side();
        int needed = slot.payloadLength() + machine.name().length + LiveEncoding.SAMPLE_OVERHEAD;
        int growth = machine.growth(side, needed);
        if (growth > 0 && heldBytes.get() + growth > LIMIT_BYTES) {
            dropped.increment();
            return;
        }
        heldBytes.addAndGet(growth);
        boolean replaces = machine.isFilled(side);
        int length = LiveEncoding.sample(machine.room(side, needed), machine.name(), slot);
        machine.filled(side, length, slot.inventory(), slot.receivedMillis(), slot.receivedNanos());
        if (replaces) {
            conflated.increment();
        } else {
            batch.machines().add(machine);
        }
    }

    @Override
    public void onTimeout(long sequence) {
        tick();
    }

    private void tick() {
        handOver();
        long now = System.nanoTime();
        if (now - sweptNanos >= SWEEP_NANOS) {
            sweptNanos = now;
            forgetSilent(System.currentTimeMillis() - HotKeys.SAMPLE_TTL.toMillis());
        }
    }

    private void handOver() {
        if (batch.machines().isEmpty()) {
            return;
        }
        HotBatch next = exchange.swap(batch);
        if (next != null) {
            batch = next;
        }
    }

    private void forgetSilent(long beforeMillis) {
        machines.values().removeIf(machine -> {
            if (machine.touchedMillis() >= beforeMillis || machine.isFilled(batch.side())) {
                return false;
            }
            heldBytes.addAndGet(-machine.capacity());
            return true;
        });
    }
}

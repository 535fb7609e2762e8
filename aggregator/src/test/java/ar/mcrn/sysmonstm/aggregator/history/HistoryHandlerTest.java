package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.RejectReason;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistoryHandlerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_800_000_000_000L;

    private final RecordedOutcomes outcomes = new RecordedOutcomes();
    private final MachineInventory web = HistoryTestRig.inventory("web-1", RandomSamples.inventory(7));
    private final RowExchange exchange = new RowExchange(new ChunkPool());
    private final HeldRows held = new HeldRows();
    private final LaneMetrics metrics = new LaneMetrics(new Telemetry("test"), "live", held);
    private int wakes;

    private Deferral deferral = deferral(Duration.ofSeconds(10), 64L << 20);
    private HistoryHandler handler = handler();

    private Deferral deferral(Duration span, long bytes) {
        return new Deferral(held, new HistorySettings("plain", null, null, span, bytes, null, null));
    }

    private HistoryHandler handler() {
        return new HistoryHandler(exchange, held, deferral, metrics, 1_000, () -> wakes++);
    }

    private SampleSlot slot(StreamOutcomes stream, long sequence, long receivedNanos) {
        return HistoryTestRig.slot(
                web, stream, new RandomSamples(sequence).full(sequence, NOW + sequence * 1_000), false, receivedNanos);
    }

    private void offer(long sequence, long receivedNanos) {
        handler.onEvent(slot(outcomes, sequence, receivedNanos), sequence, true);
    }

    @Test
    void holdsTenSecondsOfIntakeAndResumesBelowAQuarter() {
        for (long i = 0; i < 15; i++) {
            offer(i + 1, i * SECOND);
        }
        assertThat(held.rows()).isEqualTo(10);
        assertThat(outcomes.deferred()).containsExactly(11L, 12L, 13L, 14L, 15L);

        WriterLane lane = new WriterLane(exchange, held, metrics);
        assertThat(lane.take()).isTrue();
        lane.done(5);
        deferral.check();
        assertThat(deferral.deferring()).isTrue();
        offer(16, 15 * SECOND);
        assertThat(outcomes.deferred()).hasSize(6);
        assertThat(outcomes.resumptions()).isZero();

        lane.done(9);
        deferral.check();
        assertThat(deferral.deferring()).isFalse();
        assertThat(outcomes.resumptions()).isEqualTo(1);
        offer(17, 16 * SECOND);
        assertThat(outcomes.deferred()).hasSize(6);
        deferral.check();
        assertThat(outcomes.resumptions()).isEqualTo(1);
        assertThat(metrics.received.value()).isEqualTo(17);
        assertThat(metrics.deferred.value() + held.rows() + 9).isEqualTo(17);
    }

    @Test
    void holdsNoMoreBytesThanAllowed() {
        deferral = deferral(Duration.ofHours(1), 200_000);
        handler = handler();
        for (long i = 1; i <= 1_000; i++) {
            offer(i, 0);
        }
        assertThat(held.bytes()).isBetween(200_000L, 210_000L);
        assertThat(held.rows() + outcomes.deferred().size()).isEqualTo(1_000);
    }

    @Test
    void wakesTheWriterOnceAtAThousandRows() {
        for (long i = 1; i <= 1_200; i++) {
            offer(i, 0);
        }
        assertThat(wakes).isEqualTo(1);
    }

    @Test
    void rejectsWhatItCannotEncodeAndGoesOn() {
        SampleSlot broken = slot(outcomes, 1, 0);
        broken.setCores(1_000_000, 4);
        handler.onEvent(broken, 0, true);
        offer(2, 0);
        assertThat(outcomes.rejected()).singleElement().satisfies(rejection -> {
            assertThat(rejection.reason()).isEqualTo(RejectReason.REJECT_REASON_DATABASE);
            assertThat(rejection.detail()).startsWith("BUG: ");
        });
        assertThat(held.rows()).isEqualTo(1);
    }

    @Test
    void allocatesNothingPerSampleInSteadyState() {
        web.historyIds()
                .set(new HistoryIds(new IdSpace(1), 1, 1, new int[] {1, 2, 3}, new int[] {4, 5}, new int[] {6, 7}));
        SampleSlot[] slots = new SampleSlot[500];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = slot(outcomes, i + 1, 0);
        }
        WriterLane lane = new WriterLane(exchange, held, metrics);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        int rounds = 40;
        for (int round = 0; round < rounds; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (SampleSlot slot : slots) {
                handler.onEvent(slot, 0, true);
            }
            // The first rounds grow the buffers.
            allocated += round < 20 ? 0 : threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(lane.take()).isTrue();
            lane.done(slots.length);
        }
        assertThat(allocated / (20.0 * slots.length)).as("bytes per sample").isLessThan(1.0);
        assertThat(slots[0].coreCount()).isLessThanOrEqualTo(Limits.CORES);
    }
}

package ar.mcrn.sysmonstm.ops.runtime.telemetry;

import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long one stage takes. Recording is wait-free, allocates nothing and may be done by any thread. Quantiles are of the
 * last minute, put together from intervals of ten seconds; count, sum and {@link #encoded} are of all time.
 */
public final class StageHistogram {
    /** Longer ones count as this: 10 min. */
    private static final long MAX_NANOS = 600_000_000_000L;

    private static final int INTERVALS = 6;
    private static final long INTERVAL_NANOS = 10_000_000_000L;
    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999, 1.0};

    private final Recorder recorder = new Recorder(1_000, MAX_NANOS, 2);
    private final Deque<Histogram> intervals = new ArrayDeque<>();
    private final Histogram whole = new Histogram(1_000, MAX_NANOS, 2);
    private long rotatedNanos = System.nanoTime();
    private double sumSeconds;

    StageHistogram() {}

    /** Records one passage; less than 1 us counts as 1 us, negative too. */
    public void recordNanos(long nanos) {
        recorder.recordValue(Math.clamp(nanos, 1_000, MAX_NANOS));
    }

    /** The same for several that passed together, at least one. */
    public void recordNanos(long nanos, long count) {
        recorder.recordValueWithCount(Math.clamp(nanos, 1_000, MAX_NANOS), count);
    }

    /** What was recorded up to now, to be told or read. */
    synchronized Snapshot snapshot() {
        takeUp();
        Histogram minute = new Histogram(1_000, MAX_NANOS, 2);
        intervals.forEach(minute::add);
        Quantiles.Builder quantiles = Quantiles.builder();
        for (double quantile : QUANTILES) {
            double nanos = minute.getTotalCount() == 0 ? Double.NaN : minute.getValueAtPercentile(quantile * 100);
            quantiles.quantile(new Quantile(quantile, nanos / 1e9));
        }
        return new Snapshot(whole.getTotalCount(), sumSeconds, quantiles.build());
    }

    /** All of it since the start, nanoseconds, in HdrHistogram's compressed form (V2); two of them can be subtracted. */
    synchronized byte[] encoded() {
        takeUp();
        ByteBuffer buffer = ByteBuffer.allocate(whole.getNeededByteBufferCapacity());
        return Arrays.copyOf(buffer.array(), whole.encodeIntoCompressedByteBuffer(buffer));
    }

    private void takeUp() {
        Histogram fresh = recorder.getIntervalHistogram();
        whole.add(fresh);
        sumSeconds += fresh.getTotalCount() == 0 ? 0 : fresh.getMean() * fresh.getTotalCount() / 1e9;
        long now = System.nanoTime();
        if (intervals.isEmpty() || now - rotatedNanos >= INTERVAL_NANOS) {
            intervals.addLast(fresh);
            rotatedNanos = now;
        } else {
            intervals.getLast().add(fresh);
        }
        while (intervals.size() > INTERVALS) {
            intervals.removeFirst();
        }
    }

    record Snapshot(long count, double sumSeconds, Quantiles quantiles) {}
}

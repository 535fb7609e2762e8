package ar.mcrn.sysmonstm.api.hot;

import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.util.List;

/**
 * The last 5 minutes of a machine's few main values, at most one point per second: a ring of 300 in columns. Belongs to
 * the feed's thread.
 */
public final class Sparkline {
    /** Columns kept. */
    public static final List<HostColumn> COLUMNS = List.of(
            HostColumn.CPU_TOTAL,
            HostColumn.MEMORY_UTILIZATION,
            HostColumn.NETWORK_RECEIVE_BYTES,
            HostColumn.NETWORK_TRANSMIT_BYTES);

    /** Their keys. */
    public static final List<MetricKey> KEYS =
            COLUMNS.stream().map(MetricKey::of).toList();

    private static final int CAPACITY = 300;
    private static final long SPAN_MILLIS = 300_000;

    private final long[] times = new long[CAPACITY];
    private final float[][] values = new float[COLUMNS.size()][CAPACITY];
    private int next;
    private int size;

    void add(LiveMachine machine) {
        long newest = size == 0 ? Long.MIN_VALUE : times[(next + CAPACITY - 1) % CAPACITY];
        if (machine.time() <= newest || machine.time() / 1_000 == newest / 1_000) {
            return;
        }
        times[next] = machine.time();
        for (int i = 0; i < values.length; i++) {
            values[i][next] = (float) machine.values()[COLUMNS.get(i).wire()];
        }
        next = (next + 1) % CAPACITY;
        size = Math.min(size + 1, CAPACITY);
    }

    /**
     * The newest points, ascending; each is the mean of {@code every} seconds, NaN where none was measured.
     *
     * @param every points put together, at least 1
     * @param nowMillis points older than 5 minutes before this are left out
     */
    public Points points(int every, long nowMillis) {
        int first = 0;
        while (first < size && times[at(first)] < nowMillis - SPAN_MILLIS) {
            first++;
        }
        int count = (size - first + every - 1) / every;
        Points points = new Points(new long[count], new double[values.length][count]);
        for (int p = 0; p < count; p++) {
            int from = Math.max(first, size - (count - p) * every);
            int to = size - (count - p - 1) * every;
            points.times[p] = times[at(to - 1)];
            for (int c = 0; c < values.length; c++) {
                points.values[c][p] = mean(values[c], from, to);
            }
        }
        return points;
    }

    private double mean(float[] column, int from, int to) {
        double sum = 0;
        int n = 0;
        for (int i = from; i < to; i++) {
            float value = column[at(i)];
            if (!Float.isNaN(value)) {
                sum += value;
                n++;
            }
        }
        return n == 0 ? Double.NaN : sum / n;
    }

    private int at(int index) {
        return (next + CAPACITY - size + index) % CAPACITY;
    }

    /**
     * Points in columns.
     *
     * @param times Unix milliseconds, ascending
     * @param values per column of {@link #COLUMNS}
     */
    public record Points(long[] times, double[][] values) {}
}

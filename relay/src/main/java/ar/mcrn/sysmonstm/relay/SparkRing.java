package ar.mcrn.sysmonstm.relay;

import java.util.List;

/**
 * The last 5 minutes of one machine's sparkline metrics, at most a point per second. About 7 KiB. Belongs to the hub's
 * thread.
 */
final class SparkRing {
    static final List<String> KEYS = List.of(
            "system.cpu.utilization",
            "system.memory.utilization",
            "system.network.io{direction=receive}",
            "system.network.io{direction=transmit}");

    private static final int POINTS = 300;
    private static final long SPAN_MILLIS = 300_000;
    private static final long LEAST_MILLIS = 900;

    private final long[] times = new long[POINTS];
    private final float[][] values = new float[KEYS.size()][POINTS];
    private int size;
    private int next;
    private long newest;

    /** Takes a point; one that is not at least 0.9 s newer than the last is left out. NaN = not measured. */
    void add(long timeMillis, double[] point) {
        if (timeMillis < newest + LEAST_MILLIS) {
            return;
        }
        newest = timeMillis;
        times[next] = timeMillis;
        for (int i = 0; i < values.length; i++) {
            values[i][next] = (float) point[i];
        }
        next = (next + 1) % POINTS;
        size = Math.min(size + 1, POINTS);
    }

    /** Writes the points of the last 5 minutes, oldest first, every {@code every}-th, as {@code {"times":[..],"KEY":[..]}}. */
    void write(FrameText frame, long nowMillis, int every) {
        frame.raw("{\"times\":[");
        for (int i = 0; i < size; i++) {
            if (shown(i, nowMillis, every)) {
                frame.comma().raw(Long.toString(times[at(i)]));
            }
        }
        frame.raw("]");
        for (int key = 0; key < values.length; key++) {
            frame.raw(",").string(KEYS.get(key)).raw(":[");
            for (int i = 0; i < size; i++) {
                if (shown(i, nowMillis, every)) {
                    frame.comma().number(values[key][at(i)]);
                }
            }
            frame.raw("]");
        }
        frame.raw("}");
    }

    private boolean shown(int i, long nowMillis, int every) {
        return (size - 1 - i) % every == 0 && times[at(i)] >= nowMillis - SPAN_MILLIS;
    }

    private int at(int i) {
        return Math.floorMod(next - size + i, POINTS);
    }
}

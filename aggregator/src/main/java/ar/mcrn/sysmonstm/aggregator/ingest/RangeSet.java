package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.v1.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of several runs, kept as merged ranges until they are told. Sequences mostly come in order, so that the newest
 * range is looked at first. Not thread-safe.
 *
 * <pre>
 * runs[i], firsts[i], lasts[i]     one range, both ends included; no two touch
 * </pre>
 */
final class RangeSet {
    private long[] runs = new long[4];
    private long[] firsts = new long[4];
    private long[] lasts = new long[4];
    private int size;
    private long count;

    /** Adds one sequence; one that is there already changes nothing. */
    void add(long run, long sequence) {
        for (int i = size - 1; i >= 0; i--) {
            if (runs[i] != run || sequence < firsts[i] - 1 || sequence > lasts[i] + 1) {
                continue;
            }
            if (sequence >= firsts[i] && sequence <= lasts[i]) {
                return;
            }
            count++;
            if (sequence > lasts[i]) {
                lasts[i] = sequence;
                joinAt(i, sequence + 1, true);
            } else {
                firsts[i] = sequence;
                joinAt(i, sequence - 1, false);
            }
            return;
        }
        if (size == runs.length) {
            runs = Arrays.copyOf(runs, size * 2);
            firsts = Arrays.copyOf(firsts, size * 2);
            lasts = Arrays.copyOf(lasts, size * 2);
        }
        runs[size] = run;
        firsts[size] = sequence;
        lasts[size] = sequence;
        size++;
        count++;
    }

    /** Swallows the neighbour of range {@code i} that begins (or ends) at {@code edge}, if there is one. */
    private void joinAt(int i, long edge, boolean above) {
        for (int j = 0; j < size; j++) {
            if (j != i && runs[j] == runs[i] && (above ? firsts[j] : lasts[j]) == edge) {
                firsts[i] = Math.min(firsts[i], firsts[j]);
                lasts[i] = Math.max(lasts[i], lasts[j]);
                size--;
                runs[j] = runs[size];
                firsts[j] = firsts[size];
                lasts[j] = lasts[size];
                return;
            }
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Ranges held. */
    int ranges() {
        return size;
    }

    /** Sequences held. */
    long count() {
        return count;
    }

    /** Hands out all ranges and forgets them. */
    List<Range> drain() {
        List<Range> ranges = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            ranges.add(Range.newBuilder()
                    .setRun(runs[i])
                    .setFirst(firsts[i])
                    .setLast(lasts[i])
                    .build());
        }
        size = 0;
        count = 0;
        return ranges;
    }
}

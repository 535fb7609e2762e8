package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which samples ought to be in a spool and are not: those that were expected, less those that are accounted for since they
 * were read, settled or named as lost. Each may be said more than once and in any order. One thread.
 */
final class MissingSamples {
    private static final Comparator<SequenceRange> ORDER =
            Comparator.comparingLong(SequenceRange::run).thenComparingLong(SequenceRange::first);

    private final List<SequenceRange> expected = new ArrayList<>();
    private final List<SequenceRange> accounted = new ArrayList<>();
    private long run;
    private long first;
    private long last;

    /** Samples that something says were kept. */
    void expect(SequenceRange samples) {
        expected.add(samples);
    }

    /** One that was read; cheap where they come in order. */
    void account(long ofRun, long sequence) {
        if (ofRun != run || sequence != last + 1) {
            flush();
            run = ofRun;
            first = sequence;
        }
        last = sequence;
    }

    /** Samples that need not be there. */
    void account(SequenceRange samples) {
        accounted.add(samples);
    }

    private void flush() {
        if (run != 0) {
            accounted.add(new SequenceRange(run, first, last));
        }
        run = 0;
    }

    /** The missing ones, merged, in order of run and sequence. */
    List<SequenceRange> missing() {
        flush();
        if (expected.isEmpty()) {
            return List.of();
        }
        List<SequenceRange> there = merged(accounted);
        List<SequenceRange> missing = new ArrayList<>();
        int at = 0;
        for (SequenceRange range : merged(expected)) {
            long from = range.first();
            while (at < there.size() && isBefore(there.get(at), range.run(), from)) {
                at++;
            }
            for (int i = at; i < there.size() && overlaps(there.get(i), range.run(), range.last()); i++) {
                if (there.get(i).first() > from) {
                    missing.add(
                            new SequenceRange(range.run(), from, there.get(i).first() - 1));
                }
                from = there.get(i).last() + 1;
            }
            if (from <= range.last()) {
                missing.add(new SequenceRange(range.run(), from, range.last()));
            }
        }
        return missing;
    }

    private static boolean isBefore(SequenceRange range, long run, long sequence) {
        return range.run() < run || (range.run() == run && range.last() < sequence);
    }

    private static boolean overlaps(SequenceRange range, long run, long last) {
        return range.run() == run && range.first() <= last;
    }

    private static List<SequenceRange> merged(List<SequenceRange> ranges) {
        List<SequenceRange> merged = new ArrayList<>();
        for (SequenceRange next : ranges.stream().sorted(ORDER).toList()) {
            SequenceRange before = merged.isEmpty() ? null : merged.getLast();
            if (before != null && before.run() == next.run() && next.first() <= before.last() + 1) {
                merged.removeLast();
                merged.add(new SequenceRange(before.run(), before.first(), Math.max(before.last(), next.last())));
            } else {
                merged.add(next);
            }
        }
        return merged;
    }
}

package ar.mcrn.sysmonstm.agent.spool;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What is known of a segment without reading it: which of its samples are in which state, one bit each, and where to begin to
 * read, for each {@value #BLOCK}th. Some 0.4 bytes a sample, whatever the samples weigh. Guarded by the spool.
 */
final class Segment {
    /** State of a kept sample; one that is gone has none. See {@code Spool}. */
    enum State {
        LIVE(0),
        WAITING(1),
        SENT_LIVE(2),
        SENT_BACKFILL(3);

        private final int at;

        State(int at) {
            this.at = at;
        }
    }

    /** A segment ends before its sequences span more, so that the bits are bounded. */
    static final int MAX_SPAN = 1 << 16;

    private static final int BLOCK = 64;
    private static final State[] STATES = State.values();

    private final BitSet[] bits = new BitSet[STATES.length];
    private final int[] counts = new int[STATES.length];
    private final Map<Integer, Long> inventories = new HashMap<>();
    private int[] offsets = new int[4];
    private long[] stamps = new long[4];
    private int blocks;
    private long number;
    private long run;
    private long first;
    private long last;
    private long newestStamp;
    private boolean readable = true;
    private boolean whole = true;
    private SegmentStore store;

    Segment(long number, SegmentStore store) {
        this.number = number;
        this.store = store;
    }

    long number() {
        return number;
    }

    void renumber(long later) {
        number = later;
    }

    SegmentStore store() {
        return store;
    }

    /** The same bytes lie elsewhere now. */
    void moveTo(SegmentStore other) {
        store = other;
    }

    /** Run of its samples; 0 where it has none yet. */
    long run() {
        return run;
    }

    void setRun(long id) {
        run = id;
    }

    /** Sequence of the sample added first; 0 where none was. */
    long first() {
        return first;
    }

    /** Sequence of the sample added last; 0 where none was. */
    long last() {
        return last;
    }

    /** Stamp of its newest sample; 0 where it has none. */
    long newestStamp() {
        return newestStamp;
    }

    /** True where a sample of that run and sequence may come next. */
    boolean takes(long sampleRun, long sequence) {
        return (run == 0 || run == sampleRun)
                && (first == 0 || (sequence > last && sequence - first < MAX_SPAN))
                && sequence > 0;
    }

    /** One more sample, which {@link #takes} allowed. */
    void add(long sampleRun, long sequence, long stamp, long offset, State state) {
        run = sampleRun;
        if (first == 0) {
            first = sequence;
        }
        int block = (int) (sequence - first) / BLOCK;
        if (block >= offsets.length) {
            offsets = Arrays.copyOf(offsets, Math.max(block + 1, 2 * offsets.length));
            stamps = Arrays.copyOf(stamps, offsets.length);
        }
        while (blocks <= block) {
            offsets[blocks] = (int) offset;
            stamps[blocks++] = stamp;
        }
        last = sequence;
        newestStamp = Math.max(newestStamp, stamp);
        set(sequence, state);
    }

    void addInventory(int inventory, long offset) {
        inventories.put(inventory, offset);
    }

    /** Where that inventory lies; -1 where it does not. */
    long inventoryAt(int inventory) {
        return inventories.getOrDefault(inventory, -1L);
    }

    /** Where to begin to read in order to come to that sample. */
    long offsetFor(long sequence) {
        return offsets[(int) (sequence - first) / BLOCK];
    }

    /** Stamp of a sample within it, as if those of a block were evenly spread. */
    long stampNear(long sequence) {
        int block = (int) (sequence - first) / BLOCK;
        long from = stamps[block];
        long begin = first + (long) block * BLOCK;
        boolean isLast = block + 1 >= blocks;
        long to = isLast ? newestStamp : stamps[block + 1];
        long span = isLast ? last - begin : BLOCK;
        return span <= 0 || to < from ? from : from + (to - from) * (sequence - begin) / span;
    }

    private BitSet bits(State state) {
        BitSet set = bits[state.at];
        if (set == null) {
            set = new BitSet();
            bits[state.at] = set;
        }
        return set;
    }

    private void set(long sequence, State state) {
        bits(state).set((int) (sequence - first));
        counts[state.at]++;
    }

    int count(State state) {
        return counts[state.at];
    }

    /** Samples kept. */
    int kept() {
        return counts[0] + counts[1] + counts[2] + counts[3];
    }

    int underWay() {
        return count(State.SENT_LIVE) + count(State.SENT_BACKFILL);
    }

    boolean is(long sequence, State state) {
        BitSet set = bits[state.at];
        return set != null && sequence >= first && set.get((int) (sequence - first));
    }

    /** The first sample in that state from there on; 0 where there is none. */
    long next(State state, long from) {
        if (count(state) == 0 || from > last) {
            return 0;
        }
        int found = bits(state).nextSetBit((int) Math.max(0, from - first));
        return found < 0 ? 0 : first + found;
    }

    /** The first kept sample from there on; 0 where there is none. */
    long nextKept(long from) {
        long nearest = 0;
        for (State state : STATES) {
            long sequence = next(state, from);
            nearest = nearest == 0 || (sequence != 0 && sequence < nearest) ? sequence : nearest;
        }
        return nearest;
    }

    /** The first sample from there on that is not kept; beyond the last where all are. */
    long nextGone(long from) {
        long sequence = from;
        while (sequence <= last && nextKept(sequence) == sequence) {
            sequence++;
        }
        return sequence;
    }

    /** Moves one sample. */
    void move(long sequence, State from, State to) {
        bits(from).clear((int) (sequence - first));
        dec(from);
        set(sequence, to);
    }

    private void dec(State state) {
        if (--counts[state.at] == 0) {
            bits[state.at] = null;
        }
    }

    /** Moves all of a range; returns how many. */
    int moveAll(long from, long to, State before, State after) {
        int moved = 0;
        for (long s = next(before, from); s != 0 && s <= to; s = next(before, s + 1)) {
            move(s, before, after);
            moved++;
        }
        return moved;
    }

    /** Forgets all of a range; returns how many. */
    int forget(long from, long to) {
        int before = kept();
        if (first == 0 || to < first || from > last) {
            return 0;
        }
        int begin = (int) (Math.max(from, first) - first);
        int end = (int) (Math.min(to, last) - first) + 1;
        for (State state : STATES) {
            BitSet set = bits[state.at];
            if (set != null) {
                set.clear(begin, end);
                counts[state.at] = set.cardinality();
                if (counts[state.at] == 0) {
                    bits[state.at] = null;
                }
            }
        }
        return before - kept();
    }

    /** False while the disk does not give its bytes. */
    boolean readable() {
        return readable;
    }

    void setReadable(boolean can) {
        readable = can;
    }

    /** False where it holds more than is known here, since the disk did not give it at the start. */
    boolean isWhole() {
        return whole;
    }

    void setPartlyKnown() {
        whole = false;
        readable = false;
    }
}

package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.v1.Lane;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which inventories the aggregator holds for a stream: one for the live lane, three for backfill, the oldest of which
 * goes. Guarded by the uplink's lock.
 */
final class SentInventories {
    private static final int BACKFILL = 3;

    private record Key(long run, int number) {
        /** Whether it is that one; asked with each message, and cheaper than {@link #equals}. */
        boolean is(long otherRun, int otherNumber) {
            return run == otherRun && number == otherNumber;
        }
    }

    private Key live;
    private final Set<Key> backfill = new LinkedHashSet<>();

    void reset() {
        live = null;
        backfill.clear();
    }

    /** True when the inventory has to be sent before samples on this lane; it counts as sent then. */
    boolean needs(Lane lane, long run, int number) {
        if (live != null && live.is(run, number)) {
            return false;
        }
        Key key = new Key(run, number);
        if (lane == Lane.LANE_LIVE) {
            live = key;
            return true;
        }
        boolean needed = backfill.add(key);
        if (backfill.size() > BACKFILL) {
            Iterator<Key> oldest = backfill.iterator();
            oldest.next();
            oldest.remove();
        }
        return needed;
    }
}

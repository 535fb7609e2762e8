package ar.mcrn.sysmonstm.aggregator.hot;

import java.util.ArrayList;
import java.util.List;

/** Machines with a sample on one side, at most once each. Belongs to the handler or to the sender, never to both. */
final class HotBatch {
    private final int side;
    private final List<HotMachine> machines = new ArrayList<>();

    /** @param side 0 or 1 */
    HotBatch(int side) {
        this.side = side;
    }

    int side() {
        return side;
    }

    List<HotMachine> machines() {
        return machines;
    }
}

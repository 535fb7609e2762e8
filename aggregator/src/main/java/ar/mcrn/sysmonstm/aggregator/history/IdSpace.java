package ar.mcrn.sysmonstm.aggregator.history;

/**
 * Within which ids are good: one connection of the writer, and no machine removed since. One object each, compared by
 * identity. A database that was restored or replaced has ended all connections, so its ids are looked up anew.
 */
final class IdSpace {
    private final long epoch;

    /** A new one. */
    IdSpace(long epoch) {
        this.epoch = epoch;
    }

    /** {@code history_state.ids_epoch} as it was found. */
    long epoch() {
        return epoch;
    }
}

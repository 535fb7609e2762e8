package ar.mcrn.sysmonstm.aggregator.history;

/**
 * Which ids are good: those of this database, resolved since a machine was last removed from it.
 *
 * @param installation which database: when its schema was made, Unix microseconds
 * @param epoch {@code history_state.ids_epoch}
 */
record IdSpace(long installation, long epoch) {}

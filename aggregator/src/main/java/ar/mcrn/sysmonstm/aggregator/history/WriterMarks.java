package ar.mcrn.sysmonstm.aggregator.history;

/**
 * What a writing transaction was told under the history lock.
 *
 * @param closedMillis rows that go in with an older stamp make their hour dirty, Unix milliseconds; {@link #NONE} = none do
 * @param horizonMillis rows with an older stamp are refused, Unix milliseconds; {@link #NONE} = none is for this
 */
record WriterMarks(long closedMillis, long horizonMillis) {
    /** No mark. */
    static final long NONE = Long.MIN_VALUE;
}

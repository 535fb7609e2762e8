package ar.mcrn.sysmonstm.contract;

/** How a column's wire integer becomes the value that people see. */
public enum Kind {
    /** Value at the end of the interval: {@code wire * scale}. */
    GAUGE,
    /** Counter's delta over the interval, seen as a rate: {@code wire * scale / seconds}. */
    DELTA,
    /** Highest per-second value within a closed interval, as a rate: {@code wire * scale}. Merges by maximum. */
    PEAK
}

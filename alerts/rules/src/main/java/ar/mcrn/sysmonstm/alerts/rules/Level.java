package ar.mcrn.sysmonstm.alerts.rules;

/** Where a value lies by a rule's two thresholds. */
enum Level {
    /** Cleared. */
    CLEAR,
    /** Between clear and threshold: begins nothing and ends nothing that fires. */
    BETWEEN,
    /** Beyond the threshold. */
    BREACH
}

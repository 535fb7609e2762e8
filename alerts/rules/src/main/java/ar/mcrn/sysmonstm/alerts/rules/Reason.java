package ar.mcrn.sysmonstm.alerts.rules;

/** Why an alert changed its state. */
public enum Reason {
    /** The value rose above the threshold. */
    ABOVE_THRESHOLD("aboveThreshold"),
    /** The value fell below the threshold. */
    BELOW_THRESHOLD("belowThreshold"),
    /** The rule held for as long as it asks. */
    HELD_LONG_ENOUGH("heldLongEnough"),
    /** The value of a rule with {@link Comparison#ABOVE} is at or below its clear threshold. */
    BELOW_CLEAR("belowClear"),
    /** The value of a rule with {@link Comparison#BELOW} is at or above its clear threshold. */
    ABOVE_CLEAR("aboveClear"),
    /** No value came for too long, or the series is gone. */
    NO_DATA("noData"),
    /** No sample of the machine came for as long as the rule asks. */
    MACHINE_DOWN("machineDown"),
    /** Samples of the machine come again. */
    MACHINE_BACK("machineBack"),
    /** No aggregator announced it any more. */
    NOT_SEEN("notSeen"),
    /** The rule is gone, or no longer covers the series. */
    RULE_REMOVED("ruleRemoved");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    /** One word, as it travels and is shown. */
    public String text() {
        return text;
    }
}

package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.v1.AlertState;

/** What one observation changed in an alert instance. */
enum AlertChange {
    /** Nothing. */
    NONE(AlertState.ALERT_STATE_UNSPECIFIED, AlertState.ALERT_STATE_UNSPECIFIED),
    /** The rule began to hold. */
    BEGUN(AlertState.ALERT_STATE_INACTIVE, AlertState.ALERT_STATE_PENDING),
    /** It held long enough. */
    FIRED(AlertState.ALERT_STATE_PENDING, AlertState.ALERT_STATE_FIRING),
    /** It began to hold and asks for no time. */
    FIRED_AT_ONCE(AlertState.ALERT_STATE_INACTIVE, AlertState.ALERT_STATE_FIRING),
    /** It held no longer before it fired. */
    DROPPED(AlertState.ALERT_STATE_PENDING, AlertState.ALERT_STATE_INACTIVE),
    /** Too long a hole before it fired; the observation has not been taken yet: offer it again. */
    HOLE(AlertState.ALERT_STATE_PENDING, AlertState.ALERT_STATE_INACTIVE),
    /** Cleared. */
    RESOLVED(AlertState.ALERT_STATE_FIRING, AlertState.ALERT_STATE_RESOLVED);

    private final AlertState from;
    private final AlertState to;

    AlertChange(AlertState from, AlertState to) {
        this.from = from;
        this.to = to;
    }

    AlertState from() {
        return from;
    }

    AlertState to() {
        return to;
    }
}

package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.v1.AlertState;

/**
 * One rule on one series of one machine: a state machine over (time, level), which knows no clock. One thread at a time.
 *
 * <pre>
 *             BREACH                 BREACH held for `for`
 *  INACTIVE ----------> PENDING ------------------------> FIRING
 *     ^   \                | not BREACH, or a hole           | CLEAR
 *     |    \ (for = 0)     v                                 v
 *     |     `----------> FIRING                          RESOLVED (told, then INACTIVE)
 *     `--------------------+---------------------------------'
 * </pre>
 *
 * Time is that of the samples. An episode starts at the end stamp of the first interval that breached. Up to
 * {@value #HOLE_INTERVALS} missing intervals keep a pending one; a firing one outlives any hole, since silence is no recovery.
 * Observations that are not newer than the last are ignored.
 */
final class AlertInstance {
    /** Missing intervals that do not reset {@code for}. */
    static final int HOLE_INTERVALS = 2;

    final SeriesTest test;
    final String series;

    private AlertState state = AlertState.ALERT_STATE_INACTIVE;
    private long startMillis;
    private long firedMillis;
    private long lastMillis;
    private long valueWire;
    private int valueMillis = 1;

    AlertInstance(SeriesTest test, String series) {
        this.test = test;
        this.series = series;
    }

    /**
     * Takes one interval.
     *
     * @param wire the value as on the wire
     * @param endMillis end of the interval, Unix milliseconds
     * @param durationMillis its length
     * @return what changed; after {@link AlertChange#HOLE} the same observation is to be offered once more
     */
    AlertChange observe(long wire, long endMillis, int durationMillis) {
        if (endMillis <= lastMillis) {
            return AlertChange.NONE;
        }
        if (state == AlertState.ALERT_STATE_PENDING && isHole(endMillis, durationMillis)) {
            state = AlertState.ALERT_STATE_INACTIVE;
            return AlertChange.HOLE;
        }
        lastMillis = endMillis;
        valueWire = wire;
        valueMillis = durationMillis;
        return step(test.level(wire, durationMillis), endMillis);
    }

    /** Takes note of what others of its column judged to change nothing: one not newer than the last is ignored. */
    void saw(long wire, long endMillis, int durationMillis) {
        if (endMillis > lastMillis) {
            lastMillis = endMillis;
            valueWire = wire;
            valueMillis = durationMillis;
        }
    }

    /** Half an interval of slack: stamps follow ticks that come late now and then. */
    private boolean isHole(long endMillis, int durationMillis) {
        return endMillis - lastMillis > (HOLE_INTERVALS + 1) * (long) durationMillis + durationMillis / 2;
    }

    private AlertChange step(Level level, long endMillis) {
        return switch (state) {
            case ALERT_STATE_PENDING -> {
                if (level != Level.BREACH) {
                    state = AlertState.ALERT_STATE_INACTIVE;
                    yield AlertChange.DROPPED;
                }
                if (endMillis - startMillis < test.holdMillis) {
                    yield AlertChange.NONE;
                }
                state = AlertState.ALERT_STATE_FIRING;
                firedMillis = endMillis;
                yield AlertChange.FIRED;
            }
            case ALERT_STATE_FIRING -> {
                if (level != Level.CLEAR) {
                    yield AlertChange.NONE;
                }
                state = AlertState.ALERT_STATE_INACTIVE;
                yield AlertChange.RESOLVED;
            }
            default -> {
                if (level != Level.BREACH) {
                    yield AlertChange.NONE;
                }
                startMillis = endMillis;
                firedMillis = 0;
                state = test.holdMillis == 0 ? AlertState.ALERT_STATE_FIRING : AlertState.ALERT_STATE_PENDING;
                firedMillis = test.holdMillis == 0 ? endMillis : 0;
                yield test.holdMillis == 0 ? AlertChange.FIRED_AT_ONCE : AlertChange.BEGUN;
            }
        };
    }

    /** Ends what is under way for a reason outside the values. */
    AlertChange end() {
        AlertChange change = switch (state) {
            case ALERT_STATE_PENDING -> AlertChange.DROPPED;
            case ALERT_STATE_FIRING -> AlertChange.RESOLVED;
            default -> AlertChange.NONE;
        };
        state = AlertState.ALERT_STATE_INACTIVE;
        return change;
    }

    /** Time runs from an earlier stamp again, as after a clock was set back and a new run began. */
    void rebase(long millis) {
        lastMillis = Math.min(lastMillis, millis);
    }

    /**
     * Takes over what another evaluator said at {@code atMillis}. Where this one has seen something newer, an episode that is
     * older than its own wins, and the next observation decides whether it goes on.
     */
    void restore(AlertState known, long start, long fired, long atMillis) {
        boolean nothingHere = state == AlertState.ALERT_STATE_INACTIVE;
        if (lastMillis > atMillis && !nothingHere && startMillis <= start) {
            return;
        }
        state = known;
        startMillis = start;
        firedMillis = fired;
        lastMillis = Math.max(lastMillis, atMillis);
    }

    /** Carries the state of an instance of the same rule and series over to this one, whose thresholds may differ. */
    void continueFrom(AlertInstance other) {
        state = other.state;
        startMillis = other.startMillis;
        firedMillis = other.firedMillis;
        lastMillis = other.lastMillis;
        valueWire = other.valueWire;
        valueMillis = other.valueMillis;
    }

    boolean isActive() {
        return state != AlertState.ALERT_STATE_INACTIVE;
    }

    AlertState state() {
        return state;
    }

    long startMillis() {
        return startMillis;
    }

    long firedMillis() {
        return firedMillis;
    }

    long lastMillis() {
        return lastMillis;
    }

    long valueWire() {
        return valueWire;
    }

    int valueMillis() {
        return valueMillis;
    }

    /** Newest value in the metric's REST unit. */
    double value() {
        return test.column.value(valueWire, valueMillis);
    }
}

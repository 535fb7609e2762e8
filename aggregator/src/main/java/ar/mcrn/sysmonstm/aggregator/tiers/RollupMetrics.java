package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the rollup of this aggregator does, and how far the tiers are, whoever did it. Pairs repaired or expired here are as many
 * as were taken from {@code rollup_dirty} here. Any thread reads; the rollup thread writes.
 */
final class RollupMetrics {
    final Counter minuteRows;
    final Counter hourRows;
    final Counter failures;
    final Busy closeBusy;
    final Busy minuteBusy;
    final Busy hourBusy;

    private final Counter done;
    private final Counter expired;
    private final Busy repairBusy;
    private volatile long dirty;
    private volatile Instant minutesUntil;
    private volatile Instant hoursUntil;

    /** Time spent in transactions, by the clock: an upper bound of the CPU time that the database spent on it. */
    static final class Busy {
        private final LongAdder nanos = new LongAdder();

        void add(Duration took) {
            nanos.add(took.toNanos());
        }

        double seconds() {
            return nanos.sum() / 1e9;
        }
    }

    RollupMetrics(Telemetry telemetry, InstantSource clock) {
        minuteRows = telemetry.counter("sysmonstm_rollup_rows", "Rows rolled up, without repairs", "tier", "minute");
        hourRows = telemetry.counter("sysmonstm_rollup_rows", "Rows rolled up, without repairs", "tier", "hour");
        done = telemetry.counter("sysmonstm_rollup_repairs", "Hours of machines rolled up again", "outcome", "done");
        expired = telemetry.counter(
                "sysmonstm_rollup_repairs", "Hours of machines rolled up again", "outcome", "expired");
        failures = telemetry.counter("sysmonstm_rollup_failures", "Transactions of the rollup that failed");
        closeBusy = busy(telemetry, "close");
        minuteBusy = busy(telemetry, "minute");
        hourBusy = busy(telemetry, "hour");
        repairBusy = busy(telemetry, "repair");
        telemetry.gauge(
                "sysmonstm_rollup_dirty_hours", "Hours of machines that wait to be rolled up again", () -> dirty);
        telemetry.gauge(
                "sysmonstm_rollup_lag_seconds",
                "Age of the tier's mark; an hour's grows to 3,600 and some",
                () -> age(clock, minutesUntil),
                "tier",
                "minute");
        telemetry.gauge(
                "sysmonstm_rollup_lag_seconds",
                "Age of the tier's mark; an hour's grows to 3,600 and some",
                () -> age(clock, hoursUntil),
                "tier",
                "hour");
    }

    private static Busy busy(Telemetry telemetry, String work) {
        Busy busy = new Busy();
        telemetry.counterFrom(
                "sysmonstm_rollup_busy_seconds",
                "Time spent in the rollup's transactions",
                busy::seconds,
                "work",
                work);
        return busy;
    }

    private static double age(InstantSource clock, Instant mark) {
        return mark == null
                ? Double.NaN
                : Duration.between(mark, clock.instant()).toMillis() / 1e3;
    }

    /** A pair was looked at. */
    void repaired(Repair.Outcome outcome, Duration took) {
        repairBusy.add(took);
        switch (outcome) {
            case DONE -> done.increment();
            case EXPIRED -> expired.increment();
            case LEFT -> {}
        }
    }

    /** How far the tiers are, and how many pairs wait. */
    void seen(Marks marks, long dirtyHours) {
        minutesUntil = marks.minutesUntil();
        hoursUntil = marks.hoursUntil();
        dirty = dirtyHours;
    }
}

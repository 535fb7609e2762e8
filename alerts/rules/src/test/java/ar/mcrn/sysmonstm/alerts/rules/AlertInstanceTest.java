package ar.mcrn.sysmonstm.alerts.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.v1.AlertState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlertInstanceTest {
    private static final int SECOND = 1000;
    private static final long T0 = 1_763_683_200_000L;

    @Test
    void firesOnceItHeldForAsLongAsAsked() {
        AlertInstance instance = instance(Comparison.ABOVE, 0.9, 0.8, 3);
        assertThat(instance.observe(9_001, T0, SECOND)).isEqualTo(AlertChange.BEGUN);
        assertThat(instance.observe(9_500, T0 + 1000, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(instance.observe(9_500, T0 + 2999, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(instance.observe(9_500, T0 + 3000, SECOND)).isEqualTo(AlertChange.FIRED);
        assertThat(instance.startMillis()).isEqualTo(T0);
        assertThat(instance.firedMillis()).isEqualTo(T0 + 3000);
        assertThat(instance.value()).isCloseTo(0.95, within(1e-9));
    }

    @Test
    void theThresholdItselfIsNotBeyondIt() {
        AlertInstance above = instance(Comparison.ABOVE, 0.9, 0.9, 0);
        assertThat(above.observe(9_000, T0, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(above.observe(9_001, T0 + 1000, SECOND)).isEqualTo(AlertChange.FIRED_AT_ONCE);
        assertThat(above.observe(9_000, T0 + 2000, SECOND)).isEqualTo(AlertChange.RESOLVED);
        AlertInstance below = instance(Comparison.BELOW, 0.1, 0.2, 0);
        assertThat(below.observe(1_000, T0, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(below.observe(999, T0 + 1000, SECOND)).isEqualTo(AlertChange.FIRED_AT_ONCE);
        assertThat(below.observe(1_999, T0 + 2000, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(below.observe(2_000, T0 + 3000, SECOND)).isEqualTo(AlertChange.RESOLVED);
    }

    @Test
    void betweenClearAndThresholdKeepsFiringButEndsPending() {
        AlertInstance firing = instance(Comparison.ABOVE, 0.9, 0.8, 0);
        firing.observe(9_500, T0, SECOND);
        assertThat(firing.observe(8_500, T0 + 1000, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(firing.observe(8_000, T0 + 2000, SECOND)).isEqualTo(AlertChange.RESOLVED);
        AlertInstance pending = instance(Comparison.ABOVE, 0.9, 0.8, 10);
        pending.observe(9_500, T0, SECOND);
        assertThat(pending.observe(8_500, T0 + 1000, SECOND)).isEqualTo(AlertChange.DROPPED);
    }

    @Test
    void aHoleOfTwoIntervalsKeepsPendingAndOfThreeBeginsAnew() {
        AlertInstance two = instance(Comparison.ABOVE, 0.9, 0.9, 4);
        two.observe(9_500, T0, SECOND);
        assertThat(two.observe(9_500, T0 + 3000, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(two.observe(9_500, T0 + 4000, SECOND)).isEqualTo(AlertChange.FIRED);
        AlertInstance three = instance(Comparison.ABOVE, 0.9, 0.9, 4);
        three.observe(9_500, T0, SECOND);
        assertThat(three.observe(9_500, T0 + 4000, SECOND)).isEqualTo(AlertChange.HOLE);
        assertThat(three.observe(9_500, T0 + 4000, SECOND)).isEqualTo(AlertChange.BEGUN);
        assertThat(three.startMillis()).isEqualTo(T0 + 4000);
    }

    @Test
    void holesCountInTheSeriesOwnInterval() {
        AlertInstance disk = instance(Comparison.ABOVE, 0.9, 0.9, 120);
        disk.observe(9_500, T0, 60 * SECOND);
        assertThat(disk.observe(9_500, T0 + 180_000, 60 * SECOND)).isEqualTo(AlertChange.FIRED);
    }

    @Test
    void silenceIsNoRecovery() {
        AlertInstance instance = instance(Comparison.ABOVE, 0.9, 0.9, 0);
        instance.observe(9_500, T0, SECOND);
        assertThat(instance.observe(9_500, T0 + 3_600_000, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(instance.state()).isEqualTo(AlertState.ALERT_STATE_FIRING);
        assertThat(instance.startMillis()).isEqualTo(T0);
    }

    @Test
    void oldAndRepeatedObservationsChangeNothing() {
        AlertInstance instance = instance(Comparison.ABOVE, 0.9, 0.9, 0);
        instance.observe(9_500, T0, SECOND);
        assertThat(instance.observe(0, T0, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(instance.observe(0, T0 - 1000, SECOND)).isEqualTo(AlertChange.NONE);
        assertThat(instance.state()).isEqualTo(AlertState.ALERT_STATE_FIRING);
    }

    /** Any order of values, holes, repeats and old samples gives what a plain model over the accepted samples gives. */
    @Test
    void agreesWithAPlainModelUnderAnyOrderOfEvents() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            int hold = random.nextInt(6);
            AlertInstance instance = instance(Comparison.ABOVE, 0.9, 0.8, hold);
            Model model = new Model(hold * 1000L);
            long time = T0;
            for (int event = 0; event < 60; event++) {
                time += switch (random.nextInt(10)) {
                    case 0 -> 0;
                    case 1 -> -1000L * random.nextInt(5);
                    case 2 -> 1000L * (2 + random.nextInt(4));
                    default -> 1000;
                };
                long wire = new long[] {7_000, 8_000, 8_500, 9_000, 9_001, 10_000}[random.nextInt(6)];
                List<AlertChange> changes = new ArrayList<>();
                AlertChange change = instance.observe(wire, time, SECOND);
                if (change == AlertChange.HOLE) {
                    changes.add(change);
                    change = instance.observe(wire, time, SECOND);
                }
                if (change != AlertChange.NONE) {
                    changes.add(change);
                }
                assertThat(changes)
                        .as("seed=%d round=%d event=%d", seed, round, event)
                        .isEqualTo(model.observe(wire, time));
                assertThat(instance.isActive()).isEqualTo(model.breachSince != 0);
            }
        }
    }

    /** States as one stamp: 0 = inactive; firing is a flag beside it. */
    private static final class Model {
        private final long holdMillis;
        private long breachSince;
        private boolean firing;
        private long last;

        Model(long holdMillis) {
            this.holdMillis = holdMillis;
        }

        List<AlertChange> observe(long wire, long time) {
            List<AlertChange> changes = new ArrayList<>();
            if (time <= last) {
                return changes;
            }
            long missing = (time - last) / 1000 - 1;
            last = time;
            if (breachSince != 0 && !firing && missing > 2) {
                breachSince = 0;
                changes.add(AlertChange.HOLE);
            }
            if (firing && wire <= 8_000) {
                firing = false;
                breachSince = 0;
                changes.add(AlertChange.RESOLVED);
            } else if (!firing && breachSince != 0 && wire <= 9_000) {
                breachSince = 0;
                changes.add(AlertChange.DROPPED);
            } else if (!firing && breachSince != 0 && time - breachSince >= holdMillis) {
                firing = true;
                changes.add(AlertChange.FIRED);
            } else if (breachSince == 0 && wire > 9_000) {
                breachSince = time;
                firing = holdMillis == 0;
                changes.add(firing ? AlertChange.FIRED_AT_ONCE : AlertChange.BEGUN);
            }
            return changes;
        }
    }

    private static AlertInstance instance(Comparison comparison, double threshold, double clear, int holdSeconds) {
        Condition.Threshold condition =
                new Condition.Threshold(MetricKey.parse("system.cpu.utilization"), comparison, threshold, clear);
        AlertRule rule = new AlertRule(
                "cpu", condition, Duration.ofSeconds(holdSeconds), Severity.WARNING, MachineSelector.ALL, "");
        return new AlertInstance(SeriesTest.compile(rule, condition).getFirst(), "system.cpu.utilization");
    }
}

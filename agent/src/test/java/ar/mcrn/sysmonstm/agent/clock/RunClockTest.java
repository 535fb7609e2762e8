package ar.mcrn.sysmonstm.agent.clock;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.EventKind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RunClockTest {
    private static final long WALL = 1_763_688_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(5_000_000_000L);
    private final RunClock clock = new RunClock(nanos::get, WALL, 0, 0);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** A message there and back in 2 ms, to an aggregator that is ahead by {@code aheadMillis}. */
    private Optional<RunClock.Step> exchange(long aheadMillis) {
        return exchange(aheadMillis, 1, 1);
    }

    private Optional<RunClock.Step> exchange(long aheadMillis, long thereMillis, long backMillis) {
        long sent = clock.machineMicros();
        pass(Duration.ofMillis(thereMillis));
        long received = clock.machineMicros() + aheadMillis * 1_000;
        pass(Duration.ofMillis(backMillis));
        return clock.observe(Clock.newBuilder()
                .setAgentSentMicros(sent)
                .setAggregatorReceivedMicros(received)
                .setAggregatorSentMicros(received)
                .build());
    }

    private long errorMillis(long aheadMillis) {
        return (clock.nowMicros() - clock.machineMicros()) / 1_000 - aheadMillis;
    }

    @Test
    void isCarriedByTheMonotonicClock() {
        pass(Duration.ofSeconds(3));
        assertThat(clock.nowMicros()).isEqualTo(WALL + 3_000_000);
    }

    @Test
    void goesForwardAtOnceAndSaysSo() {
        RunClock.Step step = exchange(60_000).orElseThrow();
        assertThat(step.kind()).isEqualTo(EventKind.EVENT_KIND_CLOCK_STEP);
        assertThat(step.toMillis() - step.fromMillis()).isEqualTo(60_000);
        assertThat(errorMillis(60_000)).isZero();
    }

    @Test
    void goesForwardALittleWithoutAWord() {
        assertThat(exchange(400)).isEmpty();
        assertThat(errorMillis(400)).isZero();
    }

    @Test
    void goesBackByRunningSlowAtFiftyMillisecondsPerSecond() {
        assertThat(exchange(-1_000)).isEmpty();
        pass(Duration.ofSeconds(10));
        assertThat(errorMillis(0)).isEqualTo(-500);
        pass(Duration.ofSeconds(30));
        assertThat(errorMillis(0)).isEqualTo(-1_000);
        assertThat(clock.endsRun()).isFalse();
    }

    @Test
    void neverGivesAStampTwiceNorAnEarlierOne() {
        long last = clock.stamp();
        exchange(-200_000);
        for (int i = 0; i < 1_000; i++) {
            pass(Duration.ofMillis(i % 3));
            long stamp = clock.stamp();
            assertThat(stamp).isGreaterThan(last);
            last = stamp;
        }
    }

    /** Otherwise what a reading takes would make neighbouring intervals overlap, or leave holes between them. */
    @Test
    void stampsAReadingWithTheMomentItBegan() {
        long first = clock.stamp();
        pass(Duration.ofSeconds(1));
        long read = nanos.get();
        pass(Duration.ofMillis(43));
        assertThat(clock.stampAt(read)).isEqualTo(first + 1_000);
        pass(Duration.ofMillis(957));
        assertThat(clock.stampAt(nanos.get())).isEqualTo(first + 2_000);
    }

    @Test
    void beginsAfterTheStampGiven() {
        RunClock later = new RunClock(nanos::get, WALL, 0, WALL / 1_000 + 5_000);
        assertThat(later.stamp()).isEqualTo(WALL / 1_000 + 5_001);
    }

    @Test
    void endsTheRunWhenItWouldHaveToGoBackByMoreThanFiveMinutes() {
        exchange(-299_000);
        assertThat(clock.endsRun()).isFalse();
        RunClock other = new RunClock(nanos::get, WALL, 0, 0);
        long sent = other.machineMicros();
        other.observe(Clock.newBuilder()
                .setAgentSentMicros(sent)
                .setAggregatorReceivedMicros(sent - 301_000_000)
                .setAggregatorSentMicros(sent - 301_000_000)
                .build());
        assertThat(other.endsRun()).isTrue();
        assertThat(other.correctionMicros()).isEqualTo(-301_000_000);
        RunClock next = new RunClock(nanos::get, other.machineMicros(), other.correctionMicros(), 0);
        assertThat(next.nowMicros()).isEqualTo(WALL - 301_000_000);
    }

    @Test
    void believesTheMeasurementWithTheLeastDelay() {
        exchange(500);
        // Queued for 300 ms on the way there only: looks as if the aggregator were ahead by 150 ms more.
        exchange(500, 300, 1);
        assertThat(errorMillis(500)).isZero();
        exchange(500, 1, 400);
        pass(Duration.ofSeconds(60));
        assertThat(errorMillis(500)).isZero();
    }

    @Test
    void forgetsOldMeasurementsWhenAClockWasStepped() {
        exchange(0);
        assertThat(exchange(90_000, 20, 20)).isPresent();
        assertThat(errorMillis(90_000)).isZero();
    }

    @Test
    void goesForwardByTheTimeAsleep() {
        exchange(200);
        RunClock.Step step = clock.ticked(Duration.ofHours(8)).orElseThrow();
        assertThat(step.kind()).isEqualTo(EventKind.EVENT_KIND_SUSPEND);
        assertThat(step.toMillis() - step.fromMillis())
                .isEqualTo(Duration.ofHours(8).toMillis());
    }

    @Test
    void timeAsleepThatTheAggregatorHasCorrectedIsNotAddedAgain() {
        exchange(200);
        assertThat(clock.ticked(Duration.ZERO)).isEmpty();
        // The monotonic clock stood still for an hour, and the aggregator is heard before the first tick after it.
        assertThat(exchange(3_600_200)).isPresent();
        assertThat(clock.ticked(Duration.ofHours(1))).isEmpty();
        assertThat(errorMillis(3_600_200)).isZero();
        assertThat(clock.ticked(Duration.ofHours(2))).as("asleep again").isPresent();
        assertThat(errorMillis(10_800_200)).isZero();
    }

    @Test
    void onlyWhatTheAggregatorHasNotCorrectedIsAdded() {
        exchange(0);
        clock.ticked(Duration.ZERO);
        exchange(3_600_000);
        RunClock.Step rest = clock.ticked(Duration.ofHours(3)).orElseThrow();
        assertThat(rest.toMillis() - rest.fromMillis())
                .isEqualTo(Duration.ofHours(2).toMillis());
    }

    @Test
    void theErrorForAnotherProcessIsThatOfTheWallClockNow() {
        exchange(100);
        clock.ticked(Duration.ofHours(8));
        long wall = clock.machineMicros() + Duration.ofHours(8).toNanos() / 1_000;
        assertThat(clock.wallErrorMicros(wall))
                .as("the wall clock went on asleep")
                .isEqualTo(100_000);
        assertThat(clock.wallErrorMicros(wall + 3_600_000_000L))
                .as("set an hour ahead since")
                .isEqualTo(100_000 - 3_600_000_000L);
        RunClock next = new RunClock(nanos::get, wall, clock.wallErrorMicros(wall), 0);
        assertThat(next.nowMicros()).isEqualTo(clock.nowMicros());
    }

    @Test
    void doesNotBelieveNonsense() {
        assertThat(clock.observe(Clock.getDefaultInstance())).isEmpty();
        assertThat(clock.observe(Clock.newBuilder()
                        .setAgentSentMicros(clock.machineMicros() + 5_000_000)
                        .setAggregatorReceivedMicros(WALL)
                        .setAggregatorSentMicros(WALL)
                        .build()))
                .isEmpty();
        assertThat(errorMillis(0)).isZero();
    }
}

package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Welcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WelcomeClockTest {
    private static final Duration HORIZON = Duration.ofDays(2);
    private static final long SECOND = 1_000_000_000;

    private final WelcomeClock clock = new WelcomeClock();

    private Welcome welcome(long nanos, Duration horizon) {
        return clock.welcome(nanos, 30, horizon).getWelcome();
    }

    @Test
    void carriesBothTimesOfTheNewestMessage() {
        clock.received(20);
        clock.agentSent(10);
        Welcome welcome = welcome(0, HORIZON);
        assertThat(welcome.getClock())
                .isEqualTo(Clock.newBuilder()
                        .setAgentSentMicros(10)
                        .setAggregatorReceivedMicros(20)
                        .setAggregatorSentMicros(30)
                        .build());
        assertThat(welcome.getAcceptHorizonMillis()).isEqualTo(HORIZON.toMillis());
    }

    @Test
    void isToldWithinAMinuteWhereNothingElseCarriesIt() {
        welcome(0, HORIZON);
        assertThat(clock.isDue(55 * SECOND, HORIZON)).isFalse();
        assertThat(clock.isDue(56 * SECOND, HORIZON)).isTrue();
        clock.told(50 * SECOND);
        assertThat(clock.isDue(56 * SECOND, HORIZON)).isFalse();
        assertThat(clock.isDue(106 * SECOND, HORIZON)).isTrue();
    }

    @Test
    void isToldASecondAfterSamplesWereRefusedForTheirStampsAndOnlyThen() {
        welcome(0, HORIZON);
        clock.wrong();
        assertThat(clock.isDue(SECOND / 2, HORIZON)).isFalse();
        assertThat(clock.isDue(2 * SECOND, HORIZON)).isTrue();
        welcome(2 * SECOND, HORIZON);
        assertThat(clock.isDue(4 * SECOND, HORIZON)).isFalse();
    }

    @Test
    void isToldAtOnceWhenTheHorizonHasMovedByAMinuteAndNotForEachMillisecond() {
        welcome(0, HORIZON);
        assertThat(clock.isDue(1, HORIZON.minusSeconds(59))).isFalse();
        assertThat(clock.isDue(1, HORIZON.minusSeconds(60))).isTrue();
        assertThat(clock.isDue(1, HORIZON.plusSeconds(60))).isTrue();
        welcome(1, HORIZON.minusHours(20));
        assertThat(clock.isDue(2, HORIZON.minusHours(20))).isFalse();
    }
}

package ar.mcrn.sysmonstm.api.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TierPlanTest {
    private static final long NOW = at("2026-03-02T10:20:45.300Z");
    private static final TierMarks MARKS = marks("2026-03-02T10:19:00Z");

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static TierMarks marks(String minutesUntil) {
        return new TierMarks(
                TierMarks.ALWAYS, TierMarks.ALWAYS, at(minutesUntil), at("2026-03-02T10:00:00Z"), TierMarks.ALWAYS);
    }

    @Test
    void aDayIsComparedByHoursAndTheMinutesSince() {
        TierPlan plan = TierPlan.comparison(MARKS, NOW - Duration.ofDays(1).toMillis(), NOW);
        assertThat(plan.parts())
                .containsExactly(
                        new TierPlan.Part(Tier.HOUR, at("2026-03-01T10:00:00Z"), at("2026-03-02T10:00:00Z")),
                        new TierPlan.Part(Tier.MINUTE, at("2026-03-02T10:00:00Z"), at("2026-03-02T10:19:00Z")));
        assertThat(plan.from()).isEqualTo(at("2026-03-01T10:00:00Z"));
        assertThat(plan.to()).isEqualTo(at("2026-03-02T10:19:00Z"));
    }

    @Test
    void aDayOfThePastEndsWithItsMinute() {
        TierPlan plan = TierPlan.comparison(MARKS, at("2026-02-27T08:30:00Z"), at("2026-02-28T08:30:10Z"));
        assertThat(plan.from()).isEqualTo(at("2026-02-27T08:00:00Z"));
        assertThat(plan.to()).isEqualTo(at("2026-02-28T08:31:00Z"));
    }

    @Test
    void shorterRangesAndLateRollupsAreComparedExactly() {
        long from = NOW - Duration.ofHours(23).toMillis();
        assertThat(TierPlan.comparison(MARKS, from, NOW)).isEqualTo(TierPlan.range(MARKS, from, NOW));
        TierMarks late = marks("2026-03-02T10:10:00Z");
        long day = NOW - Duration.ofDays(1).toMillis();
        assertThat(TierPlan.comparison(late, day, NOW)).isEqualTo(TierPlan.range(late, day, NOW));
        assertThat(TierPlan.comparison(TierMarks.rawOnly(), day, NOW))
                .isEqualTo(TierPlan.range(TierMarks.rawOnly(), day, NOW));
    }
}

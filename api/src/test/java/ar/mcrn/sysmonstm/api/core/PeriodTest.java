package ar.mcrn.sysmonstm.api.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PeriodTest {
    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    private static TimeRange month(int resetDay, int back) {
        return Period.month(resetDay, ZoneOffset.UTC, back, NOW);
    }

    @Test
    void aMonthBeginsOnItsResetDay() {
        assertThat(month(1, 0)).isEqualTo(new TimeRange(Instant.parse("2026-03-01T00:00:00Z"), NOW));
        assertThat(month(10, 0)).isEqualTo(new TimeRange(Instant.parse("2026-03-10T00:00:00Z"), NOW));
        assertThat(month(11, 0)).isEqualTo(new TimeRange(Instant.parse("2026-02-11T00:00:00Z"), NOW));
        assertThat(month(1, 1))
                .isEqualTo(new TimeRange(Instant.parse("2026-02-01T00:00:00Z"), Instant.parse("2026-03-01T00:00:00Z")));
    }

    @Test
    void aResetDayThatTheMonthHasNotIsItsLast() {
        assertThat(month(31, 0).from()).isEqualTo(Instant.parse("2026-02-28T00:00:00Z"));
        assertThat(month(31, 1))
                .isEqualTo(new TimeRange(Instant.parse("2026-01-31T00:00:00Z"), Instant.parse("2026-02-28T00:00:00Z")));
    }

    @Test
    void daysAreThoseOfTheZone() {
        Instant justBefore = Instant.parse("2026-03-31T21:59:59Z");
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        assertThat(Period.month(1, berlin, 0, justBefore).from()).isEqualTo(Instant.parse("2026-02-28T23:00:00Z"));
        assertThat(Period.month(1, berlin, 0, justBefore.plusSeconds(1)).from())
                .isEqualTo(Instant.parse("2026-03-31T22:00:00Z"));
    }

    @Test
    void refusesWhatIsOutOfRange() {
        refused("period=week, allowed: month", "week", "1", "UTC", "0");
        refused("resetDay=32, allowed: 1 to 31", "month", "32", "UTC", "0");
        refused("zone=Mars/Olympus, allowed", "month", "1", "Mars/Olympus", "0");
        refused("back=-1, allowed: 0 to 60", "month", "1", "UTC", "-1");
        assertThatThrownBy(() -> Period.parse(
                        Optional.of("now-1d"),
                        Optional.empty(),
                        Optional.of("month"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        NOW))
                .hasMessageContaining("from and to stand alone");
    }

    private static void refused(String message, String period, String resetDay, String zone, String back) {
        assertThatThrownBy(() -> Period.parse(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(period),
                        Optional.of(resetDay),
                        Optional.of(zone),
                        Optional.of(back),
                        NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}

package ar.mcrn.sysmonstm.api.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistoryQueryTest {
    private static final long SEED = System.nanoTime();
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void readsTimesInEveryForm() {
        assertThat(time("now")).isEqualTo(NOW);
        assertThat(time("now-6h")).isEqualTo(NOW.minus(Duration.ofHours(6)));
        assertThat(time("now-250ms")).isEqualTo(NOW.minusMillis(250));
        assertThat(time("2026-03-01T13:00:00+01:00")).isEqualTo(NOW);
        assertThat(time("1772366400.5")).isEqualTo(Instant.ofEpochMilli(1_772_366_400_500L));
        for (String bad : List.of("", "yesterday", "now+1h", "2026-03-01", "-5", "1e9", "now-99999999999h")) {
            assertThatThrownBy(() -> time(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("from=" + bad);
        }
        assertThatThrownBy(() -> time("2026-03-01 13:00")).hasMessageEndingWith("now-6h");
        assertThatThrownBy(() -> time("2026-03-01T13:00:00 01:00")).hasMessageEndingWith("+ is a blank, and %2B a +");
    }

    private static Instant time(String text) {
        return TimeExpression.parse("from", text, NOW);
    }

    @Test
    void splitsKeysAtCommasOutsideBracesAndQuotes() {
        assertThat(HistoryQuery.split("a, b{x=1,y=2} ,c{m=\"/a,\\\"}b\"},"))
                .containsExactly("a", "b{x=1,y=2}", "c{m=\"/a,\\\"}b\"}");
    }

    @Test
    void stepGivesNoMorePointsThanWanted() {
        for (int points : List.of(1, 2, 100, 600, 2_000)) {
            for (Duration span : List.of(Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofDays(1_500))) {
                HistoryQuery query = new HistoryQuery("a", List.of("b"), NOW.minus(span), NOW, points);
                assertThat(span.toMillis() / query.stepMillis()).isLessThanOrEqualTo(points);
            }
        }
        assertThat(new HistoryQuery("a", List.of("b"), NOW.minus(Duration.ofHours(1)), NOW, 600).stepMillis())
                .isEqualTo(10_000);
    }

    @Test
    void stepGivesNoMorePointsThanWantedWhereverTheRangeBegins() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            int points = 1 + random.nextInt(random.nextBoolean() ? 4 : 2_000);
            long span = 1
                    + random.nextLong(
                            random.nextBoolean()
                                    ? 8_000_000
                                    : Duration.ofDays(1_800).toMillis());
            Instant from = NOW.minusMillis(span + random.nextLong(100_000_000));
            long step = new HistoryQuery("a", List.of("b"), from, from.plusMillis(span), points).stepMillis();
            // below 10 s steps begin at the machine's own stamps, so that one more may be touched
            long touched = step < 10_000
                    ? Math.ceilDiv(span, step) + 1
                    : Math.floorDiv(from.toEpochMilli() + span - 1, step)
                            - Math.floorDiv(from.toEpochMilli(), step)
                            + 1;
            assertThat(touched)
                    .as("seed=%s, from=%s, span=%s, step=%s", SEED, from, span, step)
                    .isLessThanOrEqualTo(points);
        }
    }

    @Test
    void refusesWhatIsOutOfRange() {
        refused("allowed: 1970 or later", "now-5000w", "now-4900w", "60");
        refused("allowed: 1970 or later", "-999999999-01-01T00:00:00Z", "-999999998-01-01T00:00:00Z", "60");
        refused("from=2026-03-01T12:00:00Z is not before", "now", "now", "60");
        refused("at most 5 years", "now-300w", "now", "60");
        refused("allowed: 1970 or later", "-500000000-01-01T00:00:00Z", "-500000000-01-02T00:00:00Z", "60");
        refused("points=0", "now-1h", "now", "0");
        refused("points=2001", "now-1h", "now", "2001");
        refused("points=many", "now-1h", "now", "many");
        refused("lies in the future", "now", "2027-01-01T00:00:00Z", "60");
    }

    private static void refused(String message, String from, String to, String points) {
        assertThatThrownBy(() -> HistoryQuery.parse(
                        "a",
                        Optional.of("system.cpu.utilization"),
                        Optional.of(from),
                        Optional.of(to),
                        Optional.of(points),
                        Optional.empty(),
                        List.of(),
                        NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}

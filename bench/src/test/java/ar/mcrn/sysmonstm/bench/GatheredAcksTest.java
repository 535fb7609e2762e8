package ar.mcrn.sysmonstm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Range;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class GatheredAcksTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final GatheredAcks acks = new GatheredAcks();

    private Optional<Ack> sample(long sequence, long seconds) {
        return acks.samples(range(sequence, sequence), Clock.getDefaultInstance(), seconds * SECOND);
    }

    private static Range range(long first, long last) {
        return Range.newBuilder().setRun(7).setFirst(first).setLast(last).build();
    }

    @Test
    void theFirstIsToldAtOnceAndThenOneForSeveral() {
        assertThat(sample(1, 1).orElseThrow().getSamplesList()).containsExactly(range(1, 1));
        for (int second = 2; second <= 5; second++) {
            assertThat(sample(second, second)).isEmpty();
        }
        assertThat(acks.event(range(1, 1), 5 * SECOND)).isEmpty();
        Ack ack = sample(6, 6).orElseThrow();
        assertThat(ack.getSamplesList()).containsExactly(range(2, 6));
        assertThat(ack.getEventsList()).containsExactly(range(1, 1));
    }

    @Test
    void manyAreToldBeforeTheirTime() {
        assertThat(sample(1, 1)).isPresent();
        assertThat(acks.samples(range(2, 64), Clock.getDefaultInstance(), SECOND))
                .isEmpty();
        assertThat(sample(65, 1)).isPresent();
    }

    @Test
    void whatWaitsIsToldAtTheEnd() {
        assertThat(acks.rest()).isEmpty();
        assertThat(sample(1, 1)).isPresent();
        assertThat(sample(3, 2)).isEmpty();
        assertThat(acks.rest().orElseThrow().getSamplesList()).containsExactly(range(3, 3));
        assertThat(acks.rest()).isEmpty();
    }
}

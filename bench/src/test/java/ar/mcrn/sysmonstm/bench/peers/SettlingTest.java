package ar.mcrn.sysmonstm.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SettlingTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Settling settling = new Settling(100);

    @Test
    void itIsOverWhenAllIsStored() {
        assertThat(settling.isOver(40, 0)).isFalse();
        assertThat(settling.isOver(40, 59 * SECOND)).isFalse();
        assertThat(settling.isOver(99, 70 * SECOND)).isFalse();
        assertThat(settling.isOver(100, 129 * SECOND)).isTrue();
        assertThat(settling.note()).isEmpty();
    }

    @Test
    void whatNeverComesIsSaid() {
        assertThat(settling.isOver(60, 0)).isFalse();
        assertThat(settling.isOver(60, 60 * SECOND)).isTrue();
        assertThat(settling.stored()).isEqualTo(60);
        assertThat(settling.note()).isEqualTo("NOT ALL STORED: 40 of 100 sent were not");
    }
}

package ar.mcrn.sysmonstm.ops.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OldGenerationTest {
    private static final long LEAST = OldGeneration.LEAST_GROWTH_BYTES;

    private long used;
    private long usedAfterLast;
    private int collected;
    private final OldGeneration heap = new OldGeneration(() -> used, () -> usedAfterLast, () -> {
        collected++;
        usedAfterLast = used / 3;
        used = usedAfterLast;
    });

    private int collectedAt(long bytes) {
        used = bytes;
        heap.look();
        return collected;
    }

    @Test
    void collectsOnceItGrewByAsMuchAsIsWorthIt() {
        assertThat(collectedAt(LEAST - 1)).isZero();
        assertThat(collectedAt(LEAST)).isEqualTo(1);
        assertThat(collectedAt(LEAST)).isEqualTo(1);
        assertThat(collectedAt(LEAST + LEAST / 3)).isEqualTo(2);
    }

    /** Tests run with the collector that services have. */
    @Test
    void knowsTheSerialCollectorsOldGeneration() {
        assertThat(OldGeneration.ofThisProcess()).isPresent();
    }

    @Test
    void collectsALargeOneOnlyWhenItHasGrownByHalf() {
        usedAfterLast = 4 * LEAST;
        assertThat(collectedAt(6 * LEAST - 1)).isZero();
        assertThat(collectedAt(6 * LEAST)).isEqualTo(1);
    }
}

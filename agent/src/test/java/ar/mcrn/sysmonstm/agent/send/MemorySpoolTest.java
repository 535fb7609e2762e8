package ar.mcrn.sysmonstm.agent.send;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The contract of the spool, in memory. */
class MemorySpoolTest extends SpoolContract {
    @Override
    protected Spool spool(int samples) {
        return new MemorySpool((long) samples * (SAMPLE_BYTES + MemorySpool.OVERHEAD_BYTES));
    }

    @Override
    protected int dropsAtATime() {
        return 1;
    }

    @Test
    void holdsSixHundredSamplesByDefault() {
        try (Spool spool = new MemorySpool()) {
            inventory(spool, 1, 1);
            for (int i = 1; i <= 600; i++) {
                spool.append(new SpoolRecord(1, i, 1, new byte[13_000]));
            }
            assertThat(spool.levels().dropped()).isZero();
        }
    }

    @Test
    void forgetsInventoriesThatNoSampleNeeds() {
        Spool spool = spool(10);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 1, 1);
        inventory(spool, 1, 2);
        append(spool, 1, 2, 2, 2);
        spool.takeLive(32, ROOM);
        spool.settle(range(1, 1, 1));
        assertThat(spool.inventory(1, 1)).isEmpty();
        assertThat(spool.inventory(1, 2)).isPresent();
    }
}

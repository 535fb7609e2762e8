package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.MachineId;
import org.junit.jupiter.api.Test;

class StreamInventoriesTest {
    private static final long LIVE = 7;

    private final StreamInventories inventories = new StreamInventories(new MachineId("web-1"), LIVE);

    private void put(long run, int number) {
        inventories.put(RandomSamples.inventory(run, number));
    }

    @Test
    void backfillNeverEvictsTheLiveOne() {
        put(LIVE, 3);
        for (int run = 20; run < 40; run++) {
            put(run, 1);
        }
        assertThat(inventories.find(LIVE, 3)).isNotNull();
        // Not with older ones of the same run either, which backfill sends as well.
        put(LIVE, 1);
        put(LIVE, 2);
        for (int run = 40; run < 50; run++) {
            put(run, 1);
        }
        assertThat(inventories.find(LIVE, 3)).isNotNull();
        assertThat(inventories.find(LIVE, 1)).isNull();
    }

    @Test
    void keepsThreeForBackfillTheNewestOnes() {
        put(LIVE, 1);
        for (int run = 20; run < 24; run++) {
            put(run, 1);
        }
        assertThat(inventories.find(20, 1)).isNull();
        for (int run = 21; run < 24; run++) {
            assertThat(inventories.find(run, 1)).as("run " + run).isNotNull();
        }
    }

    @Test
    void isKeyedByRunAndNumber() {
        put(LIVE, 1);
        put(8, 2);
        assertThat(inventories.find(8, 1)).isNull();
        assertThat(inventories.find(LIVE, 2)).isNull();
        assertThat(inventories.find(8, 2).number()).isEqualTo(2);
    }

    @Test
    void aNewerOneOfTheRunTakesTheLivePlace() {
        put(LIVE, 1);
        put(LIVE, 2);
        put(20, 1);
        put(21, 1);
        put(22, 1);
        assertThat(inventories.find(LIVE, 2)).isNotNull();
    }

    @Test
    void theSameAgainStaysWhatItIs() {
        put(LIVE, 1);
        MachineInventory held = inventories.find(LIVE, 1);
        put(LIVE, 1);
        assertThat(inventories.find(LIVE, 1)).isSameAs(held);
    }
}

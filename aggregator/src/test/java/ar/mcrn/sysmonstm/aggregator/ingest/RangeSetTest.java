package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.Range;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RangeSetTest {
    private final RangeSet ranges = new RangeSet();

    @Test
    void mergesWhatTouches() {
        for (long sequence : new long[] {1, 2, 5, 4, 3, 9}) {
            ranges.add(7, sequence);
        }
        ranges.add(8, 3);
        assertThat(ranges.count()).isEqualTo(7);
        assertThat(ranges.drain()).containsExactlyInAnyOrder(range(7, 1, 5), range(7, 9, 9), range(8, 3, 3));
        assertThat(ranges.isEmpty()).isTrue();
        assertThat(ranges.count()).isZero();
    }

    @Test
    void holdsExactlyWhatWasAddedInWhateverOrder() {
        long seed = 42;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            TreeSet<Long> expected = new TreeSet<>();
            List<Long> order = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                order.add(1 + (long) random.nextInt(80));
            }
            Collections.shuffle(order, random);
            for (long sequence : order) {
                ranges.add(7, sequence);
                expected.add(sequence);
            }
            assertThat(ranges.count()).isEqualTo(expected.size());
            TreeSet<Long> held = new TreeSet<>();
            for (Range range : ranges.drain()) {
                assertThat(held)
                        .as("seed=%d: ranges do not touch", seed)
                        .doesNotContain(range.getFirst() - 1, range.getLast() + 1);
                for (long sequence = range.getFirst(); sequence <= range.getLast(); sequence++) {
                    assertThat(held.add(sequence)).isTrue();
                }
            }
            assertThat(held).as("seed=%d round=%d", seed, round).isEqualTo(expected);
        }
    }

    private static Range range(long run, long first, long last) {
        return Range.newBuilder().setRun(run).setFirst(first).setLast(last).build();
    }
}

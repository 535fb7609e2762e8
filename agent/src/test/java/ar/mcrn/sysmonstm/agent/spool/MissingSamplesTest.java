package ar.mcrn.sysmonstm.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MissingSamplesTest {
    private final MissingSamples missing = new MissingSamples();

    private static SequenceRange range(long run, long first, long last) {
        return new SequenceRange(run, first, last);
    }

    @Test
    void nothingIsMissingWhereNothingIsExpected() {
        missing.account(7, 1);
        missing.account(range(7, 5, 9));
        assertThat(missing.missing()).isEmpty();
    }

    @Test
    void isWhatIsExpectedLessWhatIsAccountedFor() {
        missing.expect(range(7, 1, 10));
        missing.expect(range(7, 5, 12));
        missing.expect(range(8, 1, 3));
        missing.account(7, 3);
        missing.account(7, 4);
        missing.account(range(7, 12, 90));
        missing.account(9, 2);
        assertThat(missing.missing()).containsExactly(range(7, 1, 2), range(7, 5, 11), range(8, 1, 3));
    }

    @Test
    void agreesWithASet() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            MissingSamples ranges = new MissingSamples();
            TreeSet<Long> set = new TreeSet<>();
            TreeSet<Long> accounted = new TreeSet<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                long run = 1L + random.nextInt(3);
                long first = 1L + random.nextInt(30);
                long last = first + random.nextInt(8);
                boolean isExpected = random.nextBoolean();
                TreeSet<Long> to = isExpected ? set : accounted;
                for (long sequence = first; sequence <= last; sequence++) {
                    to.add(run * 1_000 + sequence);
                }
                if (isExpected) {
                    ranges.expect(range(run, first, last));
                } else if (first == last) {
                    ranges.account(run, first);
                } else {
                    ranges.account(range(run, first, last));
                }
            }
            set.removeAll(accounted);
            List<Long> found = new ArrayList<>();
            for (SequenceRange missed : ranges.missing()) {
                for (long sequence = missed.first(); sequence <= missed.last(); sequence++) {
                    found.add(missed.run() * 1_000 + sequence);
                }
            }
            assertThat(found).as("seed %d, round %d", seed, round).containsExactlyElementsOf(set);
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ar.mcrn.sysmonstm.contract.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CreditLedgerTest {
    private static final long SECOND = 1_000_000_000L;

    private final HistorySettings settings = HistorySettings.defaults();
    private final CreditLedger ledger = new CreditLedger(settings, 0);

    @Test
    void givesNothingWhileClosedAndSavesNothingUp() {
        RecordedOutcomes stream = new RecordedOutcomes();
        ledger.join(stream);
        ledger.grant(100 * SECOND, 0, false, 0, 0);
        ledger.grant(100 * SECOND + 1, 0, true, 0, 0);
        assertThat(stream.credit()).isZero();
        ledger.grant(101 * SECOND, 0, true, 0, 0);
        assertThat(stream.credit()).isPositive();
    }

    @Test
    void beginsAtFiveThousandASecondAndFollowsWhatTheWriterCommits() {
        assertThat(ledger.capacity()).isEqualTo(5_000);
        for (int i = 0; i < 1_000; i++) {
            ledger.committed(1_000, 600_000, SECOND / 20);
        }
        assertThat(ledger.capacity()).isCloseTo(20_000, within(1.0));
    }

    @Test
    void lifeOfOneStreamEndsWithAllItsCreditFree() {
        RecordedOutcomes stream = new RecordedOutcomes();
        ledger.join(stream);
        ledger.grant(SECOND, 0, true, 0, 0);
        assertThat(ledger.outstanding()).isEqualTo((int) stream.credit()).isPositive();
        ledger.used(stream);
        assertThat(ledger.outstanding()).isEqualTo((int) stream.credit() - 1);
        ledger.leave(stream);
        assertThat(ledger.outstanding()).isZero();
        ledger.used(stream);
        ledger.leave(stream);
        assertThat(ledger.outstanding()).isZero();
    }

    @Test
    void aStreamThatUsesItsCreditGetsToTheFullWindow() {
        RecordedOutcomes stream = new RecordedOutcomes();
        ledger.join(stream);
        long used = 0;
        for (int tick = 1; tick <= 20; tick++) {
            ledger.grant(tick * SECOND, 0, true, 0, 0);
            assertThat(stream.credit() - used).isLessThanOrEqualTo(Limits.CREDIT);
            while (used < stream.credit()) {
                ledger.used(stream);
                used++;
            }
        }
        ledger.grant(21 * SECOND, 0, true, 0, 0);
        assertThat(stream.credit() - used).isEqualTo(Limits.CREDIT);
    }

    @Test
    void leavesLiveItsShareButNeverLessThanTheLeastToBackfill() {
        List<RecordedOutcomes> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(new RecordedOutcomes());
            ledger.join(streams.get(i));
        }
        long before = 0;
        for (int tick = 1; tick <= 120; tick++) {
            ledger.grant(tick * SECOND, 6_000, true, 0, 0);
            long now = streams.stream().mapToLong(RecordedOutcomes::credit).sum();
            for (RecordedOutcomes stream : streams) {
                for (int i = 0; i < Limits.CREDIT; i++) {
                    ledger.used(stream);
                }
            }
            if (tick > 60) {
                assertThat(now - before).isBetween(255L, 257L);
            }
            before = now;
        }
    }

    /** 300 streams of which a few have backfill, coming and going; sends at random, writer at random. */
    @Test
    void neverPermitsMoreThanThereIsRoomFor() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<RecordedOutcomes, Long> sent = new LinkedHashMap<>();
        int queued = 0;
        long busiest = 0;
        for (int tick = 1; tick <= 3_000; tick++) {
            if (sent.size() < 300) {
                RecordedOutcomes stream = new RecordedOutcomes();
                ledger.join(stream);
                sent.put(stream, 0L);
            }
            if (random.nextInt(20) == 0) {
                RecordedOutcomes gone = sent.keySet().stream()
                        .skip(random.nextInt(sent.size()))
                        .findFirst()
                        .orElseThrow();
                ledger.leave(gone);
                sent.remove(gone);
            }
            ledger.grant(tick * SECOND / 4, random.nextInt(500), random.nextInt(10) > 0, queued, queued * 700L);
            long permitted = 0;
            for (Map.Entry<RecordedOutcomes, Long> entry : sent.entrySet()) {
                long open = entry.getKey().credit() - entry.getValue();
                assertThat(open).as("seed %d, tick %d", seed, tick).isBetween(0L, (long) Limits.CREDIT);
                permitted += open;
            }
            assertThat(ledger.outstanding()).as("seed %d, tick %d", seed, tick).isEqualTo((int) permitted);
            assertThat(permitted + queued)
                    .as("seed %d, tick %d", seed, tick)
                    .isLessThanOrEqualTo(settings.backfillRows());
            int index = 0;
            for (Map.Entry<RecordedOutcomes, Long> entry : sent.entrySet()) {
                long open = entry.getKey().credit() - entry.getValue();
                // Every tenth has something to send.
                int now = index++ % 10 == 0 && open > 0 ? random.nextInt((int) open + 1) : 0;
                for (int i = 0; i < now; i++) {
                    ledger.used(entry.getKey());
                }
                entry.setValue(entry.getValue() + now);
                queued += now;
            }
            busiest = Math.max(busiest, queued);
            int written = Math.min(queued, random.nextInt(1_500));
            queued -= written;
            if (written > 0) {
                ledger.committed(written, written * 700L, 1 + random.nextInt((int) SECOND / 4));
            }
        }
        assertThat(busiest).as("seed %d", seed).isGreaterThan(100);
    }
}

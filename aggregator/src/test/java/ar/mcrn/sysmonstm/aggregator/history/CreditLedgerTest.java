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
    void creditIsToldBeforeAnythingElseIsSaidOfItsStream() {
        boolean[] held = {false};
        ledger.join(new RecordedOutcomes() {
            @Override
            public void credit(int samples) {
                held[0] = Thread.holdsLock(ledger);
            }
        });
        ledger.grant(SECOND, 0, true, 0, 0);
        assertThat(held[0]).as("nothing else can come between").isTrue();
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
    void givesWhatWaitsAndNothingWhereNothingDoes() {
        List<RecordedOutcomes> idle = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            idle.add(new RecordedOutcomes());
            ledger.join(idle.get(i));
            ledger.waiting(idle.get(i), 0);
        }
        RecordedOutcomes few = new RecordedOutcomes();
        RecordedOutcomes many = new RecordedOutcomes();
        ledger.join(few);
        ledger.join(many);
        ledger.waiting(few, 3);
        ledger.waiting(many, 100_000);
        assertThat(ledger.waiting()).isEqualTo(100_003);
        ledger.grant(SECOND, 0, true, 0, 0);
        assertThat(few.credit()).isEqualTo(3);
        assertThat(many.credit()).isEqualTo(Limits.CREDIT);
        assertThat(idle).allMatch(stream -> stream.credit() == 0);
        ledger.grant(2 * SECOND, 0, true, 0, 0);
        assertThat(few.credit()).as("it has what it needs").isEqualTo(3);
        ledger.leave(many);
        assertThat(ledger.waiting()).isEqualTo(3);
        assertThat(ledger.outstanding()).isEqualTo(3);
    }

    /** Drained streams once held all the room between them, and those behind them waited for ever. */
    @Test
    void whoeverIsDoneStarvesNobody() {
        Map<RecordedOutcomes, Integer> backlog = new LinkedHashMap<>();
        for (int i = 0; i < 300; i++) {
            RecordedOutcomes stream = new RecordedOutcomes();
            ledger.join(stream);
            // Some have a hundred times what the others have.
            backlog.put(stream, i % 50 == 0 ? 10_000 : 100);
        }
        Map<RecordedOutcomes, Long> used = new LinkedHashMap<>();
        int tick = 0;
        while (ledger.outstanding() > 0 || tick == 0 || ledger.waiting() > 0) {
            tick++;
            assertThat(tick)
                    .as("drained, 90,000 samples at 5,000 a second at first")
                    .isLessThan(40);
            backlog.forEach((stream, left) -> ledger.waiting(stream, left));
            ledger.grant(tick * SECOND, 300, true, 0, 0);
            for (Map.Entry<RecordedOutcomes, Integer> entry : backlog.entrySet()) {
                RecordedOutcomes stream = entry.getKey();
                int now = (int) Math.min(entry.getValue(), stream.credit() - used.getOrDefault(stream, 0L));
                for (int i = 0; i < now; i++) {
                    ledger.used(stream);
                }
                used.merge(stream, (long) now, Long::sum);
                entry.setValue(entry.getValue() - now);
            }
        }
        assertThat(backlog.values()).containsOnly(0);
    }

    @Test
    void whatWasDeferredWaitsToo() {
        RecordedOutcomes stream = new RecordedOutcomes();
        RecordedOutcomes old = new RecordedOutcomes();
        ledger.join(stream);
        ledger.join(old);
        ledger.waiting(stream, 0);
        ledger.waitingToo(stream, 9);
        ledger.waitingToo(old, 9);
        assertThat(ledger.waiting()).isEqualTo(9);
        ledger.grant(SECOND, 0, true, 0, 0);
        assertThat(stream.credit()).isEqualTo(9);
        assertThat(old.credit()).as("it never said").isEqualTo(32);
    }

    @Test
    void creditLapsesWhenNothingWaits() {
        RecordedOutcomes stream = new RecordedOutcomes();
        ledger.join(stream);
        ledger.waiting(stream, 400);
        ledger.grant(SECOND, 0, true, 0, 0);
        assertThat(ledger.outstanding()).isEqualTo(400);
        ledger.waiting(stream, 0);
        assertThat(ledger.outstanding()).isZero();
        ledger.used(stream);
        assertThat(ledger.outstanding()).isZero();
        ledger.waiting(stream, 7);
        ledger.grant(2 * SECOND, 0, true, 0, 0);
        assertThat(ledger.outstanding()).isEqualTo(7);
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

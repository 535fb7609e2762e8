package ar.mcrn.sysmonstm.agent.send;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every spool does. */
public abstract class SpoolContract {
    protected static final int SAMPLE_BYTES = 300;
    protected static final int ROOM = 60_000;

    /** An empty spool with room for that many samples of {@link #SAMPLE_BYTES}. */
    protected abstract Spool spool(int samples);

    /** How many samples it drops at a time, at most. */
    protected abstract int dropsAtATime();

    protected static void inventory(Spool spool, long run, int number) {
        spool.append(Inventory.newBuilder().setRun(run).setNumber(number).build());
    }

    protected static void append(Spool spool, long run, long first, long last, int inventory) {
        for (long sequence = first; sequence <= last; sequence++) {
            spool.append(new SpoolRecord(run, sequence, inventory, new byte[SAMPLE_BYTES]));
        }
    }

    protected static List<Long> sequences(List<SpoolRecord> records) {
        return records.stream().map(SpoolRecord::sequence).toList();
    }

    protected static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    protected static SequenceRange range(long run, long first, long last) {
        return new SequenceRange(run, first, last);
    }

    @Test
    void givesNewSamplesOnTheLiveLaneInOrder() {
        Spool spool = spool(100);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 5, 1);
        assertThat(sequences(spool.takeLive(3, ROOM))).containsExactly(1L, 2L, 3L);
        assertThat(sequences(spool.takeLive(32, ROOM))).containsExactly(4L, 5L);
        assertThat(spool.takeLive(32, ROOM)).isEmpty();
        assertThat(spool.levels().underWay()).isEqualTo(5);
    }

    @Test
    void movesTheOldestOfThirtyThreeUnsentSamplesToBackfill() {
        Spool spool = spool(100);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 40, 1);
        assertThat(sequences(spool.takeLive(100, ROOM))).isEqualTo(numbers(9, 40));
        assertThat(sequences(spool.takeBackfill(100, ROOM))).isEqualTo(numbers(1, 8));
    }

    @Test
    void forgetsWhatIsSettledAndNothingElse() {
        Spool spool = spool(100);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 10, 1);
        spool.takeLive(32, ROOM);
        assertThat(spool.settle(range(1, 3, 5))).isEqualTo(3);
        assertThat(spool.settle(range(1, 3, 5))).isZero();
        assertThat(spool.settle(range(2, 1, 100))).isZero();
        spool.streamEnded();
        assertThat(sequences(spool.takeBackfill(32, ROOM))).containsExactly(1L, 2L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void sendsDeferredSamplesAgainAsBackfill() {
        Spool spool = spool(100);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 4, 1);
        spool.takeLive(32, ROOM);
        assertThat(spool.defer(range(1, 1, 2), false)).isEqualTo(2);
        assertThat(sequences(spool.takeBackfill(32, ROOM))).containsExactly(1L, 2L);
        assertThat(spool.defer(range(1, 1, 2), false)).as("a copy is under way").isZero();
        assertThat(spool.defer(range(1, 1, 2), true)).isEqualTo(2);
    }

    @Test
    void returnsSamplesToTheLaneTheyWereSentOn() {
        Spool spool = spool(100);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 35, 1);
        spool.takeLive(32, ROOM);
        spool.takeBackfill(1, ROOM);
        append(spool, 1, 36, 36, 1);
        assertThat(spool.returnSent(range(1, 1, 6))).isEqualTo(4);
        assertThat(sequences(spool.takeLive(32, ROOM))).containsExactly(4L, 5L, 6L, 36L);
        assertThat(sequences(spool.takeBackfill(32, ROOM))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void replaysTheNewestRunFirstAndEachFromItsOldest() {
        Spool spool = spool(300);
        inventory(spool, 8, 1);
        append(spool, 8, 1, 3, 1);
        spool.takeLive(32, ROOM);
        inventory(spool, 5, 1);
        append(spool, 5, 1, 2, 1);
        spool.takeLive(32, ROOM);
        spool.streamEnded();
        List<SpoolRecord> first = spool.takeBackfill(32, ROOM);
        assertThat(first).extracting(SpoolRecord::run).containsOnly(5L);
        assertThat(sequences(first)).containsExactly(1L, 2L);
        assertThat(spool.takeBackfill(32, ROOM)).extracting(SpoolRecord::run).containsExactly(8L, 8L, 8L);
    }

    @Test
    void whatARunLeavesUnsentIsNoLiveSampleOfTheNext() {
        Spool spool = spool(300);
        inventory(spool, 8, 1);
        append(spool, 8, 1, 5, 1);
        spool.takeLive(2, ROOM);
        spool.streamEnded();
        spool.runEnded();
        inventory(spool, 5, 1);
        append(spool, 5, 1, 1, 1);
        assertThat(spool.takeLive(32, ROOM)).extracting(SpoolRecord::run).containsExactly(5L);
        assertThat(sequences(spool.takeBackfill(32, ROOM))).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void namesLossesOnlyWhereEventsHaveRoom() {
        Spool spool = spool(50);
        inventory(spool, 1, 1);
        for (int i = 1; i <= 200; i++) {
            spool.append(Event.newBuilder().setRun(1).setEventSequence(i).build());
        }
        append(spool, 1, 1, 90, 1);
        assertThat(spool.levels().dropped()).isPositive();
        assertThat(spool.takeLosses()).isEmpty();
        spool.settleEvents(range(1, 1, 100));
        assertThat(spool.takeLosses())
                .extracting(Loss::count)
                .containsExactly(spool.levels().dropped());
    }

    @Test
    void neverMixesInventoriesNorGoesBeyondTheBytesOfAMessage() {
        Spool spool = spool(100);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 2, 1);
        inventory(spool, 1, 2);
        append(spool, 1, 3, 9, 2);
        assertThat(sequences(spool.takeLive(32, ROOM))).containsExactly(1L, 2L);
        assertThat(sequences(spool.takeLive(32, 2 * SAMPLE_BYTES))).containsExactly(3L, 4L);
        assertThat(sequences(spool.takeLive(32, 1))).containsExactly(5L);
    }

    @Test
    void keepsInventoriesAsLongAsASampleNeedsThem() {
        Spool spool = spool(100);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 1, 1);
        inventory(spool, 1, 2);
        append(spool, 1, 2, 2, 2);
        spool.takeLive(32, ROOM);
        assertThat(spool.inventory(1, 1)).isPresent();
        assertThat(spool.inventory(1, 3)).isEmpty();
        spool.settle(range(1, 1, 2));
        assertThat(spool.inventory(1, 2)).as("the newest run goes on").isPresent();
        append(spool, 1, 3, 3, 2);
        inventory(spool, 2, 1);
        append(spool, 2, 1, 1, 1);
        assertThat(spool.inventory(1, 2)).isPresent();
        spool.takeLive(32, ROOM);
        spool.settle(range(1, 3, 3));
        assertThat(spool.inventory(1, 2)).isEmpty();
    }

    @Test
    void dropsTheOldestWhenItIsFullCountsAndNamesThem() {
        Spool spool = spool(50);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 60, 1);
        long dropped = spool.levels().dropped();
        assertThat(dropped).isBetween(10L, 10L + 2L * dropsAtATime());
        List<Loss> losses = spool.takeLosses();
        assertThat(losses).extracting(Loss::samples).containsExactly(range(1, 1, dropped));
        assertThat(losses).extracting(Loss::count).containsExactly(dropped);
        assertThat(losses).extracting(Loss::cause).containsExactly(Loss.Cause.FULL);
        assertThat(spool.takeLosses()).isEmpty();
        append(spool, 1, 61, 90, 1);
        long more = spool.levels().dropped();
        assertThat(spool.takeLosses()).extracting(Loss::samples).containsExactly(range(1, dropped + 1, more));
        assertThat(spool.levels().waiting() + spool.levels().live()).isEqualTo((int) (90 - more));
    }

    @Test
    void dropsWhatIsUnderWayLast() {
        Spool spool = spool(60);
        inventory(spool, 1, 1);
        append(spool, 1, 1, 32, 1);
        spool.takeLive(32, ROOM);
        append(spool, 1, 33, 80, 1);
        assertThat(spool.levels().dropped()).isGreaterThanOrEqualTo(20);
        assertThat(spool.takeLosses().getFirst().samples().first()).isBetween(33L, 33L + dropsAtATime());
        assertThat(spool.levels().underWay()).isEqualTo(32);
    }

    @Test
    void knowsTheNewestStampAndTheClocksError() {
        Spool spool = spool(10);
        assertThat(spool.lastStampMillis()).isZero();
        assertThat(spool.correctionMicros()).isZero();
        inventory(spool, 1, 1);
        Sample sample = Sample.newBuilder()
                .setSequence(1)
                .setEndMillis(1_763_688_000_123L)
                .build();
        spool.append(new SpoolRecord(1, 1, 1, sample.toByteArray()));
        spool.keepCorrection(-77);
        assertThat(spool.lastStampMillis()).isEqualTo(1_763_688_000_123L);
        assertThat(spool.correctionMicros()).isEqualTo(-77);
    }

    @Test
    void keepsEventsUntilTheyAreSettledAndSendsThemAgainAfterTheStream() {
        Spool spool = spool(10);
        for (int i = 1; i <= 70; i++) {
            spool.append(Event.newBuilder().setRun(1).setEventSequence(i).build());
        }
        assertThat(spool.takeEvents(64)).hasSize(64);
        assertThat(spool.takeEvents(64)).isEmpty();
        assertThat(spool.settleEvents(range(1, 1, 10))).isEqualTo(10);
        assertThat(spool.takeEvents(64)).hasSize(6);
        spool.streamEnded();
        assertThat(spool.takeEvents(64)).extracting(Event::getEventSequence).startsWith(11L, 12L);
        assertThat(spool.levels().events()).isEqualTo(60);
    }

    /** States of samples as a table, to hold the spool against. */
    private static final class Model {
        final TreeMap<Long, Character> states = new TreeMap<>();

        List<Long> in(char... wanted) {
            List<Long> sequences = new ArrayList<>();
            states.forEach((sequence, state) -> {
                if (new String(wanted).indexOf(state) >= 0) {
                    sequences.add(sequence);
                }
            });
            return sequences;
        }

        void wait32() {
            List<Long> live = in('L');
            for (int i = 0; i < live.size() - Spool.LIVE_SAMPLES; i++) {
                states.put(live.get(i), 'W');
            }
        }

        void move(char from, char to, long first, long last) {
            states.replaceAll((sequence, state) -> sequence >= first && sequence <= last && state == from ? to : state);
        }
    }

    @Test
    void doesAsTheModelDoesWhateverComes() {
        for (long seed = 1; seed <= 60; seed++) {
            runModel(seed);
        }
    }

    private void runModel(long seed) {
        Random random = new Random(seed);
        Spool spool = spool(200);
        Model model = new Model();
        Set<Long> dropped = new HashSet<>();
        Set<Long> settled = new TreeSet<>();
        inventory(spool, 1, 1);
        long next = 1;
        for (int step = 0; step < 400; step++) {
            long first = random.nextLong(Math.max(1, next)) + 1;
            long last = first + random.nextInt(12);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    int count = random.nextInt(20) + 1;
                    for (int i = 0; i < count; i++) {
                        append(spool, 1, next, next, 1);
                        model.states.put(next++, 'L');
                        model.wait32();
                        takeLosses(seed, spool, model, dropped);
                    }
                }
                case 3 -> {
                    int most = random.nextInt(40) + 1;
                    List<Long> expected = model.in('L').stream().limit(most).toList();
                    assertThat(sequences(spool.takeLive(most, ROOM)))
                            .as("seed %d", seed)
                            .isEqualTo(expected);
                    expected.forEach(s -> model.states.put(s, 'l'));
                }
                case 4 -> {
                    int most = random.nextInt(40) + 1;
                    List<Long> expected = model.in('W').stream().limit(most).toList();
                    assertThat(sequences(spool.takeBackfill(most, ROOM)))
                            .as("seed %d", seed)
                            .isEqualTo(expected);
                    expected.forEach(s -> model.states.put(s, 'b'));
                }
                case 5 -> {
                    int count = spool.settle(range(1, first, last));
                    List<Long> gone = new ArrayList<>(
                            model.states.subMap(first, true, last, true).keySet());
                    assertThat(count).as("seed %d", seed).isEqualTo(gone.size());
                    gone.forEach(model.states::remove);
                    settled.addAll(gone);
                }
                case 6 -> {
                    boolean backfillToo = random.nextBoolean();
                    spool.defer(range(1, first, last), backfillToo);
                    model.move('l', 'W', first, last);
                    if (backfillToo) {
                        model.move('b', 'W', first, last);
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        spool.streamEnded();
                        model.move('l', 'W', 0, Long.MAX_VALUE);
                        model.move('b', 'W', 0, Long.MAX_VALUE);
                    } else {
                        spool.returnSent(range(1, first, last));
                        model.move('l', 'L', first, last);
                        model.move('b', 'W', first, last);
                        model.wait32();
                    }
                }
            }
            takeLosses(seed, spool, model, dropped);
            Spool.Levels levels = spool.levels();
            assertThat(levels.live())
                    .as("seed %d", seed)
                    .isEqualTo(model.in('L').size());
            assertThat(levels.waiting())
                    .as("seed %d", seed)
                    .isEqualTo(model.in('W').size());
            assertThat(levels.underWay())
                    .as("seed %d", seed)
                    .isEqualTo(model.in('l', 'b').size());
        }
        assertThat(dropped.size() + settled.size() + model.states.size())
                .as("seed %d: nothing vanishes without a name", seed)
                .isEqualTo((int) (next - 1));
    }

    private void takeLosses(long seed, Spool spool, Model model, Set<Long> dropped) {
        for (Loss loss : spool.takeLosses()) {
            SequenceRange range = loss.samples();
            assertThat(loss.count()).as("seed %d", seed).isEqualTo(range.last() - range.first() + 1);
            for (long s = range.first(); s <= range.last(); s++) {
                assertThat(model.states).as("seed %d drops what is kept", seed).containsKey(s);
                if (dropsAtATime() == 1) {
                    List<Long> candidates = model.in('L', 'W');
                    long oldest = candidates.size() == 1 ? model.states.firstKey() : candidates.getFirst();
                    assertThat(s).as("seed %d drops the oldest", seed).isEqualTo(oldest);
                }
                model.states.remove(s);
                dropped.add(s);
            }
        }
    }
}

package ar.mcrn.sysmonstm.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on the spool, among them its end at any byte written and another beginning, against a table of what each
 * sample has become. A seed that fails is in the message.
 */
class DiskSpoolModelTest {
    private static final int SEEDS = 40;
    private static final int STEPS = 300;
    private static final int ROOM = 60_000;
    private static final Map<String, String> HERE = Map.of("name", "web-1");

    /** A sample's name. */
    private record Key(long run, long sequence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return run == other.run ? Long.compare(sequence, other.sequence) : Long.compare(run, other.run);
        }
    }

    @TempDir
    private Path top;

    @Test
    void doesAsTheModelDoesOverAnyNumberOfEnds() {
        long first = Long.getLong("spool.seed", System.nanoTime() >>> 1);
        for (long seed = first; seed < first + SEEDS; seed++) {
            new Run(seed, top.resolve("spool-" + seed)).play();
        }
    }

    private static SpoolRecord sample(long run, long sequence) {
        Random payload = new Random(run * 31 + sequence);
        byte[] cores = new byte[20 + payload.nextInt(300)];
        payload.nextBytes(cores);
        Sample sample = Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(1_763_688_000_000L + run * 1_000_000 + sequence * 1_000)
                .setCoreLoad(ByteString.copyFrom(cores))
                .build();
        return new SpoolRecord(run, sequence, 1, sample.toByteArray());
    }

    private static final class Run {
        private final long seed;
        private final Path folder;
        private final Random random;
        private final FaultyFiles files = new FaultyFiles();
        /** L live, W waiting, l and b under way; ? = settled or dropped, and that may be forgotten by a kill. */
        private final TreeMap<Key, Character> states = new TreeMap<>();

        private final TreeSet<Key> settled = new TreeSet<>();
        private final TreeSet<Key> dropped = new TreeSet<>();
        /** By number: true where it is sure to be there. */
        private final TreeMap<Long, Boolean> events = new TreeMap<>();

        private DiskSpool spool;
        private long run;
        private long next;
        private long nextEvent;

        Run(long seed, Path folder) {
            this.seed = seed;
            this.folder = folder;
            this.random = new Random(seed);
        }

        private void open() {
            files.heal();
            spool = new DiskSpool(folder, 64 << 10, HERE, files, System::nanoTime);
            run++;
            next = 1;
            spool.append(Inventory.newBuilder().setRun(run).setNumber(1).build());
        }

        void play() {
            open();
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> append();
                    case 4 -> take(spool.takeLive(random.nextInt(40) + 1, ROOM), 'L', 'l');
                    case 5 -> take(spool.takeBackfill(random.nextInt(40) + 1, ROOM), 'W', 'b');
                    case 6, 7 -> settle();
                    case 8 -> defer();
                    case 9 -> event();
                    case 10 -> {
                        spool.streamEnded();
                        states.replaceAll((key, state) -> state == 'l' || state == 'b' ? 'W' : state);
                    }
                    default -> end();
                }
                takeLosses();
                compare();
            }
            end();
            compare();
            assertThat(spool.levels().lost()).as("seed %d", seed).isZero();
            spool.close();
        }

        private void append() {
            int count = random.nextInt(40) + 1;
            for (int i = 0; i < count; i++) {
                spool.append(sample(run, next));
                states.put(new Key(run, next++), 'L');
                wait32();
                takeLosses();
            }
        }

        private void wait32() {
            List<Key> live = in('L');
            for (int i = 0; i < live.size() - 32; i++) {
                states.put(live.get(i), 'W');
            }
        }

        private List<Key> in(char state) {
            List<Key> keys = new ArrayList<>();
            states.forEach((key, is) -> {
                if (is == state) {
                    keys.add(key);
                }
            });
            return keys;
        }

        private void take(List<SpoolRecord> taken, char from, char to) {
            for (SpoolRecord record : taken) {
                Key key = new Key(record.run(), record.sequence());
                assertThat(states.get(key)).as("seed %d: %s", seed, key).isEqualTo(from);
                assertThat(record.sample())
                        .as("seed %d: %s", seed, key)
                        .isEqualTo(sample(record.run(), record.sequence()).sample());
                states.put(key, to);
            }
            takeLosses();
        }

        private SequenceRange anyRange() {
            long of = random.nextInt(4) == 0 ? random.nextLong(run) + 1 : run;
            long first = random.nextLong(Math.max(1, next)) + 1;
            return new SequenceRange(of, first, first + random.nextInt(random.nextInt(5) == 0 ? 400 : 30));
        }

        private void settle() {
            SequenceRange range = anyRange();
            int count = spool.settle(range);
            List<Key> gone = inRange(range);
            assertThat(count).as("seed %d", seed).isEqualTo(gone.size());
            gone.forEach(states::remove);
            settled.addAll(gone);
        }

        private List<Key> inRange(SequenceRange range) {
            return List.copyOf(
                    states.subMap(new Key(range.run(), range.first()), true, new Key(range.run(), range.last()), true)
                            .keySet());
        }

        private void defer() {
            SequenceRange range = anyRange();
            boolean back = random.nextBoolean();
            if (back) {
                spool.returnSent(range);
            } else {
                spool.defer(range, true);
            }
            for (Key key : inRange(range)) {
                char state = states.get(key);
                if (state == 'l') {
                    states.put(key, back ? 'L' : 'W');
                } else if (state == 'b') {
                    states.put(key, 'W');
                }
            }
            wait32();
        }

        private void event() {
            if (random.nextBoolean()) {
                nextEvent++;
                spool.append(
                        Event.newBuilder().setRun(1).setEventSequence(nextEvent).build());
                events.put(nextEvent, true);
            } else if (!events.isEmpty()) {
                long settles = events.firstKey();
                assertThat(spool.settleEvents(new SequenceRange(1, settles, settles)))
                        .as("seed %d", seed)
                        .isEqualTo(1);
                events.remove(settles);
            }
        }

        private void takeLosses() {
            for (Loss loss : spool.takeLosses()) {
                assertThat(loss.cause()).as("seed %d", seed).isEqualTo(Loss.Cause.FULL);
                int gone = 0;
                for (Key key : inRange(loss.samples())) {
                    states.remove(key);
                    dropped.add(key);
                    gone++;
                }
                // After a kill it may be told again, since no event named it.
                assertThat(gone).as("seed %d: %s", seed, loss).isIn(0, (int) loss.count());
                name(loss);
            }
        }

        /** As the agent does: the loss is told no more. */
        private void name(Loss loss) {
            SequenceRange samples = loss.samples();
            long number = Loss.eventSequence(samples);
            spool.append(Event.newBuilder()
                    .setRun(samples.run())
                    .setEventSequence(number)
                    .setFirstSequence(samples.first())
                    .setLastSequence(samples.last())
                    .build());
            spool.settleEvents(new SequenceRange(samples.run(), number, number));
        }

        /** Ends it: as wanted, or as kill -9 does while it writes. */
        private void end() {
            if (random.nextInt(3) == 0) {
                spool.close();
            } else {
                kill();
            }
            reopen();
        }

        /** What is under way when the last byte is written may have happened or not; all before it has. */
        private void kill() {
            files.dieAfter(random.nextInt(3_000));
            while (!files.isDead()) {
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        spool.append(sample(run, next));
                        states.put(new Key(run, next), files.isDead() ? '?' : 'W');
                        next++;
                    }
                    case 2 -> {
                        SequenceRange range = anyRange();
                        List<Key> gone = inRange(range);
                        spool.settle(range);
                        gone.forEach(key -> states.put(key, '?'));
                    }
                    default -> {
                        nextEvent++;
                        spool.append(Event.newBuilder()
                                .setRun(1)
                                .setEventSequence(nextEvent)
                                .build());
                        events.put(nextEvent, !files.isDead());
                    }
                }
                for (Loss loss : spool.takeLosses()) {
                    inRange(loss.samples()).forEach(key -> states.put(key, '?'));
                }
            }
            spool.releaseAsIfKilled();
        }

        private void reopen() {
            open();
            List<SpoolRecord> kept = new ArrayList<>();
            for (List<SpoolRecord> taken = spool.takeBackfill(64, ROOM);
                    !taken.isEmpty();
                    taken = spool.takeBackfill(64, ROOM)) {
                kept.addAll(taken);
            }
            spool.streamEnded();
            TreeMap<Key, Character> found = new TreeMap<>();
            for (SpoolRecord record : kept) {
                Key key = new Key(record.run(), record.sequence());
                assertThat(found.put(key, 'W'))
                        .as("seed %d: %s twice", seed, key)
                        .isNull();
                assertThat(record.sample())
                        .as("seed %d: %s", seed, key)
                        .isEqualTo(sample(record.run(), record.sequence()).sample());
            }
            for (Loss loss : spool.takeLosses()) {
                assertThat(loss.cause()).as("seed %d: %s", seed, loss).isEqualTo(Loss.Cause.FULL);
                for (Key key : inRange(loss.samples())) {
                    states.remove(key);
                    dropped.add(key);
                }
                name(loss);
            }
            states.forEach((key, state) -> {
                if (state == '?' && !found.containsKey(key)) {
                    settled.add(key);
                } else {
                    assertThat(found).as("seed %d: lost %s", seed, key).containsKey(key);
                }
            });
            for (Key key : found.keySet()) {
                boolean known = states.containsKey(key);
                assertThat(known || settled.contains(key))
                        .as("seed %d: %s came from nowhere", seed, key)
                        .isTrue();
                settled.remove(key);
            }
            states.clear();
            states.putAll(found);
            TreeSet<Long> open = new TreeSet<>();
            spool.takeEvents(1_000).forEach(event -> open.add(event.getEventSequence()));
            spool.streamEnded();
            events.forEach((event, sure) -> {
                if (sure) {
                    assertThat(open).as("seed %d: event %d", seed, event).contains(event);
                }
            });
            events.clear();
            open.forEach(event -> events.put(event, true));
        }

        private void compare() {
            assertThat(spool.levels().live()).as("seed %d", seed).isEqualTo(in('L').size());
            assertThat(spool.levels().waiting()).as("seed %d", seed).isEqualTo(in('W').size());
            assertThat(spool.levels().underWay()).as("seed %d", seed).isEqualTo(in('l').size() + in('b').size());
            assertThat(spool.levels().events()).as("seed %d", seed).isEqualTo(events.size());
            assertThat(spool.levels().bytes()).as("seed %d", seed).isLessThan(80 << 10);
        }
    }
}

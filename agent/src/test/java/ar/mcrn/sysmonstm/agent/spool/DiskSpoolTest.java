package ar.mcrn.sysmonstm.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.agent.ConfigurationException;
import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.agent.send.SpoolContract;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the spool, on disk, and what only a disk does. */
class DiskSpoolTest extends SpoolContract {
    private static final Map<String, String> HERE = Map.of("name", "web-1", "machine", "aa", "product", "bb");
    private static final long NOW = 1_763_688_000_000L;

    @TempDir
    private Path top;

    private Path folder;

    private final FaultyFiles files = new FaultyFiles();
    private final List<DiskSpool> opened = new ArrayList<>();
    private long nanos;

    private DiskSpool open(long maxBytes) {
        return open(maxBytes, HERE);
    }

    private DiskSpool open(long maxBytes, Map<String, String> identity) {
        DiskSpool spool = new DiskSpool(folder, maxBytes, identity, files, () -> nanos);
        opened.add(spool);
        return spool;
    }

    @BeforeEach
    void chooseFolder() {
        folder = top.resolve("spool");
    }

    @AfterEach
    void closeAll() {
        files.heal();
        opened.forEach(DiskSpool::close);
    }

    @Override
    protected Spool spool(int samples) {
        folder = top.resolve("spool-" + opened.size());
        return open((long) samples * (SAMPLE_BYTES + 56));
    }

    @Override
    protected int dropsAtATime() {
        return 12;
    }

    private static SpoolRecord sample(long run, long sequence) {
        Random payload = new Random(run * 31 + sequence);
        byte[] cores = new byte[100 + payload.nextInt(100)];
        payload.nextBytes(cores);
        Sample sample = Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(NOW + sequence * 1_000)
                .setCoreLoad(ByteString.copyFrom(cores))
                .build();
        return new SpoolRecord(run, sequence, 1, sample.toByteArray());
    }

    private static void fill(Spool spool, long run, long first, long last) {
        inventory(spool, run, 1);
        LongStream.rangeClosed(first, last).forEach(sequence -> spool.append(sample(run, sequence)));
    }

    /** Takes all of it, on both lanes, and settles nothing. */
    private static Map<Long, NavigableMap<Long, SpoolRecord>> drain(Spool spool) {
        spool.streamEnded();
        Map<Long, NavigableMap<Long, SpoolRecord>> runs = new HashMap<>();
        for (List<SpoolRecord> taken = take(spool); !taken.isEmpty(); taken = take(spool)) {
            for (SpoolRecord record : taken) {
                assertThat(record.sample())
                        .as("%s %d", record.run(), record.sequence())
                        .isEqualTo(sample(record.run(), record.sequence()).sample());
                SpoolRecord before = runs.computeIfAbsent(record.run(), run -> new TreeMap<>())
                        .put(record.sequence(), record);
                assertThat(before).as("taken twice: %d", record.sequence()).isNull();
            }
        }
        return runs;
    }

    private static List<SpoolRecord> take(Spool spool) {
        List<SpoolRecord> live = spool.takeLive(64, ROOM);
        return live.isEmpty() ? spool.takeBackfill(64, ROOM) : live;
    }

    private static List<Long> drained(Spool spool, long run) {
        return List.copyOf(drain(spool).getOrDefault(run, new TreeMap<>()).keySet());
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".spool"))
                    .sorted()
                    .toList();
        }
    }

    private static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int before = bytes.read();
            bytes.seek(position);
            bytes.write(before ^ 0x55);
        }
    }

    @Test
    void keepsSamplesEventsInventoryStampAndCorrectionOverTheEndOfTheProcess() {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 100);
        before.append(Event.newBuilder().setRun(7).setEventSequence(1).build());
        before.append(Event.newBuilder().setRun(7).setEventSequence(2).build());
        before.keepCorrection(-123_456);
        before.takeLive(32, ROOM);
        before.settle(range(7, 80, 90));
        before.takeEvents(64);
        before.settleEvents(range(7, 1, 1));
        String install = before.install();
        before.close();

        DiskSpool after = open(1 << 20);
        assertThat(after.install()).isEqualTo(install).hasSize(16);
        assertThat(after.lastStampMillis()).isEqualTo(NOW + 100_000);
        assertThat(after.correctionMicros()).isEqualTo(-123_456);
        assertThat(after.levels().waiting()).isEqualTo(89);
        assertThat(after.levels().onDisk()).isTrue();
        assertThat(after.inventory(7, 1)).isPresent();
        assertThat(after.takeEvents(64)).extracting(Event::getEventSequence).containsExactly(2L);
        List<Long> expected = new ArrayList<>(numbers(1, 79));
        expected.addAll(numbers(91, 100));
        assertThat(drained(after, 7)).isEqualTo(expected);
    }

    @Test
    void staysSmallWhenEverythingIsSettled() throws IOException {
        DiskSpool spool = open(1 << 20);
        for (int i = 0; i < 200; i++) {
            fill(spool, 1, i * 20 + 1, i * 20 + 20);
            spool.takeLive(32, ROOM);
            spool.settle(range(1, 1, i * 20 + 20));
        }
        assertThat(segments()).hasSizeLessThanOrEqualTo(2);
        spool.close();
        DiskSpool after = open(1 << 20);
        assertThat(after.levels().waiting()).isZero();
        assertThat(after.lastStampMillis()).isEqualTo(NOW + 4_000_000);
        assertThat(segments()).hasSize(1);
    }

    @Test
    void cutsATornTailAndLosesNoWholeRecord() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 50);
        before.close();
        Path last = segments().getLast();
        long whole = Files.size(last);
        try (RandomAccessFile file = new RandomAccessFile(last.toFile(), "rw")) {
            file.setLength(whole - 5);
        }
        DiskSpool after = open(1 << 20);
        assertThat(drained(after, 7)).isEqualTo(numbers(1, 49));
    }

    @Test
    void deliversEveryIntactRecordAroundFlippedBytesAndNamesTheLost() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        DiskSpool before = open(4 << 20);
        fill(before, 7, 1, 8_000);
        before.close();
        List<Path> all = segments();
        for (int i = 0; i < 1_000; i++) {
            Path file = all.get(random.nextInt(all.size()));
            flip(file, random.nextLong(Files.size(file)));
        }
        DiskSpool after = open(4 << 20);
        Map<Long, NavigableMap<Long, SpoolRecord>> runs = drain(after);
        TreeSet<Long> kept = new TreeSet<>(runs.get(7L).navigableKeySet());
        assertThat(kept.size()).as("seed %d", seed).isBetween(6_900, 7_999);
        long lastKept = kept.last();
        // What is lost behind the last of all cannot be known.
        assertThat(after.levels().lost()).as("seed %d", seed).isEqualTo(lastKept - kept.size());
        long named = 0;
        for (Loss loss : after.takeLosses()) {
            assertThat(loss.cause()).isEqualTo(Loss.Cause.DAMAGED);
            named += loss.count();
        }
        assertThat(named).isEqualTo(after.levels().lost());
    }

    @Test
    void findsDamageAlsoWhenItReads() throws IOException {
        DiskSpool spool = open(1 << 20);
        fill(spool, 7, 1, 200);
        spool.takeLive(32, ROOM);
        flip(segments().getFirst(), 3_000);
        spool.streamEnded();
        List<Long> kept = drained(spool, 7);
        assertThat(kept).hasSize(199);
        List<Loss> losses = spool.takeLosses();
        assertThat(losses).hasSize(1);
        long lost = losses.getFirst().samples().first();
        assertThat(kept).doesNotContain(lost);
        assertThat(losses.getFirst().fromMillis()).isEqualTo(NOW + lost * 1_000);
    }

    @Test
    void namesWhatADeletedMiddleFileHeld() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 500);
        before.close();
        List<Path> all = segments();
        assertThat(all).hasSizeGreaterThan(4);
        Files.delete(all.get(2));
        DiskSpool after = open(1 << 20);
        List<Long> kept = drained(after, 7);
        List<Loss> losses = after.takeLosses();
        assertThat(losses).hasSize(1);
        Loss loss = losses.getFirst();
        assertThat(loss.count()).isEqualTo(500 - kept.size()).isPositive();
        assertThat(after.levels().lost()).isEqualTo(loss.count());
        assertThat(kept).doesNotContain(loss.samples().first(), loss.samples().last());
    }

    @Test
    void namesARunOfWhichNothingIsLeft() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 20);
        before.settle(range(7, 1, 4));
        fill(before, 8, 1, 20);
        before.close();
        Files.delete(segments().getFirst());
        DiskSpool after = open(1 << 20);
        assertThat(after.takeLosses()).extracting(Loss::samples).containsExactly(range(7, 5, 20));
        assertThat(after.levels().lost()).isEqualTo(16);
        assertThat(drained(after, 8)).isEqualTo(numbers(1, 20));
    }

    @Test
    void namesTheFirstSamplesOfARunWithTheFirstOfItsFiles() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 20);
        fill(before, 8, 1, 500);
        before.close();
        Files.delete(segments().get(1));
        DiskSpool after = open(1 << 20);
        List<Long> kept = drained(after, 8);
        assertThat(after.takeLosses()).extracting(Loss::samples).containsExactly(range(8, 1, kept.getFirst() - 1));
        assertThat(kept.getFirst()).isGreaterThan(1);
        assertThat(drained(after, 7)).isEqualTo(numbers(1, 20));
    }

    @Test
    void namesWhatIsDamagedAtTheEdgesOfAFile() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 20);
        fill(before, 8, 1, 20);
        before.close();
        // The end of the older run, and the whole beginning of the newer one's file but for its head.
        Path older = segments().getFirst();
        try (RandomAccessFile bytes = new RandomAccessFile(older.toFile(), "rw")) {
            bytes.setLength(bytes.length() - 300);
        }
        Path newer = segments().get(1);
        for (long position = 140; position < 600; position += 10) {
            flip(newer, position);
        }
        DiskSpool after = open(1 << 20);
        Map<Long, NavigableMap<Long, SpoolRecord>> kept = drain(after);
        long olderEnd = kept.get(7L).lastKey();
        long newerBegin = kept.get(8L).firstKey();
        assertThat(olderEnd).isBetween(16L, 19L);
        assertThat(newerBegin).isBetween(2L, 6L);
        assertThat(after.takeLosses())
                .extracting(Loss::samples)
                .containsExactly(range(7, olderEnd + 1, 20), range(8, 1, newerBegin - 1));
    }

    @Test
    void namesWhatAFileHeldThatVanishesUnderIt() throws IOException {
        DiskSpool spool = open(1 << 20);
        fill(spool, 7, 1, 500);
        Files.delete(segments().get(2));
        List<Long> kept = drained(spool, 7);
        assertThat(spool.levels().lost()).isEqualTo(500 - kept.size()).isPositive();
    }

    @Test
    void doesNotMissASegmentThatItDeletedItself() {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 500);
        before.settle(range(7, 150, 350));
        before.close();
        DiskSpool after = open(1 << 20);
        assertThat(after.takeLosses()).isEmpty();
        assertThat(after.levels().lost()).isZero();
        assertThat(after.levels().waiting()).isEqualTo(299);
    }

    @Test
    void livesWithJunkEmptyAndForeignFiles() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 50);
        before.close();
        byte[] junk = new byte[5_000];
        new Random(1).nextBytes(junk);
        Files.write(folder.resolve("00000000000000000999.spool"), junk);
        Files.createFile(folder.resolve("00000000000000001000.spool"));
        Files.write(folder.resolve("notes.spool"), junk);
        Files.write(folder.resolve("readme.txt"), junk);
        Files.createDirectory(folder.resolve("00000000000000001001.spool"));
        DiskSpool after = open(1 << 20);
        assertThat(drained(after, 7)).isEqualTo(numbers(1, 50));
        assertThat(folder.resolve("00000000000000000999.spool.junk")).exists();
        assertThat(folder.resolve("readme.txt")).exists();
        fill(after, 8, 1, 5);
        assertThat(drained(after, 8)).hasSize(5);
    }

    @Test
    void namesADropOfAnEarlierRunWithItsRunAndStampsOnce() {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 3_000);
        before.close();
        DiskSpool after = open(1 << 20);
        fill(after, 8, 1, 3_000);
        long dropped = after.levels().dropped();
        assertThat(dropped).isPositive();
        List<Loss> losses = after.takeLosses();
        assertThat(losses).hasSize(1);
        assertThat(losses.getFirst().samples()).isEqualTo(range(7, 1, dropped));
        assertThat(losses.getFirst().fromMillis()).isEqualTo(NOW + 1_000);
        assertThat(losses.getFirst().toMillis())
                .isBetween(NOW + dropped * 1_000 - 2_000, NOW + dropped * 1_000 + 2_000);
        // Killed here: the loss has no event yet, and is told again.
        after.close();
        DiskSpool again = open(1 << 20);
        Loss told = again.takeLosses().getFirst();
        assertThat(told.samples().first()).isEqualTo(1);
        again.append(Event.newBuilder()
                .setKind(EventKind.EVENT_KIND_SPOOL_DROP)
                .setRun(7)
                .setEventSequence(Loss.eventSequence(told.samples()))
                .setFirstSequence(told.samples().first())
                .setLastSequence(told.samples().last())
                .build());
        again.close();
        DiskSpool last = open(1 << 20);
        assertThat(last.takeLosses()).noneMatch(loss -> loss.samples().first() == 1);
        assertThat(last.takeEvents(64)).extracting(Event::getRun).containsExactly(7L);
    }

    @Test
    void dropsWhatIsOlderThanTheHorizon() {
        DiskSpool spool = open(1 << 20);
        fill(spool, 7, 1, 500);
        spool.expire(NOW + 10_000_000);
        assertThat(spool.levels().dropped()).as("no horizon is known yet").isZero();
        spool.acceptHorizon(Duration.ofSeconds(200));
        spool.expire(NOW + 500_000);
        long dropped = spool.levels().dropped();
        assertThat(dropped).isBetween(215L, 299L);
        assertThat(spool.takeLosses()).extracting(Loss::cause).containsExactly(Loss.Cause.TOO_OLD);
        assertThat(drained(spool, 7)).isEqualTo(numbers(dropped + 1, 500));
    }

    @Test
    void dropsTheOldestWhenTheDiskIsFullAndCountsExactly() {
        DiskSpool spool = open(1 << 20);
        fill(spool, 7, 1, 1_000);
        for (int i = 0; i < 50; i++) {
            files.failAfter(3_000, "No space left on device");
            fill(spool, 7, 1_001 + i * 20L, 1_020 + i * 20L);
            // What was dropped left room.
            files.heal();
        }
        long dropped = spool.levels().dropped();
        assertThat(dropped).isPositive();
        List<Loss> losses = spool.takeLosses();
        assertThat(losses.stream().mapToLong(Loss::count).sum()).isEqualTo(dropped);
        spool.maintain();
        assertThat(spool.levels().onDisk()).isTrue();
        assertThat(drained(spool, 7)).isEqualTo(numbers(dropped + 1, 2_000));
        spool.close();
        assertThat(drained(open(1 << 20), 7)).isEqualTo(numbers(dropped + 1, 2_000));
    }

    @Test
    void keepsSamplesInMemoryWhileTheDiskFailsAndBringsThemToItAfterwards() {
        DiskSpool spool = open(1 << 20);
        fill(spool, 7, 1, 100);
        files.failAfter(0, "Input/output error");
        files.opensFail(true);
        fill(spool, 7, 101, 300);
        assertThat(spool.levels().onDisk()).isFalse();
        assertThat(spool.levels().dropped()).isZero();
        spool.maintain();
        assertThat(spool.levels().onDisk()).isFalse();
        assertThat(sequences(spool.takeBackfill(64, ROOM))).isEqualTo(numbers(1, 64));
        files.heal();
        spool.maintain();
        assertThat(spool.levels().onDisk()).isTrue();
        fill(spool, 7, 301, 320);
        assertThat(drained(spool, 7)).isEqualTo(numbers(1, 320));
        spool.close();
        assertThat(drained(open(1 << 20), 7)).isEqualTo(numbers(1, 320));
    }

    @Test
    void memoryStaysBoundedWhileTheDiskFails() {
        DiskSpool spool = open(64 << 20);
        files.failAfter(0, "Input/output error");
        files.opensFail(true);
        fill(spool, 7, 1, 60_000);
        assertThat(spool.levels().bytes()).isLessThan(DiskSpool.MEMORY_BYTES + 300_000);
        long dropped = spool.levels().dropped();
        assertThat(dropped).isPositive();
        assertThat(spool.takeLosses()).extracting(Loss::samples).containsExactly(range(7, 1, dropped));
        files.heal();
        spool.maintain();
        assertThat(drained(spool, 7)).isEqualTo(numbers(dropped + 1, 60_000));
    }

    @Test
    void beginsInMemoryWhereTheFolderCannotBeHadAndTakesWhatIsThereLater() {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 100);
        before.append(Event.newBuilder().setRun(7).setEventSequence(1).build());
        before.close();
        files.opensFail(true);
        DiskSpool spool = open(1 << 20);
        assertThat(spool.levels().onDisk()).isFalse();
        fill(spool, 8, 1, 50);
        spool.append(Event.newBuilder().setRun(8).setEventSequence(1).build());
        files.heal();
        spool.maintain();
        assertThat(spool.levels().onDisk()).isTrue();
        assertThat(spool.install()).isEqualTo(before.install());
        fill(spool, 8, 51, 60);
        spool.close();
        DiskSpool after = open(1 << 20);
        assertThat(after.takeEvents(64)).extracting(Event::getRun).containsExactly(7L, 8L);
        Map<Long, NavigableMap<Long, SpoolRecord>> runs = drain(after);
        assertThat(runs.get(7L).keySet()).containsExactlyElementsOf(numbers(1, 100));
        assertThat(runs.get(8L).keySet()).containsExactlyElementsOf(numbers(1, 60));
    }

    @Test
    void readsOnWhenTheDiskGivesItsBytesAgain() {
        DiskSpool spool = open(1 << 20);
        fill(spool, 7, 1, 300);
        files.readsFail(true);
        assertThat(spool.takeBackfill(64, ROOM)).isEmpty();
        files.readsFail(false);
        assertThat(spool.takeBackfill(64, ROOM)).isEmpty();
        spool.maintain();
        assertThat(drained(spool, 7)).isEqualTo(numbers(1, 300));
        assertThat(spool.levels().lost()).isZero();
    }

    @Test
    void losesNothingToAReadThatFailsInTheMiddleOfASegment() {
        DiskSpool spool = open(64 << 20);
        fill(spool, 7, 1, 3_000);
        assertThat(spool.takeBackfill(64, ROOM)).hasSize(64);
        files.readsFail(true);
        int taken = 0;
        for (int more = 1; more > 0; taken += more) {
            more = spool.takeBackfill(64, ROOM).size();
        }
        assertThat(taken)
                .as("the segment is longer than what is read at a time")
                .isLessThan(2_000);
        files.heal();
        spool.maintain();
        // It goes on where it stood.
        assertThat(spool.takeBackfill(1, ROOM).getFirst().sequence()).isEqualTo(64 + taken + 1);
        assertThat(spool.levels().lost()).isZero();
        assertThat(drained(spool, 7)).isEqualTo(numbers(1, 3_000));
    }

    @Test
    void samplesOfEverySizeComeBack() {
        int largest = SegmentFormat.MAX_PAYLOAD - SegmentFormat.SAMPLE_HEADER;
        List<Integer> sizes = List.of(
                200, 8_151, 8_152, 8_153, 100, largest, 100, 32_727, 32_728, 32_729, 50_000, 100, largest, largest,
                300);
        DiskSpool before = open(256 << 20);
        inventory(before, 7, 1);
        List<SpoolRecord> all = new ArrayList<>();
        for (int size : sizes) {
            SpoolRecord record = sized(7, all.size() + 1L, size);
            all.add(record);
            before.append(record);
        }
        assertThatThrownBy(() -> before.append(sized(7, all.size() + 1L, largest + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(largest + 1));
        before.close();
        DiskSpool spool = open(256 << 20);
        List<SpoolRecord> back = new ArrayList<>();
        for (List<SpoolRecord> taken = spool.takeBackfill(1, 1 << 20);
                !taken.isEmpty();
                taken = spool.takeBackfill(1, 1 << 20)) {
            back.addAll(taken);
        }
        assertThat(back).extracting(SpoolRecord::sequence).containsExactlyElementsOf(numbers(1, all.size()));
        for (int i = 0; i < all.size(); i++) {
            assertThat(back.get(i).sample())
                    .as("bytes %d", sizes.get(i))
                    .isEqualTo(all.get(i).sample());
        }
        assertThat(spool.levels().lost()).isZero();
    }

    private static SpoolRecord sized(long run, long sequence, int bytes) {
        Sample.Builder sample = Sample.newBuilder().setSequence(sequence).setEndMillis(NOW + sequence * 1_000);
        int cores = bytes - sample.build().getSerializedSize() - 2;
        do {
            byte[] loads = new byte[cores--];
            new Random(sequence).nextBytes(loads);
            sample.setCoreLoad(ByteString.copyFrom(loads));
        } while (sample.build().getSerializedSize() > bytes);
        assertThat(sample.build().getSerializedSize()).isEqualTo(bytes);
        return new SpoolRecord(run, sequence, 1, sample.build().toByteArray());
    }

    @Test
    void aSegmentTellsOfManyOlderOnesAndOfALargeInventory() {
        int runs = 1_200;
        DiskSpool before = open(256 << 20);
        for (long run = 1; run <= runs; run++) {
            fill(before, run, 1, 1);
        }
        Inventory large = Inventory.newBuilder()
                .setRun(runs + 1)
                .setNumber(1)
                .setHostName("x".repeat(100_000))
                .build();
        before.append(large);
        before.append(sample(runs + 1, 1));
        before.close();
        DiskSpool spool = open(256 << 20);
        assertThat(spool.inventory(runs + 1, 1)).hasValue(large);
        assertThat(drain(spool))
                .hasSize(runs + 1)
                .allSatisfy((run, samples) -> assertThat(samples).hasSize(1));
        assertThat(spool.levels().lost()).isZero();
    }

    @Test
    void saysThatAnInventoryMayBeThereWhileItsFileCannotBeRead() {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 40);
        before.close();
        DiskSpool spool = open(1 << 20);
        fill(spool, 8, 1, 1);
        assertThat(spool.isReadable(7)).isTrue();
        files.readsFail(true);
        assertThat(spool.inventory(7, 1)).isEmpty();
        assertThat(spool.isReadable(7)).isFalse();
        assertThat(spool.isReadable(8)).isTrue();
        files.heal();
        spool.maintain();
        assertThat(spool.inventory(7, 1)).isPresent();
        assertThat(spool.isReadable(7)).isTrue();
        assertThat(spool.inventory(7, 2)).isEmpty();
    }

    @Test
    void doesNotLoseWhatItCouldNotReadAtTheStart() {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 300);
        before.close();
        files.readsFail(true);
        DiskSpool spool = open(1 << 20);
        files.heal();
        spool.maintain();
        fill(spool, 8, 1, 3);
        spool.close();
        assertThat(drained(open(1 << 20), 7)).isEqualTo(numbers(1, 300));
    }

    @Test
    void waitsForAFileInTheMiddleThatCannotBeRead() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 3_000);
        before.close();
        List<Path> all = segments();
        assertThat(all).hasSizeGreaterThan(2);
        files.readsFailOf(all.get(all.size() / 2));
        DiskSpool spool = open(1 << 20);
        assertThat(spool.levels().onDisk()).isFalse();
        fill(spool, 8, 1, 3);
        files.heal();
        spool.maintain();
        assertThat(spool.levels().lost()).isZero();
        assertThat(spool.takeLosses()).isEmpty();
        spool.close();
        assertThat(drained(open(1 << 20), 7)).isEqualTo(numbers(1, 3_000));
    }

    @Test
    void goesOnWithoutAFileThatIsNeverReadableAgain() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 3_000);
        before.close();
        List<Path> all = segments();
        files.readsFailOf(all.get(all.size() / 2));
        DiskSpool spool = open(1 << 20);
        for (int i = 0; i < 5; i++) {
            spool.maintain();
        }
        assertThat(spool.levels().onDisk()).isTrue();
        long lost = spool.levels().lost();
        assertThat(lost).isPositive();
        assertThat(spool.takeLosses()).extracting(Loss::count).containsExactly(lost);
    }

    @Test
    void refusesAFolderThatAnotherAgentHolds() {
        open(1 << 20);
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> open(1 << 20))
                .withMessageContaining("is in use by the agent of process "
                        + ProcessHandle.current().pid())
                .withMessageContaining(folder.toString());
    }

    @Test
    void setsTheSpoolOfAnotherMachineAside() throws IOException {
        DiskSpool before = open(1 << 20);
        fill(before, 7, 1, 50);
        before.close();
        for (Map<String, String> other : List.of(
                Map.of("name", "web-2", "machine", "aa", "product", "bb"),
                Map.of("name", "web-1", "machine", "xx"),
                Map.of("name", "web-1", "machine", "zz"))) {
            DiskSpool after = open(1 << 20, other);
            assertThat(after.install()).isNotEqualTo(before.install());
            assertThat(after.levels().waiting()).isZero();
            assertThat(after.lastStampMillis()).isZero();
            after.close();
        }
        try (Stream<Path> aside = Files.list(folder.resolve("set-aside-1"))) {
            assertThat(aside).anyMatch(file -> file.toString().endsWith(".spool"));
        }
        assertThat(folder.resolve("set-aside-3")).exists();
    }

    @Test
    void keepsItsSpoolWhereAnIdCannotBeReadOrTheOwnerIsDamaged() throws IOException {
        DiskSpool before = open(1 << 20, Map.of("name", "web-1", "machine", "aa"));
        fill(before, 7, 1, 50);
        before.close();
        DiskSpool root = open(1 << 20, Map.of("name", "web-1", "machine", "aa", "product", "bb"));
        assertThat(root.install()).isEqualTo(before.install());
        root.close();
        DiskSpool container = open(1 << 20, Map.of("name", "web-1"));
        assertThat(container.install()).isEqualTo(before.install());
        container.close();
        flip(folder.resolve("owner"), 12);
        DiskSpool damaged = open(1 << 20);
        assertThat(drained(damaged, 7)).isEqualTo(numbers(1, 50));
    }
}

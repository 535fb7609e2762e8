package ar.mcrn.sysmonstm.agent.spool;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of a real process that appends, rolls, settles and forces all the time, again and again on one folder: whatever
 * {@code append} returned for is there afterwards, byte for byte, or was settled, or is named as dropped.
 */
class SpoolKillTest {
    private static final int KILLS = 20;

    private record Key(long run, long sequence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return run == other.run ? Long.compare(sequence, other.sequence) : Long.compare(run, other.run);
        }
    }

    @TempDir
    private Path top;

    private final TreeSet<Key> appended = new TreeSet<>();
    private final Set<Key> mayBeGone = new TreeSet<>();

    @Test
    void losesNothingOfWhatWasAppendedBeforeAKill() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path folder = top.resolve("spool");
        int samples = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            writeUntilKilled(folder, kill, 200 + random.nextInt(3_000));
            samples += appended.size();
            try (DiskSpool spool = new DiskSpool(
                    folder, SpoolWriterMain.SPOOL_BYTES, SpoolWriterMain.HERE, FileChannel::open, System::nanoTime)) {
                check(spool, "seed " + seed + ", kill " + kill);
            }
        }
        assertThat(samples).as("enough was written to count").isGreaterThan(KILLS * 200);
    }

    private void writeUntilKilled(Path folder, int run, int lines) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx32m",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SpoolWriterMain.class.getName(),
                        folder.toString(),
                        Integer.toString(run))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            int seen = 0;
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (++seen == lines) {
                    // By its handle, which leaves what it has said to be read.
                    writer.toHandle().destroyForcibly();
                }
                take(line);
            }
            assertThat(seen).as("the writer ended by itself").isGreaterThanOrEqualTo(lines);
        } finally {
            writer.destroyForcibly();
            writer.waitFor();
        }
    }

    private void take(String line) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("a") && words.length == 3) {
            appended.add(new Key(Long.parseLong(words[1]), Long.parseLong(words[2])));
        } else if (words[0].equals("s") && words.length == 4) {
            for (long s = Long.parseLong(words[2]); s <= Long.parseLong(words[3]); s++) {
                mayBeGone.add(new Key(Long.parseLong(words[1]), s));
            }
        }
    }

    private void check(DiskSpool spool, String as) {
        assertThat(spool.levels().lost()).as(as).isZero();
        TreeSet<Key> kept = new TreeSet<>();
        List<Key> unknown = new ArrayList<>();
        for (List<SpoolRecord> taken = spool.takeBackfill(64, 60_000);
                !taken.isEmpty();
                taken = spool.takeBackfill(64, 60_000)) {
            for (SpoolRecord record : taken) {
                Key key = new Key(record.run(), record.sequence());
                assertThat(kept.add(key)).as("%s: %s twice", as, key).isTrue();
                assertThat(record.sample())
                        .as("%s: %s", as, key)
                        .isEqualTo(SpoolWriterMain.sample(key.run(), key.sequence())
                                .sample());
                if (!appended.contains(key) && !mayBeGone.contains(key)) {
                    unknown.add(key);
                }
            }
        }
        for (Loss loss : spool.takeLosses()) {
            assertThat(loss.cause()).as(as).isEqualTo(Loss.Cause.FULL);
            appended.removeIf(key -> key.run() == loss.samples().run()
                    && key.sequence() >= loss.samples().first()
                    && key.sequence() <= loss.samples().last()
                    && !kept.contains(key));
        }
        TreeSet<Key> missing = new TreeSet<>(appended);
        missing.removeAll(kept);
        missing.removeAll(mayBeGone);
        assertThat(missing).as("%s: appended and gone", as).isEmpty();
        // The last one may have been written and not said.
        assertThat(unknown).as("%s: never appended", as).hasSizeLessThanOrEqualTo(1);
        appended.clear();
        appended.addAll(kept);
    }
}

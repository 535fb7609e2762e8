package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.SpoolFile;
import ar.mcrn.sysmonstm.ops.systemtests.faults.StoredRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * What was done to the spool of one agent that was killed, and what it hit.
 *
 * @param what in words
 * @param run of the samples
 * @param issued sequences that lay in the spool
 * @param hit those of them that were damaged
 */
record SpoolDamage(String what, long run, BitSet issued, BitSet hit) {
    private static final int FLIPS = 20;
    private static final int JUNK = 10_000;

    /** Ways to damage a spool. */
    enum Kind {
        BITS,
        TORN,
        DELETED,
        JUNK;

        /** Name of the agent that it happens to. */
        String agent() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Damages a spool of at least three files with samples of one run. */
    static SpoolDamage of(Kind kind, Path spool, Random random) throws IOException {
        List<SpoolFile> files = SpoolFile.of(spool);
        BitSet issued = new BitSet();
        files.forEach(file -> issued.or(file.all()));
        BitSet hit = new BitSet();
        String what = switch (kind) {
            case BITS -> flip(files, random, hit);
            case TORN -> tear(files.getLast(), random, hit);
            case DELETED -> delete(files, random, hit);
            case JUNK -> junk(spool, random);
        };
        return new SpoolDamage(what, files.getLast().samples().getLast().run(), issued, hit);
    }

    private static String flip(List<SpoolFile> files, Random random, BitSet hit) throws IOException {
        for (int flip = 0; flip < FLIPS; flip++) {
            SpoolFile file = files.get(random.nextInt(files.size()));
            byte[] bytes = Files.readAllBytes(file.path());
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(file.path(), bytes);
            hit.or(file.within(at, at + 1L));
        }
        return FLIPS + " bits flipped in " + files.size() + " files";
    }

    private static String tear(SpoolFile file, Random random, BitSet hit) throws IOException {
        byte[] bytes = Files.readAllBytes(file.path());
        int cut = 1 + random.nextInt(bytes.length / 2);
        Files.write(file.path(), Arrays.copyOf(bytes, bytes.length - cut), StandardOpenOption.TRUNCATE_EXISTING);
        hit.or(file.within(bytes.length - cut, bytes.length));
        return cut + " bytes cut off the newest file";
    }

    private static String delete(List<SpoolFile> files, Random random, BitSet hit) throws IOException {
        int middle = 1 + random.nextInt(files.size() - 2);
        Files.delete(files.get(middle).path());
        hit.or(files.get(middle).all());
        return "file " + (middle + 1) + " of " + files.size() + " deleted";
    }

    private static String junk(Path spool, Random random) throws IOException {
        byte[] junk = new byte[JUNK];
        random.nextBytes(junk);
        Files.write(spool.resolve("0".repeat(16) + ".spool"), junk);
        return JUNK + " random bytes as a further file";
    }

    /** Samples that no damage touched and that are not stored. */
    BitSet innocentLost(StoredRuns runs) {
        BitSet lost = (BitSet) issued.clone();
        lost.andNot(hit);
        lost.andNot(runs.stored(run));
        return lost;
    }

    /** Damaged samples that lie before an intact one and that no event names, and samples that one names wrongly. */
    BitSet wronglyNamed(StoredRuns runs) {
        BitSet intact = (BitSet) issued.clone();
        intact.andNot(hit);
        BitSet wrong = (BitSet) hit.clone();
        // What was lost behind the last intact sample of a run cannot be known.
        wrong.clear(intact.length(), Math.max(intact.length(), wrong.length()));
        wrong.xor(runs.named(run));
        return wrong;
    }
}

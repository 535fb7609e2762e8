package ar.mcrn.sysmonstm.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The same work on every machine and in every version: how fast this machine is now, so that figures of two runs can be compared. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class YardstickBenchmark {
    private static final int NUMBERS = 256;
    private static final int PLACES = 1 << 21;
    private static final int STEPS = 64;

    private final byte[] varints = new byte[NUMBERS * 5];
    private final int length;
    private final int[] next = cycle();
    private int place;

    /** Made by JMH. */
    public YardstickBenchmark() {
        Random random = new Random(1);
        int at = 0;
        for (int i = 0; i < NUMBERS; i++) {
            int rest = random.nextInt(1 << (7 * (1 + random.nextInt(4))));
            while (rest > 0x7f) {
                varints[at++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            varints[at++] = (byte) rest;
        }
        length = at;
    }

    /** Adds 256 numbers of one to four bytes each. */
    @Benchmark
    public long varints() {
        long sum = 0;
        for (int at = 0; at < length; ) {
            int shift = 0;
            byte part;
            do {
                part = varints[at++];
                sum += (part & 0x7fL) << shift;
                shift += 7;
            } while (part < 0);
        }
        return sum;
    }

    /** Follows 64 references through 8 MiB, in no order: what a reading beyond the core's own caches takes. */
    @Benchmark
    public int reads() {
        int at = place;
        for (int i = 0; i < STEPS; i++) {
            at = next[at];
        }
        place = at;
        return at;
    }

    /** One cycle through all places (Sattolo's shuffle). */
    private static int[] cycle() {
        Random random = new Random(1);
        int[] next = new int[PLACES];
        for (int i = 0; i < PLACES; i++) {
            next[i] = i;
        }
        for (int i = PLACES - 1; i > 0; i--) {
            int other = random.nextInt(i);
            int kept = next[i];
            next[i] = next[other];
            next[other] = kept;
        }
        return next;
    }
}

package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.agent.spool.DiskSpool;
import ar.mcrn.sysmonstm.contract.MachineId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What does an agent's spool on disk spend on one sample: to keep it until it is acknowledged, and to send it again? */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpoolBenchmark {
    private static final int MESSAGE = 32;
    private static final int MESSAGE_BYTES = 60_000;
    private static final int KEPT = 64 * 1_024;
    private static final long BYTES = 256L << 20;
    private static final long FIRST_MILLIS = 1_763_688_000_000L;

    /** Made by JMH. */
    public SpoolBenchmark() {}

    /** A spool in a folder of its own. */
    @State(Scope.Benchmark)
    public static class Kept {
        private final TypicalFrame frame = new TypicalFrame(1);
        private TemporaryFolder folder;
        private DiskSpool spool;
        private long sequence;

        /** Made by JMH. */
        public Kept() {}

        /** Opens it. */
        @Setup
        public void open() throws IOException {
            folder = new TemporaryFolder("sysmonstm-spool");
            spool = DiskSpool.open(folder.path(), BYTES, new MachineId("bench"), Path.of("/"));
            spool.append(TypicalFrame.inventory(1));
        }

        /** Removes it. */
        @TearDown
        public void close() throws IOException {
            spool.close();
            folder.close();
        }

        DiskSpool spool() {
            return spool;
        }

        void append() {
            sequence++;
            frame.next(FIRST_MILLIS + sequence * 1_000);
            spool.append(new SpoolRecord(1, sequence, 1, frame.sample()));
        }
    }

    /** A spool with samples that wait for backfill. */
    @State(Scope.Benchmark)
    public static class Waiting extends Kept {

        /** Made by JMH. */
        public Waiting() {}

        /** Fills it. */
        @Setup
        @Override
        public void open() throws IOException {
            super.open();
            for (int i = 0; i < KEPT; i++) {
                append();
            }
            spool().runEnded();
        }
    }

    /** Kept, taken as live, acknowledged. */
    @Benchmark
    public int appendAndSettle(Kept state) {
        state.append();
        List<SpoolRecord> taken = state.spool().takeLive(1, MESSAGE_BYTES);
        return state.spool()
                .settle(new SequenceRange(
                        1, taken.getFirst().sequence(), taken.getLast().sequence()));
    }

    /** Read from disk for a message of 32; without outcome they wait again when all have been sent. */
    @Benchmark
    @OperationsPerInvocation(MESSAGE)
    public List<SpoolRecord> replay(Waiting state) {
        List<SpoolRecord> taken = state.spool().takeBackfill(MESSAGE, MESSAGE_BYTES);
        if (taken.isEmpty()) {
            state.spool().streamEnded();
            taken = state.spool().takeBackfill(MESSAGE, MESSAGE_BYTES);
        }
        return taken;
    }
}

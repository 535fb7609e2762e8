package ar.mcrn.sysmonstm.agent.spool;

import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.ByteString;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes into a spool as fast as it can until it is killed, with another thread that forces all the time, and says each
 * thing after it was done: {@code a RUN SEQUENCE} appended, {@code s RUN FIRST LAST} settled.
 */
final class SpoolWriterMain {
    static final long SPOOL_BYTES = 4 << 20;
    static final Map<String, String> HERE = Map.of("name", "killed");

    private SpoolWriterMain() {}

    public static void main(String[] arguments) {
        long run = Long.parseLong(arguments[1]);
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false);
        // Each look at the clock is half a minute later: maintain() forces each time.
        long[] nanos = {0};
        DiskSpool spool = new DiskSpool(
                Path.of(arguments[0]), SPOOL_BYTES, HERE, FileChannel::open, () -> nanos[0] += 31_000_000_000L);
        Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                spool.maintain();
            }
        });
        Random random = new Random(run);
        spool.append(Inventory.newBuilder().setRun(run).setNumber(1).build());
        for (long sequence = 1; ; sequence++) {
            spool.append(sample(run, sequence));
            out.println("a " + run + " " + sequence);
            out.flush();
            if (random.nextInt(20) == 0) {
                settle(spool, out);
            }
        }
    }

    private static void settle(DiskSpool spool, PrintStream out) {
        List<SpoolRecord> taken = spool.takeBackfill(64, 60_000);
        if (!taken.isEmpty()) {
            SequenceRange range = new SequenceRange(
                    taken.getFirst().run(),
                    taken.getFirst().sequence(),
                    taken.getLast().sequence());
            // Said before: a kill may come before it is written.
            out.println("s " + range.run() + " " + range.first() + " " + range.last());
            out.flush();
            spool.settle(range);
        }
    }

    static SpoolRecord sample(long run, long sequence) {
        Random payload = new Random(run * 31 + sequence);
        byte[] cores = new byte[100 + payload.nextInt(800)];
        payload.nextBytes(cores);
        Sample sample = Sample.newBuilder()
                .setSequence(sequence)
                .setEndMillis(1_763_688_000_000L + sequence)
                .setCoreLoad(ByteString.copyFrom(cores))
                .build();
        return new SpoolRecord(run, sequence, 1, sample.toByteArray());
    }
}

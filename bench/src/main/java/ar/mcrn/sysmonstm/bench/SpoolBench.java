package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.agent.send.SpoolRecord;
import ar.mcrn.sysmonstm.agent.spool.DiskSpool;
import ar.mcrn.sysmonstm.contract.MachineId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How long an agent takes to open a spool that is nearly full: each time in a JVM of its own with the agent's options, whose
 * code is cold, as at any start. The files lie in the page cache, for they have just been written.
 */
final class SpoolBench {
    private static final MachineId MACHINE = new MachineId("bench");
    private static final double FULL = 0.97;
    private static final int BETWEEN_LOOKS = 10_000;
    private static final List<String> AGENT = List.of(
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx24m", "-Xss256k", "-XX:+UseCompactObjectHeaders");

    private SpoolBench() {}

    /** Fills one and opens it some times. */
    static void run(long bytes, int times) throws IOException, InterruptedException {
        try (TemporaryFolder folder = new TemporaryFolder("sysmonstm-spool")) {
            fill(folder.path(), bytes);
            System.out.printf(Locale.ROOT, "%-16s %10s %10s %12s%n", "spool of bytes", "open ms", "cpu ms", "samples");
            for (int i = 0; i < times; i++) {
                open(folder.path(), bytes);
            }
        }
    }

    private static void fill(Path folder, long bytes) {
        TypicalFrame frame = new TypicalFrame(1);
        try (DiskSpool spool = DiskSpool.open(folder, bytes, MACHINE, Path.of("/"))) {
            spool.append(TypicalFrame.inventory(1));
            for (long sequence = 1; ; sequence++) {
                if (sequence % BETWEEN_LOOKS == 0 && spool.levels().bytes() >= bytes * FULL) {
                    return;
                }
                frame.next(1_763_688_000_000L + sequence * 1_000);
                spool.append(new SpoolRecord(1, sequence, 1, frame.sample()));
            }
        }
    }

    private static void open(Path folder, long bytes) throws IOException, InterruptedException {
        List<String> command = Stream.of(
                        List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        AGENT,
                        List.of(
                                "-cp",
                                System.getProperty("java.class.path"),
                                SpoolBench.class.getName(),
                                folder.toString(),
                                Long.toString(bytes)))
                .flatMap(List::stream)
                .toList();
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("the opening process ended with " + exit);
        }
    }

    /** The opening process. */
    public static void main(String... arguments) {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long begun = System.nanoTime();
        try (DiskSpool spool =
                DiskSpool.open(Path.of(arguments[0]), Long.parseLong(arguments[1]), MACHINE, Path.of("/"))) {
            long took = System.nanoTime() - begun;
            long worked = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %,10d %,10d %,12d%n",
                    arguments[1],
                    took / 1_000_000,
                    worked / 1_000_000,
                    spool.levels().waiting() + (long) spool.levels().live());
        }
    }
}

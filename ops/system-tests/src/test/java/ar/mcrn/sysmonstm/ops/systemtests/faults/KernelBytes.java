package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this machine has read, written, received and sent since its boot as the kernel counts it ({@code /proc/diskstats},
 * {@code /proc/net/dev}), over all devices, partitions too: no sum of an agent's deltas can be larger than its growth (Linux).
 *
 * @param diskRead bytes
 * @param diskWrite bytes
 * @param networkReceive bytes
 * @param networkTransmit bytes
 */
public record KernelBytes(long diskRead, long diskWrite, long networkReceive, long networkTransmit) {
    private static final long SECTOR = 512;

    /** Up to now. */
    public static KernelBytes now() throws IOException {
        long read = 0;
        long write = 0;
        for (String line : Files.readAllLines(Path.of("/proc/diskstats"))) {
            String[] words = line.strip().split("\\s+", -1);
            read += SECTOR * Long.parseLong(words[5]);
            write += SECTOR * Long.parseLong(words[9]);
        }
        long receive = 0;
        long transmit = 0;
        for (String line : Files.readAllLines(Path.of("/proc/net/dev"))) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                String[] words = line.substring(colon + 1).strip().split("\\s+", -1);
                receive += Long.parseLong(words[0]);
                transmit += Long.parseLong(words[8]);
            }
        }
        return new KernelBytes(read, write, receive, transmit);
    }

    /** What came since then. */
    public KernelBytes since(KernelBytes before) {
        return new KernelBytes(
                diskRead - before.diskRead,
                diskWrite - before.diskWrite,
                networkReceive - before.networkReceive,
                networkTransmit - before.networkTransmit);
    }
}

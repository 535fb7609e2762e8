package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.HostColumn;
import java.io.IOException;
import java.util.Arrays;

/** {@code /proc/meminfo}: memory and swap in KiB, and the shares of them in use. */
final class MeminfoReader implements Source {
    private static final String[] NAMES = {
        "MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "Shmem", "Slab", "SwapTotal", "SwapFree"
    };
    private static final int TOTAL = 0;
    private static final int FREE = 1;
    private static final int AVAILABLE = 2;
    private static final int BUFFERS = 3;
    private static final int CACHED = 4;
    private static final int SHARED = 5;
    private static final int SLAB = 6;
    private static final int SWAP_TOTAL = 7;
    private static final int SWAP_FREE = 8;

    private final ProcFile file;
    private final byte[][] prefixes = new byte[NAMES.length][];
    private final long[] found = new long[NAMES.length];

    MeminfoReader(SystemFiles files) {
        file = new ProcFile(files.proc().resolve("meminfo"));
        for (int i = 0; i < NAMES.length; i++) {
            prefixes[i] = ProcFile.ascii(NAMES[i] + ":");
        }
    }

    @Override
    public String name() {
        return "/proc/meminfo";
    }

    @Override
    public void read(Reading reading) throws IOException {
        file.load();
        Arrays.fill(found, -1);
        for (; file.hasMore(); file.nextLine()) {
            for (int i = 0; i < prefixes.length; i++) {
                if (found[i] < 0 && file.skip(prefixes[i])) {
                    found[i] = file.number();
                    break;
                }
            }
        }
        put(reading, HostColumn.MEMORY_LIMIT, TOTAL);
        put(reading, HostColumn.MEMORY_FREE, FREE);
        put(reading, HostColumn.MEMORY_AVAILABLE, AVAILABLE);
        put(reading, HostColumn.MEMORY_BUFFERS, BUFFERS);
        put(reading, HostColumn.MEMORY_CACHED, CACHED);
        put(reading, HostColumn.MEMORY_SHARED, SHARED);
        put(reading, HostColumn.MEMORY_SLAB, SLAB);
        put(reading, HostColumn.SWAP_LIMIT, SWAP_TOTAL);
        long total = found[TOTAL];
        if (total > 0 && found[AVAILABLE] >= 0) {
            long used = Math.max(0, total - found[AVAILABLE]);
            reading.put(HostColumn.MEMORY_USED, used);
            reading.put(HostColumn.MEMORY_UTILIZATION, Quantities.basisPoints(used, total));
        }
        long swap = found[SWAP_TOTAL];
        if (swap >= 0 && found[SWAP_FREE] >= 0) {
            long used = Math.max(0, swap - found[SWAP_FREE]);
            reading.put(HostColumn.SWAP_USED, used);
            if (swap > 0) {
                reading.put(HostColumn.SWAP_UTILIZATION, Quantities.basisPoints(used, swap));
            }
        }
        if (total < 0) {
            throw new IOException("no MemTotal line: file=/proc/meminfo");
        }
    }

    private void put(Reading reading, HostColumn column, int index) {
        if (found[index] >= 0) {
            reading.put(column, found[index]);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}

package ar.mcrn.sysmonstm.agent.collect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * {@code /proc/PID/stat} of every process, read into one buffer and scanned there. The name stands in brackets and may hold
 * anything, brackets and line ends too: it ends at the last bracket.
 *
 * <pre>
 * 1 pid   2 (comm)   3 state   9 flags   14 utime   15 stime   20 num_threads   22 starttime   24 rss, pages
 * </pre>
 *
 * <p>Source: proc_pid_stat(5); {@code PF_KTHREAD} in include/linux/sched.h.
 */
final class ProcProcesses implements ProcessLister {
    /** A process with every number at its longest takes some 1,100 bytes, as far as its memory 500. */
    private static final int STAT_BYTES = 1024;

    private static final int FLAGS = 9;
    private static final int USER = 14;
    private static final int SYSTEM = 15;
    private static final int THREADS = 20;
    private static final int START = 22;
    private static final int RESIDENT = 24;
    private static final long KERNEL_THREAD = 0x0020_0000;
    private static final int KIBIBYTE = 1024;

    private final Supplier<ProcessFiles> opener;
    private ProcessFiles files;
    private final long pageKibibytes;
    private final byte[] stat = new byte[STAT_BYTES];
    private final long[] fields = new long[RESIDENT + 1];

    ProcProcesses(ProcessFiles files, int pageBytes) {
        this(() -> files, pageBytes);
    }

    private ProcProcesses(Supplier<ProcessFiles> opener, int pageBytes) {
        this.opener = opener;
        this.pageKibibytes = Math.max(pageBytes / KIBIBYTE, 1);
    }

    /** By the C library, which is looked up with the first list. */
    static ProcProcesses of(SystemFiles files) {
        return new ProcProcesses(
                () -> NativeProcessFiles.orFile(files.proc()),
                AuxiliaryVector.of(files).pageBytes());
    }

    @Override
    public boolean list(TopProcesses top) throws IOException {
        if (files == null) {
            files = opener.get();
        }
        files.begin();
        try {
            int looked = 0;
            for (int pid; (pid = files.next()) != 0; ) {
                if (++looked > TopProcesses.LOOKED_AT) {
                    return false;
                }
                offer(pid, files.readStat(pid, stat), top);
            }
            return true;
        } finally {
            files.close();
        }
    }

    private void offer(int pid, int length, TopProcesses top) {
        int open = 0;
        while (open < length && stat[open] != '(') {
            open++;
        }
        int close = length - 1;
        while (close > open && stat[close] != ')') {
            close--;
        }
        if (close <= open || !scan(close + 1, length)) {
            return; // It ended meanwhile, or this is no stat.
        }
        boolean kernel = (fields[FLAGS] & KERNEL_THREAD) != 0;
        top.offer(
                pid,
                fields[START],
                fields[USER] + fields[SYSTEM],
                fields[RESIDENT] * pageKibibytes,
                (int) Math.min(fields[THREADS], Integer.MAX_VALUE),
                kernel,
                stat,
                open + 1,
                close - open - 1);
    }

    /** Takes the fields behind the name apart; false where they end before the last that is needed. */
    private boolean scan(int from, int length) {
        int at = from;
        for (int field = 3; field <= RESIDENT; field++) {
            while (at < length && stat[at] == ' ') {
                at++;
            }
            if (at >= length) {
                return false;
            }
            long value = 0;
            for (; at < length && stat[at] > ' '; at++) {
                // Signs and the letter of the state are passed over: no field that is used has them.
                if (stat[at] >= '0' && stat[at] <= '9') {
                    value = value * 10 + stat[at] - '0';
                }
            }
            fields[field] = value;
        }
        return true;
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }

    /**
     * What the kernel tells every process at its start: pairs of words, type and value, ended by a type of 0. Source:
     * getauxval(3).
     *
     * @param pageBytes size of a page
     * @param ticksPerSecond unit of CPU times
     */
    record AuxiliaryVector(int pageBytes, int ticksPerSecond) {
        private static final int PAGE = 6;
        private static final int TICKS = 17;
        private static final AuxiliaryVector USUAL = new AuxiliaryVector(4096, 100);

        static AuxiliaryVector of(SystemFiles files) {
            return read(files.proc().resolve("self/auxv"));
        }

        private static AuxiliaryVector read(Path file) {
            try {
                ByteBuffer words = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
                int page = USUAL.pageBytes;
                int ticks = USUAL.ticksPerSecond;
                while (words.remaining() >= 2 * Long.BYTES) {
                    long type = words.getLong();
                    int value = (int) words.getLong();
                    page = type == PAGE && value >= KIBIBYTE ? value : page;
                    ticks = type == TICKS && value > 0 ? value : ticks;
                }
                return new AuxiliaryVector(page, ticks);
            } catch (IOException ignored) {
                // What every 64-bit Linux but a few of arm64 and ppc64le says.
                return USUAL;
            }
        }
    }
}

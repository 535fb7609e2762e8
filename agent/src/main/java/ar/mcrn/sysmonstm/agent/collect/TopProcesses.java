package ar.mcrn.sysmonstm.agent.collect;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds, among all processes of a round, those with most CPU time since the round before and those with most memory. Nothing is
 * made for a process that is not among them: candidates lie in rows that are used again and again, CPU times in two hash
 * tables that change places. Used by one thread.
 */
final class TopProcesses {
    /** Processes looked at in one round. */
    static final int LOOKED_AT = 32_768;

    /** Rows given at most. */
    static final int ROWS = 10;

    private static final int BY_CPU = 6;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long FULL = 10_000;

    private final long ticksPerSecond;
    private final long mostTicksPerSecond;
    private final Ranking byCpu = new Ranking(BY_CPU);
    private final Ranking byMemory = new Ranking(ROWS);
    private CpuTimes before = new CpuTimes();
    private CpuTimes now = new CpuTimes();
    private boolean comparable;
    private long roundNanos;
    private long elapsedNanos;
    /** Latest start seen, in this round and in all rounds before it. */
    private long latestStart;

    private long latestStartBefore;

    /** @param ticksPerSecond unit of the CPU times offered */
    TopProcesses(long ticksPerSecond) {
        this.ticksPerSecond = ticksPerSecond;
        this.mostTicksPerSecond = ticksPerSecond * Limits.CORES;
    }

    /** Begins a round at this time of the monotonic clock. */
    void begin(long nanos) {
        CpuTimes oldest = before;
        before = now;
        now = oldest;
        now.clear();
        byCpu.size = 0;
        byMemory.size = 0;
        latestStartBefore = latestStart;
        elapsedNanos = nanos - roundNanos;
        roundNanos = nanos;
    }

    /**
     * One process; what has no number, as Windows' idle time, is none.
     *
     * @param start when it started, in any unit that stays the same: tells it from an earlier one with its number
     * @param ticks CPU time since then
     * @param memoryKibibytes resident
     * @param kernel a thread of the kernel, which has no memory of its own
     * @param text holds its name in the {@code length} bytes from {@code from}
     */
    void offer(
            int pid,
            long start,
            long ticks,
            long memoryKibibytes,
            int threads,
            boolean kernel,
            byte[] text,
            int from,
            int length) {
        if (pid <= 0) {
            return;
        }
        now.put(pid, start, ticks);
        latestStart = Math.max(latestStart, start);
        long used = comparable ? used(ticks, before(pid, start)) : -1;
        if (used > 0) {
            byCpu.offer(used, used, pid, memoryKibibytes, threads, text, from, length);
        }
        if (!kernel && memoryKibibytes > 0) {
            byMemory.offer(memoryKibibytes, used, pid, memoryKibibytes, threads, text, from, length);
        }
    }

    /** CPU time at the round before; -1 where it is not known: an old process that could not be read then. */
    private long before(int pid, long start) {
        long known = before.get(pid, start);
        return known < 0 && start > latestStartBefore ? 0 : known;
    }

    private long used(long ticks, long before) {
        long most = Math.max(mostTicksPerSecond * elapsedNanos / NANOS_PER_SECOND, ticksPerSecond);
        return before >= 0 && ticks >= before && ticks - before <= most ? ticks - before : -1;
    }

    /**
     * The round's rows: some with most CPU time first, then as many with most memory as there is room for.
     *
     * @param whole whether every process was offered; CPU times are not known in the round after one that was cut short
     */
    List<ProcessRow> end(boolean whole) {
        List<ProcessRow> rows = new ArrayList<>(ROWS);
        add(rows, byCpu);
        add(rows, byMemory);
        comparable = whole;
        return rows;
    }

    /** Forgets the round: it failed. */
    void fail() {
        comparable = false;
    }

    private void add(List<ProcessRow> rows, Ranking ranking) {
        for (int i = 0; i < ranking.size && rows.size() < ROWS; i++) {
            Candidate candidate = ranking.best[i];
            if (rows.stream().noneMatch(row -> row.getPid() == candidate.pid)) {
                rows.add(row(candidate));
            }
        }
    }

    private ProcessRow row(Candidate candidate) {
        ProcessRow.Builder row = ProcessRow.newBuilder()
                .setPid(candidate.pid)
                .setCommand(command(candidate.name, candidate.nameLength))
                .setMemory(Math.clamp(candidate.memoryKibibytes, 0, Limits.KIBIBYTES))
                .setThreads(Math.max(candidate.threads, 1));
        if (candidate.ticks >= 0 && elapsedNanos > 0) {
            double seconds = (double) elapsedNanos / NANOS_PER_SECOND;
            long cpu = Math.round(candidate.ticks * FULL / (ticksPerSecond * seconds));
            row.setCpu((int) Math.min(cpu, Limits.PROCESS_CPU));
        }
        return row.build();
    }

    /** As text without control characters, cut at a whole character where it is too long. */
    private static ByteString command(byte[] name, int length) {
        StringBuilder text = new StringBuilder();
        int bytes = 0;
        int[] characters =
                new String(name, 0, length, StandardCharsets.UTF_8).codePoints().toArray();
        for (int character : characters) {
            int shown = Character.isISOControl(character) ? '\uFFFD' : character;
            bytes += shown < 0x80 ? 1 : shown < 0x800 ? 2 : shown < 0x1_0000 ? 3 : 4;
            if (bytes > Limits.COMMAND_BYTES) {
                break;
            }
            text.appendCodePoint(shown);
        }
        return ByteString.copyFromUtf8(text.isEmpty() ? "?" : text.toString());
    }

    /** A process that may be among those with most. */
    private static final class Candidate {
        private final byte[] name = new byte[Limits.COMMAND_BYTES];
        private int nameLength;
        private int pid;
        private long rank;
        private long ticks;
        private long memoryKibibytes;
        private int threads;
    }

    /** The first few by one measure, in order. */
    private static final class Ranking {
        private final Candidate[] best;
        private int size;

        private Ranking(int capacity) {
            best = new Candidate[capacity];
            for (int i = 0; i < capacity; i++) {
                best[i] = new Candidate();
            }
        }

        private void offer(
                long rank, long ticks, int pid, long memoryKibibytes, int threads, byte[] text, int from, int length) {
            if (size == best.length && rank <= best[size - 1].rank) {
                return;
            }
            int at = size < best.length ? size++ : size - 1;
            Candidate candidate = best[at];
            for (; at > 0 && best[at - 1].rank < rank; at--) {
                best[at] = best[at - 1];
            }
            best[at] = candidate;
            candidate.rank = rank;
            candidate.pid = pid;
            candidate.ticks = ticks;
            candidate.memoryKibibytes = memoryKibibytes;
            candidate.threads = threads;
            candidate.nameLength = Math.min(length, candidate.name.length);
            System.arraycopy(text, from, candidate.name, 0, candidate.nameLength);
        }
    }

    /**
     * CPU times by process: open addressing, never more than half full, 0 = free. A key holds the start above the number,
     * which the kernel keeps below 2^22; no number is 0.
     */
    private static final class CpuTimes {
        private static final int PID_BITS = 22;

        private long[] keys = new long[512];
        private long[] ticks = new long[keys.length];
        private int size;

        private void clear() {
            Arrays.fill(keys, 0);
            size = 0;
        }

        private void put(int pid, long start, long value) {
            if (size * 2 >= keys.length) {
                grow();
            }
            int at = slot(key(pid, start));
            if (keys[at] == 0) {
                size++;
            }
            keys[at] = key(pid, start);
            ticks[at] = value;
        }

        /** -1 where it is not known. */
        private long get(int pid, long start) {
            int at = slot(key(pid, start));
            return keys[at] == 0 ? -1 : ticks[at];
        }

        private static long key(int pid, long start) {
            return start << PID_BITS | pid;
        }

        private int slot(long key) {
            int mask = keys.length - 1;
            int at = (int) ((key * 0x9E37_79B9_7F4A_7C15L) >>> 32) & mask;
            while (keys[at] != 0 && keys[at] != key) {
                at = (at + 1) & mask;
            }
            return at;
        }

        private void grow() {
            long[] oldKeys = keys;
            long[] oldTicks = ticks;
            keys = new long[oldKeys.length * 2];
            ticks = new long[keys.length];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldKeys[i] != 0) {
                    int at = slot(oldKeys[i]);
                    keys[at] = oldKeys[i];
                    ticks[at] = oldTicks[i];
                }
            }
        }
    }
}

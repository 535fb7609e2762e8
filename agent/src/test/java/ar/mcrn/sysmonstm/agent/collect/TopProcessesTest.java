package ar.mcrn.sysmonstm.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers of {@code /proc/PID/stat}, natively and by java.io, on a tree of the test's own and on this machine. */
class TopProcessesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final SystemFiles HERE = SystemFiles.ofThisMachine();

    @TempDir
    Path root;

    private final AtomicLong nanos = new AtomicLong(5 * SECOND);

    private Path proc() {
        return root.resolve("proc");
    }

    private ProcessFiles files(boolean isNative, Path proc) {
        ProcessFiles files = isNative ? NativeProcessFiles.orFile(proc) : ProcessFiles.ofFile(proc);
        assertThat(files instanceof NativeProcessFiles).isEqualTo(isNative);
        return files;
    }

    private ProcessWatch watch(boolean isNative) {
        return new ProcessWatch(new ProcProcesses(files(isNative, proc()), 4096), 100, nanos::get);
    }

    private void process(int pid, String command, long ticks, long pages) throws IOException {
        process(pid, command.getBytes(StandardCharsets.UTF_8), ticks, pages, 1_000 + pid, 0);
    }

    private void process(int pid, byte[] command, long ticks, long pages, long start, int flags) throws IOException {
        Path directory = Files.createDirectories(proc().resolve(Integer.toString(pid)));
        byte[] head = (pid + " (").getBytes(StandardCharsets.US_ASCII);
        byte[] tail = (") S 1 " + pid + " 0 -1 -1 " + flags + " 10 0 0 0 " + ticks / 2 + ' ' + (ticks - ticks / 2)
                        + " 7 7 20 -5 3 0 " + start + " 12345678 " + pages + " 18446744073709551615 1 1 0 0 0 0\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + command.length + tail.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(command, 0, all, head.length, command.length);
        System.arraycopy(tail, 0, all, head.length + command.length, tail.length);
        Files.write(directory.resolve("stat"), all);
    }

    private List<ProcessRow> round(ProcessWatch watch) {
        long before = watch.snapshot().round();
        watch.round();
        assertThat(watch.snapshot().round()).isEqualTo(before + 1);
        nanos.addAndGet(10 * SECOND);
        return watch.snapshot().rows();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ranksByTimeSinceTheRoundBeforeAndByMemory(boolean isNative) throws IOException {
        for (int pid = 1; pid <= 200; pid++) {
            process(pid, "p" + pid, 1_000_000L * pid, pid);
        }
        Files.createDirectories(proc().resolve("self"));
        Files.createDirectories(proc().resolve("12x"));
        Files.createDirectories(proc().resolve("300")); // it has ended: no stat
        Files.writeString(proc().resolve("uptime"), "1 1");
        try (ProcessWatch watch = watch(isNative)) {
            List<ProcessRow> first = round(watch);
            assertThat(first)
                    .extracting(ProcessRow::getPid)
                    .containsExactly(200, 199, 198, 197, 196, 195, 194, 193, 192, 191);
            assertThat(first).noneMatch(ProcessRow::hasCpu);
            assertThat(first.getFirst().getMemory()).isEqualTo(800);
            assertThat(first.getFirst().getThreads()).isEqualTo(3);

            for (int pid = 1; pid <= 8; pid++) {
                process(pid, "p" + pid, 1_000_000L * pid + 100L * pid, pid);
            }
            process(200, "p200", 200_000_000 + 2_500, 200); // 25 s in 10 s: several threads
            process(150, "again".getBytes(StandardCharsets.UTF_8), 40, 150, 99_999, 0); // another one of this number
            process(400, "new", 300, 400);
            List<ProcessRow> second = round(watch);
            assertThat(second).extracting(ProcessRow::getPid).containsExactly(200, 8, 7, 6, 5, 4, 400, 199, 198, 197);
            assertThat(second.getFirst().getCpu()).isEqualTo(25_000);
            assertThat(second.get(1).getCpu()).isEqualTo(8_000);
            assertThat(second.get(6).getCpu()).as("started since").isEqualTo(3_000);
            assertThat(second.get(7).hasCpu()).isTrue();
            assertThat(second.get(7).getCpu()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void namesAreTextWhateverTheyHold(boolean isNative) throws IOException {
        process(1, "a) S 1 (b", 0, 60);
        process(2, "</script>\n\u0085", 0, 50);
        process(3, new byte[] {'x', (byte) 0xff, 'y', 0x1b}, 0, 40, 1, 0);
        process(4, "\u4e16".repeat(30), 0, 30);
        process(5, "", 0, 20);
        process(6, "n".repeat(10_000), 0, 10);
        try (ProcessWatch watch = watch(isNative)) {
            assertThat(round(watch))
                    .extracting(row -> row.getCommand().toStringUtf8())
                    .containsExactly("a) S 1 (b", "</script>\uFFFD\uFFFD", "x\uFFFDy\uFFFD", "\u4e16".repeat(21), "?");
            assertThat(watch.snapshot().rows()).allMatch(row -> row.getCommand().size() <= Limits.COMMAND_BYTES);
        }
    }

    @Test
    void threadsOfTheKernelAreNotRankedByMemory() throws IOException {
        byte[] name = "kworker/0:1".getBytes(StandardCharsets.UTF_8);
        process(2, name, 100, 9_000, 1, 0x0020_8040);
        process(3, "small", 100, 1);
        try (ProcessWatch watch = watch(true)) {
            assertThat(round(watch)).extracting(ProcessRow::getPid).containsExactly(3);
            process(2, name, 200, 9_000, 1, 0x0020_8040);
            assertThat(round(watch)).extracting(ProcessRow::getPid).containsExactly(2, 3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutAListProcessesAreAbsentUntilItIsBack(boolean isNative) throws IOException {
        try (ProcessWatch watch = watch(isNative)) {
            watch.round();
            assertThat(watch.snapshot().round()).isZero();
            process(1, "init", 5, 5);
            assertThat(round(watch)).hasSize(1).noneMatch(ProcessRow::hasCpu);
        }
    }

    @Test
    void looksAtABoundedNumber() throws IOException {
        int[] next = {0};
        ProcessFiles endless = new ProcessFiles() {
            @Override
            public void begin() {
                next[0] = 0;
            }

            @Override
            public int next() {
                return ++next[0];
            }

            @Override
            public int readStat(int pid, byte[] into) {
                byte[] stat = (pid + " (p) S 1 1 0 -1 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 7 0 " + pid)
                        .getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(stat, 0, into, 0, stat.length);
                return stat.length;
            }

            @Override
            public void close() {}
        };
        TopProcesses top = new TopProcesses(100);
        top.begin(SECOND);
        assertThat(new ProcProcesses(endless, 4096).list(top)).isFalse();
        assertThat(next[0]).isEqualTo(TopProcesses.LOOKED_AT + 1);
        assertThat(top.end(false).getFirst().getPid()).isEqualTo(TopProcesses.LOOKED_AT);
    }

    @Test
    void whatHasNoNumberIsNoProcess() {
        TopProcesses top = new TopProcesses(100);
        byte[] idle = "System Idle Process".getBytes(StandardCharsets.UTF_8);
        for (int round = 1; round <= 2; round++) {
            top.begin(10L * SECOND * round);
            top.offer(0, 0, 1_000L * round, 8, 8, false, idle, 0, idle.length);
            top.offer(4, 1, 10L * round, -1, 0, false, idle, 0, 6);
            assertThat(top.end(true)).noneMatch(row -> row.getPid() == 0 || row.getMemory() < 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofOneThatCouldNotBeReadTheTimeIsNotKnown(boolean isNative) throws IOException {
        process(1, "old", 400_000, 20);
        process(2, "other", 7, 10);
        try (ProcessWatch watch = watch(isNative)) {
            round(watch);
            Files.move(proc().resolve("1/stat"), proc().resolve("1/hidden"));
            assertThat(round(watch)).extracting(ProcessRow::getPid).containsExactly(2);
            Files.move(proc().resolve("1/hidden"), proc().resolve("1/stat"));
            assertThat(round(watch).getFirst().getPid()).isEqualTo(1);
            assertThat(watch.snapshot().rows().getFirst().hasCpu()).isFalse();
            process(1, "old", 400_100, 20);
            assertThat(round(watch).getFirst().getCpu()).isEqualTo(1_000);
        }
    }

    /** Only this process, so that no busier one takes its place. */
    private ProcessFiles ownOnly(boolean isNative) {
        ProcessFiles all = files(isNative, HERE.proc());
        return new ProcessFiles() {
            @Override
            public void begin() throws IOException {
                all.begin();
            }

            @Override
            public int next() throws IOException {
                int pid = all.next();
                while (pid != 0 && pid != ProcessHandle.current().pid()) {
                    pid = all.next();
                }
                return pid;
            }

            @Override
            public int readStat(int pid, byte[] into) {
                return all.readStat(pid, into);
            }

            @Override
            public void close() {
                all.close();
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void showsThisProcessAsItIs(boolean isNative) {
        int ticks = ProcProcesses.AuxiliaryVector.of(HERE).ticksPerSecond();
        int page = ProcProcesses.AuxiliaryVector.of(HERE).pageBytes();
        try (ProcessWatch watch =
                new ProcessWatch(new ProcProcesses(ownOnly(isNative), page), ticks, System::nanoTime)) {
            watch.round();
            long begin = System.nanoTime();
            long sum = 0;
            while (System.nanoTime() - begin < SECOND / 2) {
                sum += System.nanoTime();
            }
            assertThat(sum).isNotZero();
            watch.round();
            ProcessRow self = watch.snapshot().rows().stream()
                    .filter(row -> row.getPid() == ProcessHandle.current().pid())
                    .findFirst()
                    .orElseThrow();
            assertThat(self.getCommand().toStringUtf8()).isEqualTo("java");
            assertThat(self.getCpu()).isBetween(100, 100_000);
            assertThat(self.getMemory()).isBetween(20_000L, 8_000_000L);
            assertThat(self.getThreads()).isBetween(5, 1_000);
        }
    }
}

package ar.mcrn.sysmonstm.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Our readers of /proc against OSHI on the machine that runs the tests. */
@EnabledOnOs(OS.LINUX)
class ThisMachineTest {
    private final Reading ours = new Reading();
    private final Reading theirs = new Reading();
    private static final Machine LINUX = Machine.ofThisProcess();
    private static final Machine OSHI = Machine.ofOshi();

    @BeforeEach
    void read() throws IOException {
        ours.clear(System.nanoTime());
        theirs.clear(System.nanoTime());
        read(LINUX.sources(), ours);
        read(OSHI.sources(), theirs);
    }

    private static void read(List<Source> sources, Reading into) {
        sources.forEach(source -> new GuardedSource(source).read(into));
    }

    private void near(HostColumn column, long slack) {
        assertThat(ours.has(column)).as(column.name()).isTrue();
        assertThat(ours.get(column)).as(column.name()).isCloseTo(theirs.get(column), within(slack));
    }

    @Test
    void agreeOnMemorySwapLoadAndUptime() {
        near(HostColumn.MEMORY_LIMIT, 0);
        near(HostColumn.MEMORY_AVAILABLE, 1 << 20);
        near(HostColumn.SWAP_LIMIT, 0);
        near(HostColumn.LOAD_1M, 100);
        near(HostColumn.UPTIME, 2);
        near(HostColumn.SWAP_IN, 1_000);
    }

    @Test
    void agreeOnProcessorTime() {
        assertThat(ours.cores).isEqualTo(theirs.cores);
        // OSHI counts in milliseconds, the kernel in ticks of 10 ms.
        for (int mode : new int[] {Reading.USER, Reading.SYSTEM, Reading.IDLE}) {
            assertThat(ours.modes[mode] * 10).isCloseTo(theirs.modes[mode], within(20_000L));
        }
        near(HostColumn.CONTEXT_SWITCHES, 2_000_000);
        near(HostColumn.INTERRUPTS, 2_000_000);
    }

    @Test
    void agreeOnProcesses() {
        near(HostColumn.PROCESSES, 100);
        near(HostColumn.THREADS, 400);
    }

    @Test
    void agreeOnDisks() {
        assertThat(ours.disks.size()).isPositive();
        for (int i = 0; i < ours.disks.size(); i++) {
            int other = theirs.disks.find("/dev/" + ours.disks.name(i), i);
            assertThat(other).as(ours.disks.name(i)).isNotNegative();
            for (DiskColumn column : List.of(DiskColumn.READS, DiskColumn.WRITES)) {
                assertThat(ours.disks.row(i)[column.wire()])
                        .as(column.name())
                        .isCloseTo(theirs.disks.row(other)[column.wire()], within(100_000L));
            }
        }
    }

    @Test
    void agreeOnInterfaces() {
        for (int i = 0; i < theirs.interfaces.size(); i++) {
            int mine = ours.interfaces.find(theirs.interfaces.name(i), i);
            assertThat(mine).as(theirs.interfaces.name(i)).isNotNegative();
            int bytes = InterfaceColumn.RECEIVE_BYTES.wire();
            assertThat(ours.interfaces.row(mine)[bytes])
                    .isCloseTo(theirs.interfaces.row(i)[bytes], within(100_000_000L));
        }
    }

    @Test
    void statvfsAgreesWithTheJdk() throws IOException {
        Space ours = StatVfs.orFile().read("/");
        Space theirs = SpaceReader.ofFile("/");
        assertThat(ours.sizeBytes()).isEqualTo(theirs.sizeBytes());
        assertThat(ours.availableBytes()).isCloseTo(theirs.availableBytes(), within(1L << 30));
        assertThat(ours.inodes()).isPositive();
    }

    @Test
    void oshiAloneMakesAWholeSample() {
        IntervalPhases phases = new IntervalPhases(new MachineId("m"));
        try (CollectionCycle cycle = new CollectionCycle(OSHI, 1, "host", "1", Map.of(), phases, System::nanoTime)) {
            cycle.begin(0);
            AtomicReference<Sample> newest = new AtomicReference<>(Sample.getDefaultInstance());
            // Until OSHI reads its figures anew.
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                cycle.read();
                cycle.collect(1, 10_000).ifPresent(collected -> newest.set(collected.sample()));
                return (newest.get().getPresent() & HostColumn.CPU_TOTAL.bit()) != 0;
            });
            Sample sample = newest.get();
            assertThat(sample.getValuesCount()).isEqualTo(Long.bitCount(sample.getPresent()));
            assertThat(sample.getPresent() & HostColumn.MEMORY_USED.bit()).isNotZero();
            assertThat(sample.getCoreLoad().size()).isEqualTo(theirs.cores);
            for (DeviceRow row : sample.getDiskIntervalsList()) {
                assertThat(row.getPresent() & DiskColumn.READ_MILLIS.bit()).isZero();
                assertThat(row.getValuesCount()).isEqualTo(Long.bitCount(row.getPresent()));
            }
        }
    }

    @Test
    void agreeOnFacts() {
        assertThat(LINUX.facts().os()).isEqualTo(OSHI.facts().os());
        assertThat(LINUX.facts().kernel()).isEqualTo(OSHI.facts().kernel());
        assertThat(LINUX.facts().memoryBytes()).isEqualTo(OSHI.facts().memoryBytes());
        assertThat(LINUX.facts().bootMillis()).isEqualTo(OSHI.facts().bootMillis());
        assertThat(LINUX.facts().logicalCores()).isEqualTo(OSHI.facts().logicalCores());
        assertThat(LINUX.facts().architecture()).isEqualTo(OSHI.facts().architecture());
        assertThat(LINUX.facts().memoryBytes()).isPositive();
        assertThat(LINUX.facts().bootMillis()).isPositive();
        assertThat(LINUX.facts().os()).isNotEmpty();
    }
}

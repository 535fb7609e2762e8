package ar.mcrn.sysmonstm.agent.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionCycleTest {
    private static final long START = 1_763_688_000_000L;

    @TempDir
    Path root;

    private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
    private final CountDownLatch nasAnswers = new CountDownLatch(1);
    private ProcTree tree;
    private CollectionCycle cycle;
    private long sequence;
    private long second = 100;
    private long start = START;

    @BeforeEach
    void begin() throws IOException {
        tree = new ProcTree(root).fill(second);
        cycle = cycle();
    }

    @AfterEach
    void close() {
        nasAnswers.countDown();
        cycle.close();
    }

    private CollectionCycle cycle() {
        SystemFiles files = tree.files();
        Machine machine = new Machine(
                Machine.linuxSources(files),
                MachineFacts.ofJdk(),
                new SysDeviceFacts(files),
                DeviceKind.DISK,
                DeviceKind.INTERFACE,
                new ProcMounts(files),
                this::space,
                ProcProcesses.of(files),
                100,
                files.sys());
        return new CollectionCycle(
                machine, 7, "host", "1", Map.of(), new IntervalPhases(new MachineId("m")), nanos::get);
    }

    private Space space(String mountpoint) {
        if (mountpoint.equals("/mnt/nas")) {
            try {
                nasAnswers.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return mountpoint.equals("/")
                ? new Space(1_000 << 10, 500 << 10, 400 << 10, 64, 4)
                : new Space(4_000 << 10, 1_000 << 10, 1_000 << 10, 0, 0);
    }

    private void start() {
        cycle.begin(start);
    }

    /** One second later, with the files as they then are. */
    private CollectionCycle.Collected tick() throws IOException {
        return tick(1_000);
    }

    private CollectionCycle.Collected tick(long millis) throws IOException {
        nanos.addAndGet(millis * 1_000_000);
        cycle.read();
        long stamp = start + (second - 100) * 1_000;
        return cycle.collect(++sequence, stamp).orElseThrow();
    }

    private CollectionCycle.Collected nextSecond() throws IOException {
        tree.fill(++second);
        return tick();
    }

    private static OptionalLong value(Sample sample, HostColumn column) {
        return value(sample.getPresent(), sample.getValuesList(), column);
    }

    private static OptionalLong value(DeviceRow row, Column column) {
        return value(row.getPresent(), row.getValuesList(), column);
    }

    private static OptionalLong value(long present, List<Long> values, Column column) {
        assertThat(values).hasSize(Long.bitCount(present));
        if ((present & column.bit()) == 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(values.get(Long.bitCount(present & (column.bit() - 1))));
    }

    @Test
    void makesNoSampleOfOneReading() {
        start();
        assertThat(cycle.collect(1, START)).isEmpty();
    }

    @Test
    void makesDeltasAndSharesOfTwoReadings() throws IOException {
        start();
        Sample sample = nextSecond().sample();
        assertThat(sample.getDurationMillis()).isEqualTo(1_000);
        assertThat(value(sample, HostColumn.CPU_TOTAL)).hasValue(5_000);
        assertThat(value(sample, HostColumn.CPU_USER)).hasValue(2_500);
        assertThat(value(sample, HostColumn.CPU_IDLE)).hasValue(5_000);
        assertThat(value(sample, HostColumn.CONTEXT_SWITCHES)).hasValue(98_765);
        assertThat(value(sample, HostColumn.PRESSURE_CPU_SOME)).hasValue(30_000);
        assertThat(value(sample, HostColumn.DISK_READ_BYTES)).hasValue(3L * 4_000 * 512);
        assertThat(value(sample, HostColumn.DISK_BUSIEST)).hasValue(2_500);
        assertThat(value(sample, HostColumn.NETWORK_RECEIVE_BYTES)).hasValue(2_500_000);
        assertThat(value(sample, HostColumn.NETWORK_DROPPED)).hasValue(2);
        assertThat(sample.getCoreLoad().toByteArray()).hasSize(8).containsOnly((byte) 100);
        assertThat(sample.getDisksList()).hasSize(3);
        assertThat(value(sample.getDisks(1), DiskColumn.READS)).hasValue(120);
        assertThat(value(sample.getInterfaces(0), InterfaceColumn.TRANSMIT_BYTES))
                .hasValue(864_548);
    }

    @Test
    void everyValueIsWithinItsColumn() throws IOException {
        start();
        Sample sample = nextSecond().sample();
        for (HostColumn column : HostColumn.ALL) {
            value(sample, column).ifPresent(v -> assertThat(v).as(column.name()).isBetween(0L, column.max()));
        }
        assertThat(sample.getPresent() | HostColumn.FILESYSTEM_FULLEST.bit()).isEqualTo(HostColumn.MASK);
    }

    @Test
    void oneSecondOfAUsualMachineTakesLessThan300Bytes() throws IOException {
        start();
        nextSecond();
        Sample sample = nextSecond().sample();
        // The tick of a round of file systems and processes, once in 10 s, has those rows on top.
        Sample usual = sample.toBuilder()
                .clearFilesystems()
                .clearFilesystemIntervals()
                .clearProcesses()
                .build();
        Samples frame = Samples.newBuilder()
                .setLane(Lane.LANE_LIVE)
                .setRun(Long.MAX_VALUE)
                .setInventory(1)
                .setSentMicros(START * 1_000)
                .addSamples(usual)
                .build();
        assertThat(usual.getDisksCount()).isEqualTo(3);
        assertThat(usual.getInterfacesCount()).isEqualTo(2);
        assertThat(usual.getCoreLoad().size()).isEqualTo(8);
        AgentMessage message = AgentMessage.newBuilder().setSamples(frame).build();
        assertThat(message.getSerializedSize()).isBetween(250, 299);
    }

    @Test
    void processesAndTemperaturesComeInOneSampleOfEachRound() throws IOException {
        tree.write("sys/class/hwmon/hwmon0/name", "coretemp\n");
        tree.write("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n");
        tree.write("sys/class/hwmon/hwmon0/temp1_input", "47500\n");
        start();
        List<CollectionCycle.Collected> seconds = new ArrayList<>();
        await().until(() -> {
            seconds.add(nextSecond());
            return seconds.getLast().sample().getTemperaturesCount() > 0;
        });
        seconds.add(nextSecond());
        assertThat(seconds)
                .filteredOn(each -> each.sample().getProcessesCount() > 0)
                .singleElement()
                .satisfies(each -> assertThat(each.sample().getProcessesList())
                        .extracting(row -> row.getPid() + " " + row.getCommand().toStringUtf8())
                        .containsExactlyInAnyOrder("1 p1", "17 p17", "4711 p4711"));
        assertThat(seconds)
                .filteredOn(each -> each.sample().getTemperaturesCount() > 0)
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.sample().getTemperatures(0).getTenths()).isEqualTo(475);
                    assertThat(each.inventory().getSensors(0).getId()).isEqualTo("coretemp/Package id 0");
                });
    }

    @Test
    void aCounterThatFellIsAbsentAndNeverNegativeOrHuge() throws IOException {
        start();
        nextSecond();
        second = 3;
        Sample reset = nextSecond().sample();
        assertThat(value(reset, HostColumn.CONTEXT_SWITCHES)).isEmpty();
        assertThat(value(reset, HostColumn.CPU_TOTAL)).isEmpty();
        assertThat(value(reset, HostColumn.DISK_READ_BYTES)).isEmpty();
        assertThat(value(reset, HostColumn.NETWORK_RECEIVE_BYTES)).isEmpty();
        assertThat(reset.getDisksList()).isEmpty();
        assertThat(value(reset, HostColumn.MEMORY_USED)).isPresent();
        Sample after = nextSecond().sample();
        assertThat(value(after, HostColumn.CONTEXT_SWITCHES)).hasValue(98_765);
        assertThat(after.getDisksList()).hasSize(3);
    }

    @Test
    void aThirtyTwoBitCounterGoesOnBeyondItsEnd() {
        assertThat(Quantities.delta32(0xffff_fff0L, 16)).isEqualTo(32);
        assertThat(Quantities.delta32(5_000, 16)).isEqualTo(-1);
        assertThat(Quantities.delta(0xffff_fff0L, 16)).isEqualTo(-1);
    }

    @Test
    void aSourceThatFailsCostsItsOwnValuesOnly() throws IOException {
        start();
        nextSecond();
        tree.fill(++second);
        tree.write("proc/diskstats", "broken\n");
        tree.write("proc/loadavg", "\n");
        Sample broken = tick().sample();
        assertThat(value(broken, HostColumn.LOAD_1M)).isEmpty();
        assertThat(value(broken, HostColumn.DISK_READ_BYTES)).isEmpty();
        assertThat(broken.getDisksList()).isEmpty();
        assertThat(value(broken, HostColumn.CPU_TOTAL)).isPresent();
        assertThat(broken.getInterfacesList()).hasSize(2);
        nextSecond();
        assertThat(value(nextSecond().sample(), HostColumn.DISK_READ_BYTES)).isPresent();
    }

    @Test
    void closesDeviceIntervalsWithSumsPeaksAndCoveredTime() throws IOException {
        start();
        DeviceRow disk = null;
        int ticks = 0;
        for (int i = 0; i < 25; i++) {
            Sample sample = nextSecond().sample();
            ticks++;
            if (sample.getDiskIntervalsCount() > 0) {
                disk = sample.getDiskIntervals(1);
                assertThat(sample.getInterfaceIntervalsList()).hasSize(2);
                assertThat(disk.getDurationMillis()).isEqualTo(ticks * 1_000);
                assertThat(value(disk, DiskColumn.READ_BYTES)).hasValue(ticks * 4_000L * 512);
                assertThat(value(disk, DiskColumn.READ_PEAK)).hasValue(4_000L * 512);
                assertThat(value(disk, DiskColumn.BUSY_PEAK)).hasValue(2_500);
                assertThat(value(disk, DiskColumn.PENDING)).hasValue(2);
                ticks = 0;
            }
        }
        assertThat(disk).isNotNull();
        assertThat(ticks).isLessThan(10);
    }

    @Test
    void anIntervalCoversOnlyWhatWasSeen() throws IOException {
        start();
        int covered = 0;
        Sample sample = nextSecond().sample();
        while (sample.getDiskIntervalsCount() == 0) {
            sample = nextSecond().sample();
        }
        tree.fill(++second);
        tree.write("proc/diskstats", "broken\n");
        tick();
        do {
            sample = nextSecond().sample();
            covered += sample.getDisksCount() > 0 ? 1_000 : 0;
        } while (sample.getDiskIntervalsCount() == 0);
        assertThat(covered).isEqualTo(8_000);
        assertThat(sample.getDiskIntervals(0).getDurationMillis()).isEqualTo(covered);
    }

    @Test
    void aNewDeviceMakesANewInventory() throws IOException {
        start();
        Inventory before = nextSecond().inventory();
        assertThat(before.getLogicalCores()).isEqualTo(8);
        assertThat(before.getDisks(0).getModel()).isEqualTo("Fast Disk 9000");
        assertThat(before.getDisks(0).getSizeBytes()).isEqualTo(536_870_912L * 512);
        assertThat(before.getInterfaces(0).getSpeedBits()).isEqualTo(1_000_000_000);
        assertThat(before.getInterfaces(1).getSpeedBits()).isZero();
        tree.fill(++second);
        tree.write("sys/block/sdc/size", "10\n");
        String disks = Files.readString(root.resolve("proc/diskstats"));
        tree.write("proc/diskstats", "   8  32 sdc 1 0 8 1 1 0 8 1 0 1 1\n" + disks);
        CollectionCycle.Collected with = tick();
        assertThat(with.inventory().getNumber()).isGreaterThan(before.getNumber());
        assertThat(with.inventory().getDisks(0).getName()).isEqualTo("sdc");
        assertThat(with.sample().getDisksList())
                .as("the new one has no row yet, the others moved")
                .extracting(DeviceRow::getDevice)
                .containsExactly(1, 2, 3);
    }

    @Test
    void tellsThatTheClockIsWrongWithoutFlapping() throws IOException {
        start();
        long[][] errorAndTold = {
            {1_900, 0},
            {-2_000, 0},
            {-2_001, -2_001},
            {-1_600, -2_001},
            {-2_900, -2_001},
            {-3_100, -3_100},
            {1_499, 0},
            {1_900, 0},
            {3_600_000, 3_600_000},
            {0, 0}
        };
        for (long[] each : errorAndTold) {
            cycle.clockError(each[0]);
            assertThat(nextSecond().inventory().getClockErrorMillis())
                    .as("%d", each[0])
                    .isEqualTo(each[1]);
        }
    }

    @Test
    void aHangingFileSystemCostsItsOwnRowOnly() throws IOException {
        start();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> nextSecond().inventory().getFilesystemsCount() > 0);
        CollectionCycle.Collected collected = nextSecond();
        assertThat(collected.inventory().getFilesystemsList())
                .extracting(f -> f.getMountpoint())
                .containsExactly("/", "/data one", "/mnt/nas");
        assertThat(value(collected.sample(), HostColumn.FILESYSTEM_FULLEST)).hasValue(7_500);
        Sample closing = collected.sample();
        while (closing.getFilesystemIntervalsCount() == 0) {
            closing = nextSecond().sample();
        }
        assertThat(closing.getFilesystemIntervalsList())
                .extracting(DeviceRow::getDevice)
                .containsExactly(0, 1);
        DeviceRow row = closing.getFilesystemIntervals(0);
        assertThat(value(row, FilesystemColumn.SIZE)).hasValue(1_000);
        assertThat(value(row, FilesystemColumn.USED)).hasValue(500);
        assertThat(value(row, FilesystemColumn.FREE)).hasValue(400);
        assertThat(value(row, FilesystemColumn.UTILIZATION)).hasValue(5_556);
        assertThat(value(row, FilesystemColumn.INODES_USED)).hasValue(60);
        assertThat(value(closing.getFilesystemIntervals(1), FilesystemColumn.INODES_USED))
                .isEmpty();
    }

    @Test
    void anIntervalOfFileSystemsThatEndsBeforeTheirFirstRoundClosesWithIt() throws IOException {
        start += new IntervalPhases(new MachineId("m")).untilTick(START, Duration.ofMinutes(1)) - 500;
        start();
        List<Sample> samples = new ArrayList<>();
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            samples.add(nextSecond().sample());
            return samples.getLast().getFilesystemsCount() > 0;
        });
        assertThat(samples.getLast().getFilesystemIntervalsList())
                .extracting(DeviceRow::getDurationMillis)
                .containsExactly(samples.size() * 1_000, samples.size() * 1_000);
        assertThat(nextSecond().sample().getFilesystemIntervalsList()).isEmpty();
    }

    @Test
    void tellsThatTheMachineSlept() throws IOException {
        start();
        nextSecond();
        assertThat(cycle.slept()).isEmpty();
        second += 600;
        tree.fill(second);
        Sample sample = tick().sample();
        assertThat(cycle.slept()).hasValueSatisfying(d -> assertThat(d).isEqualTo(Duration.ofSeconds(599)));
        assertThat(sample.getDurationMillis()).isEqualTo(1_000);
    }

    @Test
    void makesNoSampleOfMoreThanAnHour() throws IOException {
        start();
        nextSecond();
        nanos.addAndGet(Duration.ofHours(2).toNanos());
        cycle.read();
        assertThat(cycle.collect(9, START + 7_200_000)).isEmpty();
        assertThat(nextSecond().sample().getDurationMillis()).isEqualTo(1_000);
    }

    @Test
    void undoesTheEscapesOfMounts() {
        assertThat(ProcMounts.unescape("/a\\040b\\134c\\011")).isEqualTo("/a b\\c\t");
        assertThat(ProcMounts.unescape("/ends\\04")).isEqualTo("/ends\\04");
    }

    @Test
    void phasesSpreadMachinesOverTheirInterval() {
        long distinct = IntStream.range(0, 100)
                .mapToLong(i -> new IntervalPhases(new MachineId("web-" + i)).untilTick(0, Duration.ofSeconds(1)) / 100)
                .distinct()
                .count();
        assertThat(distinct).isGreaterThan(8);
    }
}

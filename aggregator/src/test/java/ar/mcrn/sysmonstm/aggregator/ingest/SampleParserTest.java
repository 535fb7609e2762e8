package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ar.mcrn.sysmonstm.aggregator.ring.DeviceRows;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.DiskColumn;
import ar.mcrn.sysmonstm.contract.FilesystemColumn;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.InterfaceColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.DeviceRow;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.ProcessRow;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import ar.mcrn.sysmonstm.v1.TemperatureRow;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SampleParserTest {
    private static final long NOW = 1_763_683_200_000L;
    private static final Duration HORIZON = Duration.ofDays(2);
    private static final long SEED = 20_251_121L;

    private final SampleParser parser = new SampleParser();
    private final SampleSlot slot = new SampleSlot();
    private final DeviceRows rows = new DeviceRows();
    private final byte[] large = new byte[Limits.MESSAGE_BYTES];
    private final MachineInventory inventory = RandomSamples.machineInventory(7);

    @Test
    void readsWhatTheGeneratedClassesWrote() {
        RandomSamples random = new RandomSamples(SEED);
        for (int round = 0; round < 2_000; round++) {
            Samples samples = random.samples(
                    Lane.LANE_LIVE,
                    7,
                    1 + random.random().nextInt(1000),
                    1 + random.random().nextInt(4),
                    NOW);
            assertThat(take(samples.toByteArray()))
                    .as("seed=%d round=%d", SEED, round)
                    .isEqualTo(samples.getSamplesCount());
            assertEqual(samples);
        }
    }

    private boolean open(byte[] bytes, int length) {
        return parser.open(bytes, 0, length) && parser.verify(inventory);
    }

    private int take(byte[] bytes) {
        return open(bytes, bytes.length) ? parser.count() : -1;
    }

    /** Holds what the parser opened against the message. */
    private void assertEqual(Samples samples) {
        assertThat(parser.lane()).isEqualTo(samples.getLane());
        assertThat(parser.run()).isEqualTo(samples.getRun());
        assertThat(parser.inventory()).isEqualTo(samples.getInventory());
        assertThat(parser.sentMicros()).isEqualTo(samples.getSentMicros());
        for (Sample sample : samples.getSamplesList()) {
            assertThat(parser.next()).isTrue();
            assertThat(parser.check(inventory, NOW, HORIZON)).as(parser::detail).isTrue();
            slot.setOrigin(inventory, null, 1000, NOW, 0, false);
            parser.fill(slot, large);
            assertEqual(sample);
            slot.clear();
        }
        assertThat(parser.next()).isFalse();
    }

    private void assertEqual(Sample sample) {
        assertPayloadCarries(sample);
        assertThat(slot.sequence()).isEqualTo(sample.getSequence());
        assertThat(slot.endMillis()).isEqualTo(sample.getEndMillis());
        assertThat(slot.durationMillis()).isEqualTo(sample.getDurationMillis());
        assertThat(slot.present()).isEqualTo(sample.getPresent());
        int index = 0;
        for (HostColumn column : HostColumn.ALL) {
            if (slot.has(column)) {
                assertThat(slot.host(column)).isEqualTo(sample.getValues(index++));
            }
        }
        assertThat(slot.coreCount()).isEqualTo(sample.getCoreLoad().size());
        for (int i = 0; i < slot.coreCount(); i++) {
            assertThat(slot.coreLoad(i)).isEqualTo(sample.getCoreLoad().byteAt(i) & 0xff);
        }
        assertEqual(Sample.DISKS_FIELD_NUMBER, sample.getDisksList(), DiskColumn.ALL, sample);
        assertEqual(Sample.INTERFACES_FIELD_NUMBER, sample.getInterfacesList(), InterfaceColumn.ALL, sample);
        assertEqual(Sample.FILESYSTEMS_FIELD_NUMBER, sample.getFilesystemsList(), FilesystemColumn.ALL, sample);
        assertEqual(Sample.DISK_INTERVALS_FIELD_NUMBER, sample.getDiskIntervalsList(), DiskColumn.ALL, sample);
        assertEqual(
                Sample.INTERFACE_INTERVALS_FIELD_NUMBER,
                sample.getInterfaceIntervalsList(),
                InterfaceColumn.ALL,
                sample);
        assertEqual(
                Sample.FILESYSTEM_INTERVALS_FIELD_NUMBER,
                sample.getFilesystemIntervalsList(),
                FilesystemColumn.ALL,
                sample);
    }

    private void assertPayloadCarries(Sample sample) {
        try {
            Sample carried = Sample.parser().parseFrom(slot.payload(), 0, slot.payloadLength());
            assertThat(carried.getProcessesList()).isEqualTo(sample.getProcessesList());
            assertThat(carried.getTemperaturesList()).isEqualTo(sample.getTemperaturesList());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("payload is no sample", e);
        }
    }

    private void assertEqual(int field, List<DeviceRow> expected, List<? extends Column> columns, Sample sample) {
        rows.reset(slot, field);
        for (DeviceRow row : expected) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.device()).isEqualTo(row.getDevice());
            assertThat(rows.present()).isEqualTo(row.getPresent());
            assertThat(rows.durationMillis())
                    .isEqualTo(row.getDurationMillis() == 0 ? sample.getDurationMillis() : row.getDurationMillis());
            int index = 0;
            for (Column column : columns) {
                if (rows.has(column)) {
                    assertThat(rows.value(column)).isEqualTo(row.getValues(index++));
                }
            }
        }
        assertThat(rows.next()).isFalse();
    }

    @Test
    void refusesEveryTruncationThatTheGeneratedClassesRefuse() {
        RandomSamples random = new RandomSamples(SEED + 1);
        for (int round = 0; round < 40; round++) {
            byte[] bytes = random.samples(Lane.LANE_LIVE, 7, 1, 2, NOW).toByteArray();
            for (int length = 0; length < bytes.length; length++) {
                boolean opened = open(bytes, length);
                Samples generated = parse(bytes, length);
                assertThat(opened)
                        .as("seed=%d round=%d length=%d", SEED + 1, round, length)
                        .isEqualTo(generated != null && generated.getSamplesCount() > 0);
            }
        }
    }

    @Test
    void agreesWithTheGeneratedClassesOnWhateverItAcceptsOfHundredThousandMutations() {
        Random random = new Random(SEED + 2);
        RandomSamples samples = new RandomSamples(SEED + 3);
        int accepted = 0;
        byte[] valid = {};
        for (int round = 0; round < 100_000; round++) {
            if (round % 50 == 0) {
                valid = samples.samples(Lane.LANE_LIVE, 7, 1, 1 + random.nextInt(2), NOW)
                        .toByteArray();
            }
            byte[] mutated = mutate(valid, random);
            int at = round;
            Samples[] generated = new Samples[1];
            assertThatCode(() -> {
                        if (open(mutated, mutated.length)) {
                            generated[0] = parse(mutated, mutated.length);
                            assertThat(generated[0])
                                    .as("accepted, so that the generated class does too")
                                    .isNotNull();
                            compareAccepted(generated[0]);
                        }
                    })
                    .as("seed=%d round=%d", SEED + 2, at)
                    .doesNotThrowAnyException();
            accepted += generated[0] == null ? 0 : 1;
        }
        assertThat(accepted).as("mutations that stayed well-formed").isGreaterThan(5_000);
    }

    private void compareAccepted(Samples generated) {
        assertThat(parser.count()).isEqualTo(generated.getSamplesCount());
        for (Sample sample : generated.getSamplesList()) {
            assertThat(parser.next()).isTrue();
            if (parser.check(inventory, NOW, HORIZON)) {
                slot.setOrigin(inventory, null, 1000, NOW, 0, false);
                parser.fill(slot, large);
                assertThat(slot.present()).isEqualTo(sample.getPresent() & HostColumn.MASK);
                assertEqual(sample.toBuilder().setPresent(slot.present()).build());
                slot.clear();
            } else {
                assertThat(parser.reason()).isNotEqualTo(RejectReason.REJECT_REASON_UNSPECIFIED);
                assertThat(parser.detail()).doesNotStartWith("BUG");
            }
        }
    }

    private static byte[] mutate(byte[] valid, Random random) {
        byte[] bytes = valid.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                default -> {
                    int length = Math.min(1 + random.nextInt(4), bytes.length - at);
                    byte[] insert = new byte[length];
                    random.nextBytes(insert);
                    System.arraycopy(insert, 0, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    private static Samples parse(byte[] bytes, int length) {
        try {
            return Samples.parser().parseFrom(bytes, 0, length);
        } catch (InvalidProtocolBufferException malformed) {
            return null;
        }
    }

    @Test
    void refusesWhatIsOutOfItsRangeByName() {
        refuses(s -> s.setSequence(0), RejectReason.REJECT_REASON_INVALID_FIELD, "sequence=0");
        refuses(s -> s.setDurationMillis(0), RejectReason.REJECT_REASON_INVALID_FIELD, "duration_millis=0");
        refuses(
                s -> s.setDurationMillis(3_600_001),
                RejectReason.REJECT_REASON_INVALID_FIELD,
                "duration_millis=3600001");
        refuses(s -> s.setEndMillis(NOW + 300_001), RejectReason.REJECT_REASON_CLOCK_AHEAD, "end_millis=");
        refuses(s -> s.setEndMillis(-1), RejectReason.REJECT_REASON_CLOCK_AHEAD, "end_millis=18446744073709551615");
        refuses(s -> s.setEndMillis(0), RejectReason.REJECT_REASON_TOO_OLD, "end_millis=0");
        refuses(s -> s.setEndMillis(NOW - HORIZON.toMillis() - 1), RejectReason.REJECT_REASON_TOO_OLD, "end_millis=");
        refuses(s -> s.addValues(1), RejectReason.REJECT_REASON_INVALID_FIELD, "values=3, present=2");
        refuses(s -> s.setValues(0, 10_001), RejectReason.REJECT_REASON_INVALID_FIELD, "cpu_total=10001");
        refuses(s -> s.setValues(1, -1), RejectReason.REJECT_REASON_INVALID_FIELD, "uptime=18446744073709551615");
        refuses(
                s -> s.setCoreLoad(ByteString.copyFrom(new byte[] {1, (byte) 201})),
                RejectReason.REJECT_REASON_INVALID_FIELD,
                "core_load[1]=201");
        refuses(
                s -> s.setCoreLoad(ByteString.copyFrom(new byte[513])),
                RejectReason.REJECT_REASON_TOO_MANY_SERIES,
                "cores=513");
        refuses(
                s -> s.addDisks(DeviceRow.newBuilder().setDevice(3)),
                RejectReason.REJECT_REASON_INVALID_FIELD,
                "disks: device=3, known=3");
        refuses(
                s -> s.addDisks(DeviceRow.newBuilder().setDevice(1))
                        .addDisks(DeviceRow.newBuilder().setDevice(1)),
                RejectReason.REJECT_REASON_INVALID_FIELD,
                "disks: device=1 twice");
        refuses(
                s -> s.addFilesystemIntervals(DeviceRow.newBuilder()
                        .setPresent(FilesystemColumn.UTILIZATION.bit())
                        .addValues(10_001)),
                RejectReason.REJECT_REASON_INVALID_FIELD,
                "filesystem_intervals: utilization=10001");
        refuses(
                s -> s.addInterfaces(DeviceRow.newBuilder().setPresent(1)),
                RejectReason.REJECT_REASON_INVALID_FIELD,
                "interfaces: values=0, present=1");
    }

    @Test
    void refusesProcessesAndTemperaturesOutOfTheirRangeByName() {
        RejectReason invalid = RejectReason.REJECT_REASON_INVALID_FIELD;
        refuses(process(p -> p.setPid(0)), invalid, "processes: pid=0");
        refuses(process(p -> p.setCpu(Limits.PROCESS_CPU + 1)), invalid, "processes: cpu=5120001");
        refuses(process(p -> p.setMemory(-1)), invalid, "processes: memory=-1");
        refuses(process(p -> p.setThreads(0)), invalid, "processes: threads=0");
        refuses(process(p -> p.setCommand(ByteString.EMPTY)), invalid, "processes: command bytes=0");
        refuses(
                process(p -> p.setCommand(ByteString.copyFromUtf8("x".repeat(10_000)))),
                invalid,
                "processes: command bytes=10000");
        for (String text : List.of("a\nb", "a\u0000", "\u001b[31m", "\u007f", "\u0085")) {
            refuses(
                    process(p -> p.setCommand(ByteString.copyFromUtf8(text))),
                    invalid,
                    "processes: command is no text");
        }
        for (int[] bytes : new int[][] {
            {0xff}, {0xc0, 0x80}, {0xc2}, {0xe0, 0x80, 0x80}, {0xed, 0xa0, 0x80}, {0xf5, 0x80, 0x80, 0x80}, {0xe4, 0xb8}
        }) {
            ByteString.Output raw = ByteString.newOutput();
            for (int b : bytes) {
                raw.write(b);
            }
            refuses(process(p -> p.setCommand(raw.toByteString())), invalid, "processes: command is no text");
        }
        refuses(
                s -> {
                    for (int i = 0; i < 17; i++) {
                        int pid = i + 1;
                        process(p -> p.setPid(pid)).accept(s);
                    }
                },
                invalid,
                "processes=17");
        refuses(
                s -> {
                    process(p -> p.setPid(7)).accept(s);
                    process(p -> p.setPid(7)).accept(s);
                },
                invalid,
                "processes: twice pid=7");
        refuses(s -> s.addTemperatures(temperature(3, 0)), invalid, "temperatures: sensor=3");
        refuses(s -> s.addTemperatures(temperature(1, -601)), invalid, "temperatures: tenths=-601");
        refuses(s -> s.addTemperatures(temperature(1, 2_001)), invalid, "temperatures: tenths=2001");
        refuses(
                s -> s.addTemperatures(temperature(1, 1)).addTemperatures(temperature(1, 1)),
                invalid,
                "temperatures: twice sensor=1");
    }

    @Test
    void allocatesNothingForASampleWithProcessesAndTemperatures() {
        Sample.Builder sample = new RandomSamples(SEED + 4)
                .sample(5, NOW).toBuilder().clearProcesses().clearTemperatures();
        for (int i = 0; i < Limits.PROCESSES; i++) {
            int pid = i + 1;
            process(p -> p.setPid(pid).setCpu(10_000).setMemory(1_000)).accept(sample);
        }
        for (int i = 0; i < 3; i++) {
            sample.addTemperatures(temperature(i, 415));
        }
        byte[] bytes = Samples.newBuilder().setRun(7).addSamples(sample).build().toByteArray();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 20_000;
        long before = 0;
        for (int round = 0; round < 2 * rounds; round++) {
            if (round == rounds) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            boolean taken = parser.open(bytes, 0, bytes.length)
                    && parser.verify(inventory)
                    && parser.next()
                    && parser.check(inventory, NOW, HORIZON);
            if (!taken) {
                throw new AssertionError(parser.detail());
            }
            parser.fill(slot, large);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(slot.payloadLength()).isEqualTo(sample.build().getSerializedSize());
        assertThat((double) allocated / rounds).as("bytes per sample").isLessThan(1.0);
    }

    private static TemperatureRow temperature(int sensor, int tenths) {
        return TemperatureRow.newBuilder().setSensor(sensor).setTenths(tenths).build();
    }

    private static Consumer<Sample.Builder> process(Consumer<ProcessRow.Builder> change) {
        ProcessRow.Builder process = ProcessRow.newBuilder()
                .setPid(1)
                .setCommand(ByteString.copyFromUtf8("init"))
                .setThreads(1);
        change.accept(process);
        return sample -> sample.addProcesses(process);
    }

    private void refuses(Consumer<Sample.Builder> change, RejectReason reason, String detail) {
        Sample.Builder sample = Sample.newBuilder()
                .setSequence(5)
                .setEndMillis(NOW)
                .setDurationMillis(1000)
                .setPresent(HostColumn.CPU_TOTAL.bit() | HostColumn.UPTIME.bit())
                .addValues(10_000)
                .addValues(Limits.COUNT);
        change.accept(sample);
        byte[] bytes = Samples.newBuilder().setRun(7).addSamples(sample).build().toByteArray();
        assertThat(take(bytes)).isEqualTo(1);
        assertThat(parser.next()).isTrue();
        assertThat(parser.check(inventory, NOW, HORIZON)).isFalse();
        assertThat(parser.reason()).as(parser.detail()).isEqualTo(reason);
        assertThat(parser.detail()).startsWith(detail);
    }

    @Test
    void passesOverFieldsAndColumnsOfNewerAgents() {
        Sample sample = Sample.newBuilder()
                .setSequence(5)
                .setEndMillis(NOW)
                .setDurationMillis(1000)
                .setPresent(HostColumn.CPU_TOTAL.bit() | (1L << 62))
                .addValues(10_000)
                .addValues(99)
                .addDisks(DeviceRow.newBuilder()
                        .setPresent((1L << 40) | 1)
                        .addValues(4)
                        .addValues(5))
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder()
                                        .addFixed32(1)
                                        .addFixed64(2)
                                        .addVarint(3)
                                        .addLengthDelimited(ByteString.copyFromUtf8("new"))
                                        .build())
                        .build())
                .build();
        assertThat(take(Samples.newBuilder()
                        .setRun(7)
                        .addSamples(sample)
                        .build()
                        .toByteArray()))
                .isEqualTo(1);
        assertThat(parser.next()).isTrue();
        assertThat(parser.check(inventory, NOW, HORIZON)).as(parser::detail).isTrue();
        parser.fill(slot, large);
        assertThat(slot.present()).isEqualTo(HostColumn.CPU_TOTAL.bit());
        rows.reset(slot, Sample.DISKS_FIELD_NUMBER);
        assertThat(rows.next()).isTrue();
        assertThat(rows.value(DiskColumn.READ_BYTES)).isEqualTo(4);
    }
}

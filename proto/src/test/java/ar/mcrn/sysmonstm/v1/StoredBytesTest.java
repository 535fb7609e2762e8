package ar.mcrn.sysmonstm.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The wire against bytes stored when version 1 was new. A line of {@code wire-v1.txt} is never changed: agents that wrote it are
 * out there. New fields and messages get lines of their own.
 */
class StoredBytesTest {
    private static Map<String, String> stored() throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        try (InputStream file = StoredBytesTest.class.getResourceAsStream("/wire-v1.txt")) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList()) {
                int blank = line.indexOf(' ');
                lines.put(line.substring(0, blank), line.substring(blank + 1).strip());
            }
        }
        return lines;
    }

    private static DeviceRow row(int device, long present, long... values) {
        DeviceRow.Builder row = DeviceRow.newBuilder().setDevice(device).setPresent(present);
        for (long value : values) {
            row.addValues(value);
        }
        return row.build();
    }

    private static Clock clock() {
        return Clock.newBuilder()
                .setAgentSentMicros(1_763_688_000_000_001L)
                .setAggregatorReceivedMicros(1_763_688_000_000_002L)
                .setAggregatorSentMicros(1_763_688_000_000_003L)
                .build();
    }

    private static Range range(long first, long last) {
        return Range.newBuilder()
                .setRun(0x1122334455667788L)
                .setFirst(first)
                .setLast(last)
                .build();
    }

    /** One of each message, every field set. */
    private static Map<String, Message> messages() {
        long run = 0x1122334455667788L;
        Map<String, Message> all = new LinkedHashMap<>();
        all.put(
                "hello",
                AgentMessage.newBuilder()
                        .setHello(Hello.newBuilder()
                                .setMachine("web-1")
                                .setRun(run)
                                .setRunStartMillis(1_763_688_000_000L)
                                .setVersion("1.0")
                                .setProtocol(1)
                                .setCredential("token")
                                .setInstall("abc")
                                .setIntervalMillis(1_000)
                                .setSentMicros(1_763_688_000_000_001L))
                        .build());
        all.put(
                "inventory",
                AgentMessage.newBuilder()
                        .setInventory(Inventory.newBuilder()
                                .setRun(run)
                                .setNumber(2)
                                .setHostName("web-1.example")
                                .setOs("Debian GNU/Linux 12")
                                .setKernel("6.1.0")
                                .setCpuModel("CPU")
                                .setPhysicalCores(4)
                                .setLogicalCores(8)
                                .setMemoryBytes(1L << 34)
                                .setBootMillis(1_763_600_000_000L)
                                .setArchitecture("x86_64")
                                .setVirtualization("KVM")
                                .setAgentVersion("1.0")
                                .addDisks(Disk.newBuilder()
                                        .setName("sda")
                                        .setModel("M")
                                        .setSizeBytes(1L << 40))
                                .addInterfaces(NetworkInterface.newBuilder()
                                        .setName("eth0")
                                        .setSpeedBits(1_000_000_000))
                                .addFilesystems(Filesystem.newBuilder()
                                        .setMountpoint("/")
                                        .setDevice("/dev/sda1")
                                        .setType("ext4"))
                                .addLabels(Label.newBuilder().setName("site").setValue("lab")))
                        .build());
        all.put(
                "samples",
                AgentMessage.newBuilder()
                        .setSamples(Samples.newBuilder()
                                .setLane(Lane.LANE_LIVE)
                                .setRun(run)
                                .setInventory(2)
                                .setSentMicros(1_763_688_000_000_001L)
                                .addSamples(Sample.newBuilder()
                                        .setSequence(7)
                                        .setEndMillis(1_763_688_000_123L)
                                        .setDurationMillis(1_000)
                                        .setPresent(0b1011)
                                        .addValues(5_000)
                                        .addValues(2_500)
                                        .addValues(1L << 40)
                                        .setCoreLoad(ByteString.copyFrom(new byte[] {0, 100, (byte) 200}))
                                        .addDisks(row(0, 3, 512, 1_024))
                                        .addInterfaces(row(0, 1, 99))
                                        .addFilesystems(row(0, 1, 77))
                                        .addDiskIntervals(row(0, 3, 5_120, 10_240).toBuilder()
                                                .setDurationMillis(10_000))
                                        .addInterfaceIntervals(row(0, 1, 990))
                                        .addFilesystemIntervals(row(0, 1, 78))))
                        .build());
        all.put(
                "event",
                AgentMessage.newBuilder()
                        .setEvent(Event.newBuilder()
                                .setRun(run)
                                .setEventSequence(3)
                                .setKind(EventKind.EVENT_KIND_SPOOL_DROP)
                                .setTimeMillis(1_763_688_000_123L)
                                .setFromMillis(1)
                                .setToMillis(2)
                                .setFirstSequence(10)
                                .setLastSequence(20)
                                .setDetail("full"))
                        .build());
        all.put(
                "goodbye",
                AgentMessage.newBuilder()
                        .setGoodbye(Goodbye.newBuilder().setReason("stopped"))
                        .build());
        all.put(
                "welcome",
                AggregatorMessage.newBuilder()
                        .setWelcome(Welcome.newBuilder()
                                .setClock(clock())
                                .setAcceptHorizonMillis(172_800_000)
                                .setAcceptAheadMillis(300_000)
                                .setMaxMessageBytes(65_536)
                                .setVersion("1.0"))
                        .build());
        all.put(
                "ack",
                AggregatorMessage.newBuilder()
                        .setAck(Ack.newBuilder()
                                .setClock(clock())
                                .addSamples(range(1, 5))
                                .addSamples(range(9, 9))
                                .addEvents(range(1, 1)))
                        .build());
        all.put(
                "reject",
                AggregatorMessage.newBuilder()
                        .setReject(Reject.newBuilder()
                                .setReason(RejectReason.REJECT_REASON_TIME_COLLISION)
                                .addSamples(range(6, 7))
                                .addEvents(range(2, 2))
                                .setMessageOrdinal(4)
                                .setDetail("why"))
                        .build());
        all.put(
                "defer",
                AggregatorMessage.newBuilder()
                        .setDefer(Defer.newBuilder()
                                .setClock(clock())
                                .addSamples(range(8, 8))
                                .setResumed(true))
                        .build());
        all.put(
                "credit",
                AggregatorMessage.newBuilder()
                        .setCredit(Credit.newBuilder().setClock(clock()).setSamples(512))
                        .build());
        return all;
    }

    private static Message parse(Message like, byte[] bytes) throws InvalidProtocolBufferException {
        Parser<? extends Message> parser = like.getParserForType();
        return parser.parseFrom(bytes);
    }

    @Test
    void readsAndWritesTheBytesOfVersionOne() throws IOException {
        Map<String, String> stored = stored();
        assertThat(stored.keySet()).isEqualTo(messages().keySet());
        for (Map.Entry<String, Message> entry : messages().entrySet()) {
            byte[] bytes = HexFormat.of().parseHex(stored.get(entry.getKey()));
            assertThat(parse(entry.getValue(), bytes)).as(entry.getKey()).isEqualTo(entry.getValue());
            assertThat(HexFormat.of().formatHex(entry.getValue().toByteArray()))
                    .as(entry.getKey())
                    .isEqualTo(stored.get(entry.getKey()));
        }
    }

    @Test
    void keepsFieldsOfALaterVersion() throws IOException {
        byte[] known = AgentMessage.newBuilder()
                .setGoodbye(Goodbye.newBuilder().setReason("x"))
                .build()
                .toByteArray();
        // Field 99, varint 1: a part of the message that does not exist yet.
        byte[] later = ByteString.copyFrom(known)
                .concat(ByteString.copyFrom(new byte[] {(byte) 0x98, 0x06, 0x01}))
                .toByteArray();
        AgentMessage parsed = AgentMessage.parseFrom(later);
        assertThat(parsed.getGoodbye().getReason()).isEqualTo("x");
        assertThat(parsed.toByteArray()).isEqualTo(later);
    }

    @Test
    void aMessageWithoutAnyKnownPartIsNotSet() throws IOException {
        AggregatorMessage later = AggregatorMessage.parseFrom(new byte[] {(byte) 0x98, 0x06, 0x01});
        assertThat(later.getMessageCase()).isEqualTo(AggregatorMessage.MessageCase.MESSAGE_NOT_SET);
    }
}

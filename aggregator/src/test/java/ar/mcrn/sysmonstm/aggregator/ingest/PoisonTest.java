package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.IngestHouse;
import ar.mcrn.sysmonstm.aggregator.MemoryHistory;
import ar.mcrn.sysmonstm.aggregator.RecordingHotState;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Label;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.NetworkInterface;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a broken or hostile agent may send: it gets an answer by name, its stream lives, its neighbour notices nothing. */
class PoisonTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final long seed = Long.getLong("poison.seed", new Random().nextLong());
    private final RandomSamples samples = new RandomSamples(seed);
    private final MemoryHistory history = new MemoryHistory();
    private final List<RawAgent> agents = new ArrayList<>();
    private final LogLines log = new LogLines();
    private final long beganMillis = System.currentTimeMillis();
    private IngestHouse house;
    private RawAgent neighbour;
    private long neighbourSent;

    /** Everything that anybody logs. */
    private static final class LogLines extends AppenderBase<ILoggingEvent> {
        final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent line) {
            lines.add(line);
        }
    }

    @BeforeEach
    void open() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        history.creditOnJoin = 512;
        house = new IngestHouse(new RecordingHotState(), history, (slot, sequence, end) -> {}, "", 100);
        neighbour = agent("neighbour", 1);
    }

    @AfterEach
    void neighbourWentOnAndTheLogIsQuiet() throws Exception {
        sendNeighbour();
        eventually(() -> neighbour.acknowledged() == neighbourSent);
        assertThat(neighbour.status()).isNull();
        assertThat(house.accounting.samples().unaccounted())
                .as("seed %d: %s", seed, house.accounting.samples())
                .isZero();
        agents.forEach(RawAgent::close);
        house.close();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(log);
        long seconds = 1 + (System.currentTimeMillis() - beganMillis) / 1_000;
        assertThat(log.lines).as("seed %d", seed).hasSizeLessThan((int) (10 * seconds));
        assertThat(log.lines).as("stack traces").noneMatch(line -> line.getThrowableProxy() != null);
    }

    private RawAgent agent(String machine, long run) {
        RawAgent agent = new RawAgent(house.port()).greet(machine, run);
        agents.add(agent);
        return agent;
    }

    private void sendNeighbour() {
        neighbourSent++;
        neighbour.send(samples.samples(Lane.LANE_LIVE, 1, neighbourSent, 1, System.currentTimeMillis()));
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(LIMIT).until(condition);
    }

    private static List<Reject> rejects(RawAgent agent) {
        return agent.received().stream()
                .filter(AggregatorMessage::hasReject)
                .map(AggregatorMessage::getReject)
                .toList();
    }

    private static Map<Long, RejectReason> rejected(RawAgent agent) {
        return rejects(agent).stream()
                .flatMap(reject -> reject.getSamplesList().stream()
                        .flatMap(range -> java.util.stream.LongStream.rangeClosed(range.getFirst(), range.getLast())
                                .boxed()
                                .map(sequence -> Map.entry(sequence, reject.getReason()))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Sample.Builder plain(long sequence, long endMillis) {
        return Sample.newBuilder().setSequence(sequence).setEndMillis(endMillis).setDurationMillis(1_000);
    }

    private static Samples message(Lane lane, long run, Sample.Builder... all) {
        Samples.Builder message = Samples.newBuilder().setLane(lane).setRun(run).setInventory(1);
        Arrays.stream(all).forEach(message::addSamples);
        return message.build();
    }

    /** I7: each by its reason, none re-stamped, their neighbours in the message taken. */
    @Test
    void stampsThatCannotBeAreRejectedOneByOne() {
        long now = System.currentTimeMillis();
        RawAgent agent = agent("web-1", 7);
        agent.send(message(
                Lane.LANE_LIVE,
                7,
                plain(1, 0),
                plain(2, -1),
                plain(3, 9_223_372_036_854L),
                plain(4, now * 1_000),
                plain(5, now / 1_000),
                plain(6, now + Limits.AHEAD_MILLIS + 5_000),
                plain(7, now - Duration.ofDays(2).toMillis() - 5_000),
                plain(8, now),
                plain(9, now - 5_000),
                plain(10, Long.MAX_VALUE)));
        eventually(() -> rejected(agent).size() == 8 && agent.acknowledged() == 2);
        RejectReason ahead = RejectReason.REJECT_REASON_CLOCK_AHEAD;
        RejectReason old = RejectReason.REJECT_REASON_TOO_OLD;
        assertThat(rejected(agent))
                .isEqualTo(Map.of(1L, old, 2L, ahead, 3L, ahead, 4L, ahead, 5L, old, 6L, ahead, 7L, old, 10L, ahead));
    }

    /** I1: the wire has integers only; what would be NaN or negative elsewhere is a value beyond its column. */
    @Test
    void valuesBeyondTheirColumnAreRejectedByName() {
        long now = System.currentTimeMillis();
        RawAgent agent = agent("web-1", 7);
        HostColumn cpu = HostColumn.CPU_TOTAL;
        agent.send(message(
                Lane.LANE_LIVE,
                7,
                plain(1, now).setPresent(cpu.bit()).addValues(10_001),
                plain(2, now + 1).setPresent(cpu.bit()).addValues(-1),
                plain(3, now + 2).setPresent(cpu.bit()).addValues(Double.doubleToRawLongBits(Double.NaN)),
                plain(4, now + 3).setPresent(cpu.bit()),
                plain(5, now + 4).addValues(1),
                plain(6, now + 5).setDurationMillis(0),
                plain(7, now + 6).setDurationMillis(-1),
                plain(0, now + 7),
                plain(8, now + 8).setPresent(cpu.bit()).addValues(10_000)));
        eventually(() -> rejected(agent).size() == 8 && agent.acknowledged() == 1);
        assertThat(rejected(agent).values()).containsOnly(RejectReason.REJECT_REASON_INVALID_FIELD);
        assertThat(rejects(agent)).anyMatch(reject -> reject.getDetail().equals(cpu.column() + "=10001"));
        assertThat(rejects(agent)).allMatch(reject -> reject.getDetail().length() <= 256);
    }

    /** I2, I3: 65,536 devices and a name of 10 KB are refused as a whole, by name; what fits is taken afterwards. */
    @Test
    void inventoriesBeyondTheLimitsAreRefusedByName() {
        RawAgent agent = agent("web-1", 7);
        Inventory.Builder many = Inventory.newBuilder().setRun(7).setNumber(2);
        for (int i = 0; i < 4_000; i++) {
            many.addInterfaces(NetworkInterface.newBuilder().setName("e" + i));
        }
        agent.send(AgentMessage.newBuilder().setInventory(many).build());
        Inventory.Builder named = RandomSamples.inventory(7, 3).toBuilder().setHostName("x".repeat(10_240));
        agent.send(AgentMessage.newBuilder().setInventory(named).build());
        Inventory.Builder all = Inventory.newBuilder().setRun(7).setNumber(4);
        for (int i = 0; i < 65_536; i++) {
            all.addInterfaces(NetworkInterface.getDefaultInstance());
        }
        agent.send(AgentMessage.newBuilder().setInventory(all).build().toByteArray());
        Inventory.Builder labelled = RandomSamples.inventory(7, 5).toBuilder()
                .addLabels(Label.newBuilder().setName("site").setValue("cellar"));
        agent.send(AgentMessage.newBuilder().setInventory(labelled).build());
        agent.send(message(Lane.LANE_LIVE, 7, plain(1, System.currentTimeMillis())));
        eventually(() -> agent.acknowledged() == 1);
        assertThat(rejects(agent)).hasSize(4);
        assertThat(rejects(agent).get(3).getDetail()).contains("label name twice");
        assertThat(rejects(agent).get(0).getReason()).isEqualTo(RejectReason.REJECT_REASON_TOO_MANY_SERIES);
        assertThat(rejects(agent).get(0).getMessageOrdinal()).isEqualTo(3);
        assertThat(rejects(agent).get(1).getReason()).isEqualTo(RejectReason.REJECT_REASON_INVALID_FIELD);
        assertThat(rejects(agent).get(1).getDetail()).contains("host_name of 10240 bytes");
        assertThat(rejects(agent).get(2).getReason()).isEqualTo(RejectReason.REJECT_REASON_UNPARSABLE);
        assertThat(rejects(agent).get(2).getDetail()).contains("limit 65536");
    }

    /** Otherwise an agent would send the same inventory and samples until they are too old. */
    @Test
    void samplesOfARefusedInventoryAreRefusedForGoodOnBothLanes() {
        RawAgent agent = agent("web-1", 7);
        agent.send(AgentMessage.newBuilder()
                .setInventory(RandomSamples.inventory(7, 2).toBuilder().setKernel("x".repeat(300)))
                .build());
        long now = System.currentTimeMillis();
        for (Lane lane : List.of(Lane.LANE_LIVE, Lane.LANE_BACKFILL)) {
            int sequence = lane.getNumber();
            agent.send(message(lane, 7, plain(sequence, now + sequence)).toBuilder()
                    .setInventory(2)
                    .build());
        }
        eventually(() -> rejected(agent).size() == 2);
        assertThat(rejected(agent).values()).containsOnly(RejectReason.REJECT_REASON_INVALID_FIELD);
        assertThat(rejects(agent)).allMatch(reject -> reject.getDetail().contains("kernel of 300 bytes"));

        // The same number again, as it should be, is taken.
        agent.send(AgentMessage.newBuilder()
                .setInventory(RandomSamples.inventory(7, 2))
                .build());
        agent.send(message(Lane.LANE_LIVE, 7, plain(9, now + 9)).toBuilder()
                .setInventory(2)
                .build());
        eventually(() -> agent.acknowledged() == 1);
    }

    @Test
    void machineNamesAreTakenAsTheyAreOrRefused() {
        for (String name :
                List.of("", "..", "a\0b", "a\u202eb", "<img onerror=1>", "'; drop table", "x".repeat(10_240))) {
            RawAgent agent = new RawAgent(house.port());
            agents.add(agent);
            agent.send(AgentMessage.newBuilder()
                    .setHello(RawAgent.hello(name, 7, 7))
                    .build());
            eventually(() -> agent.status() != null || !agent.received().isEmpty());
            if (agent.status() != null) {
                assertThat(agent.status().getCode()).as(name).isEqualTo(Status.Code.INVALID_ARGUMENT);
                assertThat(agent.status().getDescription()).as(name).hasSizeLessThan(300);
            } else {
                assertThat(name).isEqualTo("..");
            }
        }
    }

    /** I6: up to 64 KiB taken, up to 256 KiB named, beyond that cut by gRPC; and no decompression at all. */
    @Test
    void messagesThatAreTooLongAreNamedAndHugeOnesCutTheStreamAlone() {
        RawAgent agent = agent("web-1", 7);
        agent.send(new byte[Limits.MESSAGE_BYTES + 1]);
        agent.send(new byte[4 * Limits.MESSAGE_BYTES]);
        eventually(() -> rejects(agent).size() == 2);
        assertThat(rejects(agent).get(0).getDetail()).contains("65537 bytes");
        assertThat(rejects(agent).get(1).getMessageOrdinal()).isEqualTo(4);
        assertThat(agent.status()).isNull();
        agent.send(new byte[4 * Limits.MESSAGE_BYTES + 1]);
        eventually(() -> agent.status() != null);
        assertThat(agent.status().getCode()).isNotIn(Status.Code.UNKNOWN, Status.Code.INTERNAL);
        RawAgent back = agent("web-1", 8);
        back.send(message(Lane.LANE_LIVE, 8, plain(1, System.currentTimeMillis())));
        eventually(() -> back.acknowledged() == 1);
    }

    /** I8: every message three times; stored once, acknowledged each time. */
    @Test
    void replayedMessagesAreStoredOnce() {
        RawAgent agent = agent("web-1", 7);
        List<Samples> messages = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (int i = 0; i < 30; i++) {
            messages.add(samples.samples(Lane.LANE_LIVE, 7, 1 + i * 5L, 5, now - 200_000 + i * 5_000L));
        }
        Random order = new Random(seed);
        for (int copy = 0; copy < 3; copy++) {
            java.util.Collections.shuffle(messages, order);
            messages.forEach(agent::send);
        }
        eventually(() -> house.metrics.receivedLive().value() == 450);
        eventually(() -> history.duplicates.get() == 300);
        assertThat(history.stored).hasSize(150);
    }

    /** I9: the extremes of one sample a message and as many as fit; nothing is lost on either. */
    @Test
    void oneSampleAMessageAndAsManyAsFitAreTakenAlike() {
        long now = System.currentTimeMillis();
        RawAgent single = agent("web-1", 7);
        for (int i = 1; i <= 5_000; i++) {
            single.send(message(Lane.LANE_LIVE, 7, plain(i, now - 5_000 + i)));
        }
        RawAgent full = agent("web-2", 8);
        long sequence = 0;
        for (int i = 0; i < 3; i++) {
            Samples.Builder message =
                    Samples.newBuilder().setLane(Lane.LANE_LIVE).setRun(8).setInventory(1);
            int bytes = 64;
            while (bytes < Limits.MESSAGE_BYTES - 64) {
                sequence++;
                Sample sample = plain(sequence, now - 60_000 + sequence).build();
                message.addSamples(sample);
                bytes += sample.getSerializedSize() + 3;
            }
            full.send(message.build());
        }
        long all = sequence;
        assertThat(all).isGreaterThan(6_000);
        eventually(() -> single.acknowledged() == 5_000 && full.acknowledged() == all);
        assertThat(history.stored).hasSize((int) (5_000 + all));
        assertThat(rejects(single)).isEmpty();
        assertThat(rejects(full)).isEmpty();
    }

    /** F28: an agent of a later version, with fields, columns and members that are not known here. */
    @Test
    void aLaterAgentIsUnderstoodAsFarAsItIsKnown() {
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(50, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                .addField(51, UnknownFieldSet.Field.newBuilder().addFixed64(7).build())
                .addField(
                        52,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(com.google.protobuf.ByteString.copyFromUtf8("later"))
                                .build())
                .build();
        RawAgent agent = new RawAgent(house.port());
        agents.add(agent);
        agent.send(AgentMessage.newBuilder()
                .setUnknownFields(later)
                .setHello(RawAgent.hello("web-1", 7, 7).setUnknownFields(later))
                .build());
        agent.send(AgentMessage.newBuilder()
                .setInventory(RandomSamples.inventory(7, 1).toBuilder().setUnknownFields(later))
                .build());
        // A member of the oneof that is not known.
        agent.send(AgentMessage.newBuilder().setUnknownFields(later).build());
        long now = System.currentTimeMillis();
        agent.send(AgentMessage.newBuilder()
                .setUnknownFields(later)
                .setSamples(Samples.newBuilder()
                        .setLane(Lane.LANE_LIVE)
                        .setRun(7)
                        .setInventory(1)
                        .setUnknownFields(later)
                        .addSamples(plain(1, now)
                                .setUnknownFields(later)
                                // A column that is not known comes after all that are.
                                .setPresent(HostColumn.CPU_TOTAL.bit() | 1L << 63)
                                .addValues(5_000)
                                .addValues(Long.MAX_VALUE)))
                .build());
        agent.send(AgentMessage.newBuilder()
                .setEvent(Event.newBuilder()
                        .setRun(7)
                        .setEventSequence(1)
                        .setKind(EventKind.EVENT_KIND_RUN_START)
                        .setTimeMillis(now)
                        .setUnknownFields(later))
                .build());
        eventually(() -> agent.acknowledged() == 1 && history.events.size() == 1);
        assertThat(rejects(agent)).isEmpty();
        assertThat(house.metrics.unknownMessages().value()).isEqualTo(1);
    }

    /** I5: whole frames, mutated, through real streams. */
    @Test
    void randomBytesNeverEndInAnythingUnnamed() {
        Random random = new Random(seed);
        long run = 1_000;
        long frames = 20_000;
        RawAgent agent = agent("fuzz", run);
        long answered = 0;
        for (int i = 0; i < frames; i++) {
            if (agent.status() != null) {
                assertNamed(agent);
                agent.close();
                run++;
                agent = agent("fuzz", run);
            }
            agent.send(mutated(random, run));
            if (i % 500 == 0) {
                sendNeighbour();
                // Back-pressure: what is unsent would only fill the client.
                long sent = neighbourSent;
                eventually(() -> house.metrics.receivedLive().value() >= sent);
            }
            answered++;
        }
        assertThat(answered).isEqualTo(frames);
        RawAgent last = agent;
        eventually(() -> house.ring.isDrained());
        for (RawAgent each : agents) {
            if (each.status() != null) {
                assertNamed(each);
            }
        }
        last.close();
        eventually(() -> house.server.streams() == 1);
    }

    private void assertNamed(RawAgent agent) {
        assertThat(agent.status().getCode())
                .as("seed %d: %s", seed, agent.status())
                .isIn(
                        Status.Code.OK,
                        Status.Code.INVALID_ARGUMENT,
                        Status.Code.ALREADY_EXISTS,
                        Status.Code.UNAVAILABLE);
    }

    private byte[] mutated(Random random, long run) {
        AgentMessage.Builder message = AgentMessage.newBuilder();
        switch (random.nextInt(6)) {
            case 0 -> message.setInventory(RandomSamples.inventory(run, 1 + random.nextInt(3)));
            case 1 ->
                message.setEvent(Event.newBuilder()
                        .setRun(run)
                        .setEventSequence(1 + random.nextInt(100))
                        .setKindValue(random.nextInt(8))
                        .setTimeMillis(random.nextLong()));
            case 2 ->
                message.setSamples(samples.samples(
                        Lane.LANE_BACKFILL,
                        1 + random.nextInt(3),
                        1,
                        1 + random.nextInt(4),
                        System.currentTimeMillis()));
            default ->
                message.setSamples(samples.samples(
                        Lane.LANE_LIVE,
                        run,
                        1 + random.nextInt(1_000_000),
                        1 + random.nextInt(3),
                        System.currentTimeMillis() - random.nextInt(1_000_000)));
        }
        byte[] bytes = message.build().toByteArray();
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> {
                byte[] noise = new byte[random.nextInt(400)];
                random.nextBytes(noise);
                yield noise;
            }
            case 2 -> {
                // An over-long varint, or a length beyond the end, somewhere.
                int at = random.nextInt(bytes.length);
                Arrays.fill(bytes, at, Math.min(bytes.length, at + 11), (byte) 0xff);
                yield bytes;
            }
            default -> {
                for (int flips = random.nextInt(6); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield bytes;
            }
        };
    }
}

package ar.mcrn.sysmonstm.agent.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivery over a real socket to an aggregator that does as told. */
class UplinkTest {
    private static final long RUN = 0x7fff_0000_1234_5678L;

    private final MemorySpool spool = new MemorySpool();
    private final RunClock clock = new RunClock(System::nanoTime, System.currentTimeMillis() * 1_000, 0, 0);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Duration> horizons = new CopyOnWriteArrayList<>();
    private ScriptedAggregator aggregator;
    private Uplink uplink;
    private long sequence;

    @BeforeEach
    void start() throws IOException {
        aggregator = new ScriptedAggregator();
        int port = aggregator.port();
        uplink = new Uplink(
                new UplinkSettings(new MachineId("m"), RUN, 1, "test", "secret", "install", Duration.ofSeconds(1)),
                heard(),
                clock,
                () -> channel(port),
                timer,
                new Random(1),
                new UplinkListener() {
                    @Override
                    public void rejected(RejectReason reason, SequenceRange samples, int known) {
                        told.add("rejected " + reason + " " + samples.first() + ".." + samples.last() + " " + known);
                    }

                    @Override
                    public void lost(SequenceRange samples, String detail) {
                        told.add("lost " + samples.first() + ".." + samples.last());
                    }

                    @Override
                    public void disconnected(String reason) {
                        told.add("disconnected " + reason);
                    }
                });
        spool.append(inventory(1));
    }

    /** The spool, with what it is told of the horizon kept. */
    private Spool heard() {
        return (Spool) Proxy.newProxyInstance(
                Spool.class.getClassLoader(), new Class<?>[] {Spool.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("acceptHorizon")) {
                        horizons.add((Duration) arguments[0]);
                    }
                    return method.invoke(spool, arguments);
                });
    }

    private ManagedChannel channel(int port) {
        return OkHttpChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .executor(timer)
                .build();
    }

    private static Inventory inventory(int number) {
        return Inventory.newBuilder().setRun(RUN).setNumber(number).build();
    }

    @AfterEach
    void stop() {
        uplink.close("test is over", Duration.ofMillis(1));
        aggregator.close();
        timer.shutdownNow();
    }

    private void take(int samples) {
        take(samples, 1);
    }

    private void take(int samples, int inventory) {
        for (int i = 0; i < samples; i++) {
            sequence++;
            Sample sample = Sample.newBuilder()
                    .setSequence(sequence)
                    .setEndMillis(clock.stamp())
                    .setDurationMillis(1_000)
                    .build();
            spool.append(new SpoolRecord(RUN, sequence, inventory, sample.toByteArray()));
        }
        uplink.wake();
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(20)).until(condition);
    }

    private static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private List<Long> live() {
        return aggregator.sequences(Lane.LANE_LIVE);
    }

    private List<Long> backfill() {
        return aggregator.sequences(Lane.LANE_BACKFILL);
    }

    private int kept() {
        Spool.Levels levels = spool.levels();
        return levels.live() + levels.waiting() + levels.underWay();
    }

    @Test
    void saysHelloThenTheInventoryThenNewSamples() {
        take(2);
        uplink.start();
        eventually(() -> live().size() == 2);
        take(1);
        eventually(() -> live().size() == 3);
        List<AgentMessage> received = aggregator.received();
        assertThat(received)
                .extracting(AgentMessage::getMessageCase)
                .containsExactly(
                        AgentMessage.MessageCase.HELLO,
                        AgentMessage.MessageCase.INVENTORY,
                        AgentMessage.MessageCase.SAMPLES,
                        AgentMessage.MessageCase.SAMPLES);
        assertThat(received.getFirst().getHello().getRun()).isEqualTo(RUN);
        assertThat(received.getFirst().getHello().getProtocol()).isEqualTo(1);
        assertThat(received.getFirst().getHello().hasWaiting()).isTrue();
        assertThat(received.getFirst().getHello().getCredential()).isEqualTo("secret");
        assertThat(received.get(2).getSamples().getSentMicros()).isPositive();
    }

    @Test
    void forgetsOnlyWhatIsAcknowledged() {
        uplink.start();
        take(5);
        eventually(() -> live().size() == 5);
        assertThat(kept()).isEqualTo(5);
        aggregator.ack(RUN, 2, 4);
        eventually(() -> kept() == 2);
        aggregator.ack(RUN, 1, 5);
        eventually(() -> kept() == 0);
    }

    @Test
    void sendsAgainAsBackfillWhatHadNoOutcomeWhenTheStreamEnded() {
        uplink.start();
        take(10);
        eventually(() -> live().size() == 10);
        aggregator.ack(RUN, 1, 4);
        eventually(() -> kept() == 6);
        aggregator.endStream(Status.UNAVAILABLE);
        eventually(() -> aggregator.streamsSeen() == 2);
        take(1);
        eventually(() -> live().size() == 11);
        assertThat(live()).endsWith(11L);
        assertThat(backfill()).as("no backfill without credit").isEmpty();
        aggregator.credit(4);
        eventually(() -> backfill().size() == 4);
        aggregator.credit(1);
        eventually(() -> backfill().size() == 5);
        assertThat(backfill()).isEqualTo(numbers(5, 9));
        assertThat(told).anyMatch(line -> line.startsWith("disconnected UNAVAILABLE"));
    }

    @Test
    void sendsDeferredSamplesAgainAgainstCreditWhileLiveGoesOn() {
        uplink.start();
        take(6);
        eventually(() -> live().size() == 6);
        aggregator.defer(RUN, 1, 4);
        eventually(() -> spool.levels().waiting() == 4);
        aggregator.credit(512);
        eventually(() -> backfill().equals(numbers(1, 4)));
        take(1);
        eventually(() -> live().size() == 7);
        // A later Defer names what is new: what is under way as backfill is not sent once more.
        aggregator.defer(RUN, 5, 6);
        eventually(() -> spool.levels().waiting() == 2);
        aggregator.credit(512);
        eventually(() -> backfill().size() == 6);
        assertThat(backfill()).isEqualTo(numbers(1, 6));
    }

    @Test
    void backfillThatIsDeferredWaitsForCreditAgain() {
        uplink.start();
        take(4);
        eventually(() -> live().size() == 4);
        aggregator.defer(RUN, 1, 4);
        aggregator.credit(4);
        eventually(() -> backfill().equals(numbers(1, 4)));
        aggregator.defer(RUN, 2, 3);
        eventually(() -> spool.levels().waiting() == 2);
        aggregator.credit(4);
        eventually(() -> backfill().size() == 6);
        assertThat(backfill()).endsWith(2L, 3L);
    }

    @Test
    void creditOfAMessageThatCouldNotBeReadIsUsedAgain() {
        uplink.start();
        take(12);
        eventually(() -> live().size() == 12);
        // 3 has its outcome, so that the message has a hole.
        aggregator.ack(RUN, 3, 3);
        aggregator.defer(RUN, 1, 2);
        aggregator.defer(RUN, 4, 12);
        eventually(() -> spool.levels().waiting() == 11);
        aggregator.credit(4);
        eventually(() -> backfill().equals(List.of(1L, 2L, 4L, 5L)));
        aggregator.rejectMessage(aggregator.received().size());
        eventually(() -> backfill().size() == 8);
        assertThat(told).contains("lost 1..2", "lost 4..5");
        aggregator.credit(1);
        eventually(() -> backfill().size() == 9);
        assertThat(backfill())
                .as("as many again, and not one more")
                .isEqualTo(List.of(1L, 2L, 4L, 5L, 6L, 7L, 8L, 9L, 10L));
        assertThat(spool.levels().waiting()).isEqualTo(2);
    }

    @Test
    void saysHowMuchWaitsAndHoldsNoCreditWhereNothingDoes() {
        uplink.start();
        take(5);
        eventually(() -> live().size() == 5);
        aggregator.defer(RUN, 1, 4);
        eventually(() -> spool.levels().waiting() == 4);
        take(1);
        eventually(() -> live().size() == 6);
        assertThat(aggregator.received().getLast().getSamples().getWaiting()).isEqualTo(4);
        aggregator.credit(3);
        eventually(() -> backfill().size() == 3);
        assertThat(aggregator.received().getLast().getSamples().getWaiting()).isEqualTo(1);
        aggregator.credit(100);
        eventually(() -> backfill().size() == 4);
        assertThat(aggregator.received().getLast().getSamples().hasWaiting()).isTrue();
        assertThat(aggregator.received().getLast().getSamples().getWaiting()).isZero();
        // 99 samples of credit have lapsed.
        aggregator.defer(RUN, 5, 6);
        eventually(() -> spool.levels().waiting() == 2);
        take(1);
        eventually(() -> live().size() == 7);
        assertThat(aggregator.received().getLast().getSamples().getWaiting()).isEqualTo(2);
        assertThat(backfill()).hasSize(4);
    }

    @Test
    void takesInHowFarBackTheAggregatorAccepts() {
        uplink.start();
        eventually(() -> aggregator.count(AgentMessage::hasHello) == 1);
        aggregator.welcome(7_200_000);
        eventually(() -> horizons.contains(Duration.ofHours(2)));
        aggregator.welcome(3_600_000);
        eventually(() -> horizons.contains(Duration.ofHours(1)));
    }

    @Test
    void passesOverWhatItDoesNotKnow() {
        uplink.start();
        take(2);
        eventually(() -> live().size() == 2);
        UnknownFieldSet.Field field =
                UnknownFieldSet.Field.newBuilder().addVarint(1).build();
        UnknownFieldSet unknown =
                UnknownFieldSet.newBuilder().addField(99, field).build();
        // A member of the oneof of a later protocol, a new field within a known one, a new reason.
        aggregator.send(AggregatorMessage.newBuilder().setUnknownFields(unknown).build());
        aggregator.send(AggregatorMessage.newBuilder()
                .setUnknownFields(unknown)
                .setAck(Ack.newBuilder()
                        .setUnknownFields(unknown)
                        .addSamples(Range.newBuilder()
                                .setUnknownFields(unknown)
                                .setRun(RUN)
                                .setFirst(1)
                                .setLast(1)))
                .build());
        aggregator.send(AggregatorMessage.newBuilder()
                .setReject(Reject.newBuilder()
                        .setReasonValue(77)
                        .addSamples(Range.newBuilder().setRun(RUN).setFirst(2).setLast(2)))
                .build());
        eventually(() -> kept() == 0);
        take(1);
        eventually(() -> live().size() == 3);
        assertThat(aggregator.streamsSeen()).isEqualTo(1);
        assertThat(told).containsExactly("rejected UNRECOGNIZED 2..2 1");
    }

    @Test
    void sendsTheInventoryAgainAndThenTheSamplesOnTheirLane() {
        uplink.start();
        take(3);
        eventually(() -> live().size() == 3);
        aggregator.reject(RejectReason.REJECT_REASON_INVENTORY, RUN, 2, 3);
        eventually(() -> live().size() == 5);
        assertThat(live()).containsExactly(1L, 2L, 3L, 2L, 3L);
        assertThat(aggregator.count(AgentMessage::hasInventory)).isEqualTo(2);
        assertThat(backfill()).isEmpty();
    }

    @Test
    void doesNotArgueForEverAboutAnInventory() {
        uplink.start();
        take(1);
        for (int i = 1; i <= 9; i++) {
            int sent = i;
            eventually(() -> live().size() == sent);
            aggregator.reject(RejectReason.REJECT_REASON_INVENTORY, RUN, 1, 1);
        }
        eventually(() -> spool.levels().waiting() == 1);
        assertThat(live()).hasSize(9);
    }

    @Test
    void sendsEachInventoryOnceAndBeforeTheSamplesThatNeedIt() {
        uplink.start();
        take(2);
        eventually(() -> live().size() == 2);
        spool.append(inventory(2));
        take(2, 2);
        eventually(() -> live().size() == 4);
        aggregator.defer(RUN, 1, 4);
        eventually(() -> spool.levels().waiting() == 4);
        aggregator.credit(512);
        eventually(() -> backfill().size() == 4);
        List<AgentMessage> received = aggregator.received();
        int known = 0;
        for (AgentMessage message : received) {
            if (message.hasInventory()) {
                known |= 1 << message.getInventory().getNumber();
            }
            if (message.hasSamples()) {
                assertThat(known & 1 << message.getSamples().getInventory()).isNotZero();
            }
        }
        assertThat(received).filteredOn(AgentMessage::hasInventory).hasSize(3);
    }

    @Test
    void forgetsRejectedSamplesAndSaysWhy() {
        uplink.start();
        take(3);
        eventually(() -> live().size() == 3);
        aggregator.reject(RejectReason.REJECT_REASON_TIME_COLLISION, RUN, 1, 2);
        eventually(() -> kept() == 1);
        assertThat(told).containsExactly("rejected REJECT_REASON_TIME_COLLISION 1..2 2");
    }

    @Test
    void samplesOfAMessageThatCouldNotBeReadAreLost() {
        uplink.start();
        take(3);
        eventually(() -> live().size() == 3);
        // Hello is 1, the inventory 2.
        aggregator.rejectMessage(3);
        eventually(() -> !told.isEmpty());
        assertThat(told.getFirst()).startsWith("lost 1..");
    }

    @Test
    void samplesRefusedForWantOfCreditWaitForMore() {
        uplink.start();
        take(2);
        eventually(() -> live().size() == 2);
        aggregator.defer(RUN, 1, 2);
        aggregator.credit(2);
        eventually(() -> backfill().size() == 2);
        aggregator.reject(RejectReason.REJECT_REASON_NO_CREDIT, RUN, 1, 2);
        eventually(() -> spool.levels().waiting() == 2);
        aggregator.credit(2);
        eventually(() -> backfill().size() == 4);
    }

    @Test
    void sendsEventsAgainUntilTheyAreAcknowledgedAndNoMoreThanSixtyFourAtOnce() {
        for (int i = 1; i <= 70; i++) {
            spool.append(Event.newBuilder().setRun(RUN).setEventSequence(i).build());
        }
        uplink.start();
        eventually(() -> aggregator.count(AgentMessage::hasEvent) == 64);
        aggregator.endStream(Status.UNAVAILABLE);
        eventually(() -> aggregator.count(AgentMessage::hasEvent) == 128);
        aggregator.endStream(Status.UNAVAILABLE);
        aggregator.acknowledgeAll();
        eventually(() -> spool.levels().events() == 0);
    }

    @Test
    void noMessageIsLargerThanItMayBe() {
        for (int i = 0; i < 32; i++) {
            sequence++;
            Sample sample = Sample.newBuilder()
                    .setSequence(sequence)
                    .setCoreLoad(ByteString.copyFrom(new byte[7_000]))
                    .build();
            spool.append(new SpoolRecord(RUN, sequence, 1, sample.toByteArray()));
        }
        sequence++;
        Sample huge = Sample.newBuilder()
                .setSequence(sequence)
                .setCoreLoad(ByteString.copyFrom(new byte[70_000]))
                .build();
        spool.append(new SpoolRecord(RUN, sequence, 1, huge.toByteArray()));
        uplink.start();
        eventually(() -> live().size() == 31 && told.contains("lost 33..33"));
        assertThat(aggregator.received()).allMatch(message -> message.getSerializedSize() <= Limits.MESSAGE_BYTES);
        assertThat(spool.levels().waiting()).isEqualTo(1);
    }

    @Test
    void comesBackByItselfWhenTheAggregatorDoes() throws IOException {
        int port = aggregator.port();
        uplink.start();
        take(3);
        eventually(() -> live().size() == 3);
        aggregator.close();
        eventually(() -> told.stream().anyMatch(line -> line.startsWith("disconnected")));
        take(40);
        aggregator = new ScriptedAggregator(port);
        aggregator.acknowledgeAll();
        eventually(() -> live().size() == 32);
        assertThat(live()).as("the newest go first").isEqualTo(numbers(12, 43));
        aggregator.credit(512);
        eventually(() -> kept() == 0);
        assertThat(backfill()).isEqualTo(numbers(1, 11));
    }

    @Test
    void saysGoodbyeAndWaitsForTheEndOfTheStream() {
        aggregator.acknowledgeAll();
        uplink.start();
        take(3);
        eventually(() -> kept() == 0);
        take(2);
        assertThat(uplink.close("stopped", Duration.ofSeconds(5))).isTrue();
        assertThat(kept()).isZero();
        assertThat(aggregator.received().getLast().getGoodbye().getReason()).isEqualTo("stopped");
    }

    @Test
    void closesAtOnceWhereNothingEverAnswered() {
        aggregator.stayMute();
        uplink.start();
        eventually(() -> aggregator.count(AgentMessage::hasHello) == 1);
        long begin = System.nanoTime();
        uplink.close("stopped", Duration.ofSeconds(5));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
    }
}

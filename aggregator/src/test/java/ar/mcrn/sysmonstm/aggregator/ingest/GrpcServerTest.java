package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.IngestHouse;
import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Refusal;
import ar.mcrn.sysmonstm.aggregator.MemoryHistory;
import ar.mcrn.sysmonstm.aggregator.RecordingHotState;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Goodbye;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Samples;
import ar.mcrn.sysmonstm.v1.Welcome;
import com.google.protobuf.ByteString;
import com.lmax.disruptor.EventHandler;
import io.grpc.Status;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcServerTest {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final EventHandler<SampleSlot> NO_ALERT = (slot, sequence, endOfBatch) -> {};

    private final RandomSamples random = new RandomSamples(11);
    private final MemoryHistory history = new MemoryHistory();
    private final RecordingHotState hot = new RecordingHotState();
    private final List<RawAgent> agents = new ArrayList<>();
    private IngestHouse house;

    private void open(EventHandler<SampleSlot> alert, String token, int streams) throws Exception {
        house = new IngestHouse(hot, history, alert, token, streams);
    }

    private RawAgent agent() {
        RawAgent agent = new RawAgent(house.port());
        agents.add(agent);
        return agent;
    }

    @AfterEach
    void close() throws Exception {
        for (RawAgent agent : agents) {
            agent.close();
        }
        if (house != null) {
            house.close();
        }
    }

    private Samples live(long run, long first, int count) {
        return random.samples(Lane.LANE_LIVE, run, first, count, System.currentTimeMillis() - 1000);
    }

    private static List<Reject> rejects(RawAgent agent) {
        return agent.received().stream()
                .filter(AggregatorMessage::hasReject)
                .map(AggregatorMessage::getReject)
                .toList();
    }

    private static void awaitStatus(RawAgent agent, Status.Code code, String description) {
        await().atMost(LIMIT).until(() -> agent.status() != null);
        assertThat(agent.status().getCode()).as(agent.status().toString()).isEqualTo(code);
        assertThat(agent.status().getDescription()).contains(description);
    }

    @Test
    void welcomesAndAcknowledgesWhatWasCommitted() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent agent = agent().greet("web-1", 7);
        agent.send(live(7, 1, 3));

        // The first acknowledgement does not wait for 5 s.
        await().atMost(Duration.ofSeconds(3)).until(() -> agent.acknowledged() == 3);
        Welcome welcome = agent.received().getFirst().getWelcome();
        assertThat(welcome.getAcceptHorizonMillis())
                .isEqualTo(Duration.ofDays(2).toMillis());
        assertThat(welcome.getAcceptAheadMillis()).isEqualTo(300_000);
        assertThat(welcome.getMaxMessageBytes()).isEqualTo(65_536);
        assertThat(welcome.getClock().getAgentSentMicros()).isEqualTo(1);
        assertThat(welcome.getClock().getAggregatorReceivedMicros())
                .isBetween(
                        welcome.getClock().getAggregatorSentMicros() - 5_000_000,
                        welcome.getClock().getAggregatorSentMicros());
        assertThat(history.stored).hasSize(3);
        await().atMost(LIMIT).until(() -> hot.machines.containsKey(new MachineId("web-1")));
    }

    @Test
    void coalescesAcknowledgements() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent agent = agent().greet("web-1", 7);
        for (int i = 0; i < 200; i++) {
            agent.send(live(7, 1 + i, 1));
        }
        await().atMost(LIMIT).until(() -> agent.acknowledged() == 200);
        assertThat(agent.received().stream().filter(AggregatorMessage::hasAck).count())
                .isLessThanOrEqualTo(6);
    }

    @Test
    void namesAMessageThatCannotBeParsedByItsOrdinalAndGoesOn() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent agent = agent().greet("web-1", 7);
        agent.send("not protobuf at all".getBytes(StandardCharsets.UTF_8));
        byte[] torn =
                AgentMessage.newBuilder().setSamples(live(7, 1, 2)).build().toByteArray();
        agent.send(Arrays.copyOf(torn, torn.length - 3));
        agent.send(AgentMessage.newBuilder()
                .setSamples(live(7, 1, 1))
                .build()
                .toByteString()
                .concat(ByteString.copyFrom(new byte[Limits.MESSAGE_BYTES]))
                .toByteArray());
        agent.send(live(7, 3, 1));

        await().atMost(LIMIT).until(() -> agent.acknowledged() == 1);
        assertThat(rejects(agent))
                .hasSize(3)
                .allSatisfy(reject -> assertThat(reject.getReason()).isEqualTo(RejectReason.REJECT_REASON_UNPARSABLE));
        assertThat(rejects(agent).stream().map(Reject::getMessageOrdinal)).containsExactly(3L, 4L, 5L);
        assertThat(rejects(agent).get(2).getDetail()).endsWith("limit 65536").startsWith("message of ");
        assertThat(agent.status()).isNull();
    }

    @Test
    void survivesRandomBytesWhileOthersGoOn() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent bad = agent().greet("bad", 7);
        RawAgent good = agent().greet("good", 8);
        Random bytes = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            byte[] message = new byte[bytes.nextInt(200)];
            bytes.nextBytes(message);
            bad.send(message);
        }
        good.send(live(8, 1, 5));
        await().atMost(LIMIT).until(() -> good.acknowledged() == 5);
        bad.send(live(7, 1, 1));
        await().atMost(LIMIT).until(() -> bad.acknowledged() == 1 || bad.status() != null);
        if (bad.status() != null) {
            // Random bytes may say Hello again or Goodbye; anything else would be a fault of ours.
            assertThat(bad.status().getCode()).isIn(Status.Code.OK, Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void rejectsSamplesByNameAndTakesTheirNeighbours() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent agent = agent().greet("web-1", 7);
        Samples.Builder samples = live(7, 1, 3).toBuilder();
        samples.getSamplesBuilder(1).setValues(0, 10_001);
        agent.send(samples.build());
        Samples unknown = live(7, 4, 1).toBuilder().setInventory(9).build();
        agent.send(unknown);

        await().atMost(LIMIT).until(() -> agent.acknowledged() == 2 && agent.rejected() == 2);
        assertThat(rejects(agent).get(0).getReason()).isEqualTo(RejectReason.REJECT_REASON_INVALID_FIELD);
        assertThat(rejects(agent).get(0).getDetail()).isEqualTo("cpu_total=10001");
        assertThat(rejects(agent).get(1).getReason()).isEqualTo(RejectReason.REJECT_REASON_INVENTORY);
        agent.send(AgentMessage.newBuilder()
                .setInventory(RandomSamples.inventory(7, 9))
                .build());
        agent.send(unknown);
        await().atMost(LIMIT).until(() -> history.stored.size() == 3);
    }

    @Test
    void refusesWhoDoesNotSayHelloProperly() throws Exception {
        open(NO_ALERT, "secret", 100);
        RawAgent silent = agent();
        silent.send(live(7, 1, 1));
        awaitStatus(silent, Status.Code.INVALID_ARGUMENT, "first message must be Hello");

        RawAgent old = agent();
        old.send(AgentMessage.newBuilder()
                .setHello(RawAgent.hello("web-1", 7, 7).setProtocol(2).setCredential("secret"))
                .build());
        awaitStatus(old, Status.Code.FAILED_PRECONDITION, "protocol 2");

        RawAgent nameless = agent();
        nameless.send(AgentMessage.newBuilder()
                .setHello(RawAgent.hello("<img onerror>", 7, 7).setCredential("secret"))
                .build());
        awaitStatus(nameless, Status.Code.INVALID_ARGUMENT, "machine id has a character other than");

        RawAgent stranger = agent();
        stranger.send(AgentMessage.newBuilder()
                .setHello(RawAgent.hello("web-1", 7, 7).setCredential("guess"))
                .build());
        awaitStatus(stranger, Status.Code.UNAUTHENTICATED, "COLLECTOR_TOKEN");
        assertThat(stranger.status().getDescription()).doesNotContain("guess").doesNotContain("secret");

        RawAgent known = agent();
        known.send(AgentMessage.newBuilder()
                .setHello(RawAgent.hello("web-1", 7, 7).setCredential("secret"))
                .build());
        await().atMost(LIMIT).until(() -> !known.received().isEmpty());
        assertThat(house.metrics.refused(Refusal.CREDENTIAL).value()).isEqualTo(1);
    }

    @Test
    void lastRunWinsAndADisplacedRunIsRefused() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent older = agent().greet("web-1", 7);
        await().atMost(LIMIT).until(() -> !older.received().isEmpty());
        RawAgent newer = agent().greet("web-1", 8);
        awaitStatus(older, Status.Code.ALREADY_EXISTS, "newer stream");
        await().atMost(LIMIT).until(() -> !newer.received().isEmpty());

        RawAgent again = agent().greet("web-1", 7);
        awaitStatus(again, Status.Code.ALREADY_EXISTS, "newer run");

        // A process whose old connection is half-open comes back with the same run.
        RawAgent back = agent().greet("web-1", 8);
        awaitStatus(newer, Status.Code.ALREADY_EXISTS, "newer stream");
        back.send(live(8, 1, 1));
        await().atMost(LIMIT).until(() -> back.acknowledged() == 1);
        assertThat(house.metrics.displaced().value()).isEqualTo(2);
    }

    @Test
    void holdsMessagesWhenTheRingIsFullAndLosesNothing() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        open((slot, sequence, endOfBatch) -> blocked.await(), "", 100);
        int perMessage = 50;
        int messages = 250;
        List<RawAgent> senders = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            senders.add(agent().greet("web-" + i, i));
        }
        Thread sending = Thread.ofVirtual().start(() -> {
            for (int m = 0; m < messages; m++) {
                for (int i = 1; i <= 4; i++) {
                    senders.get(i - 1).send(live(i, 1 + (long) m * perMessage, perMessage));
                }
            }
        });
        await().atMost(LIMIT).until(() -> house.ring.waiters() == 4);
        assertThat(house.metrics.receivedLive().value()).isEqualTo(8_192);
        // Hot state and history go on meanwhile, and back-pressure holds.
        await().atMost(LIMIT).until(() -> history.stored.size() == 8_192);
        assertThat(house.metrics.receivedLive().value()).isEqualTo(8_192);

        blocked.countDown();
        long all = 4L * perMessage * messages;
        sending.join();
        await().atMost(Duration.ofSeconds(30)).until(() -> history.stored.size() == all);
        await().atMost(LIMIT)
                .until(() -> senders.stream().mapToLong(RawAgent::acknowledged).sum() == all);
        for (int i = 1; i <= 4; i++) {
            assertThat(history.live.get(new MachineId("web-" + i)))
                    .as("order per machine")
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, (long) perMessage * messages)
                            .boxed()
                            .toList());
        }
        assertThat(history.duplicates).hasValue(0);
        assertThat(house.metrics.receivedLive().value()).isEqualTo(all);
        await().atMost(LIMIT).until(house.ring::isDrained);
    }

    @Test
    void tellsDeferredRangesAndResumption() throws Exception {
        open(NO_ALERT, "", 100);
        history.mode = MemoryHistory.Mode.DEFER;
        RawAgent agent = agent().greet("web-1", 7);
        agent.send(live(7, 1, 10));
        await().atMost(LIMIT).until(() -> agent.deferred() == 10);
        await().atMost(LIMIT).until(() -> history.waitingToo.get() == 10);
        history.mode = MemoryHistory.Mode.COMMIT;
        history.joined.forEach(StreamOutcomes::resumed);
        await().atMost(LIMIT)
                .until(() -> agent.received().stream()
                        .anyMatch(m -> m.hasDefer() && m.getDefer().getResumed()));
        agent.send(live(7, 11, 1));
        await().atMost(LIMIT).until(() -> agent.acknowledged() == 1);
    }

    @Test
    void takesBackfillAgainstCreditPastTheRing() throws Exception {
        open(NO_ALERT, "", 100);
        history.creditOnJoin = 20;
        RawAgent agent = agent().greet("web-1", 7);
        await().atMost(LIMIT)
                .until(() -> agent.received().stream()
                        .anyMatch(m -> m.hasCredit() && m.getCredit().getSamples() == 20));
        agent.send(AgentMessage.newBuilder()
                .setInventory(RandomSamples.inventory(3, 1))
                .build());
        agent.send(random.samples(Lane.LANE_BACKFILL, 3, 1, 25, System.currentTimeMillis() - 3_600_000));
        await().atMost(LIMIT).until(() -> agent.acknowledged() == 20 && agent.rejected() == 5);
        assertThat(rejects(agent))
                .allSatisfy(reject -> assertThat(reject.getReason()).isEqualTo(RejectReason.REJECT_REASON_NO_CREDIT));
        assertThat(history.live).isEmpty();
        // The live inventory was not evicted by those of backfill.
        for (int run = 20; run < 25; run++) {
            agent.send(AgentMessage.newBuilder()
                    .setInventory(RandomSamples.inventory(run, 1))
                    .build());
        }
        agent.send(live(7, 1, 1));
        await().atMost(LIMIT).until(() -> history.live.containsKey(new MachineId("web-1")));
    }

    @Test
    void creditLapsesWhenTheAgentSaysThatNothingWaits() throws Exception {
        open(NO_ALERT, "", 100);
        history.creditOnJoin = 20;
        RawAgent agent = agent().greet("web-1", 7);
        await().atMost(LIMIT).until(() -> agent.credit() == 20);
        long old = System.currentTimeMillis() - 3_600_000;
        agent.send(random.samples(Lane.LANE_BACKFILL, 7, 1, 5, old).toBuilder()
                .setWaiting(3)
                .build());
        agent.send(random.samples(Lane.LANE_BACKFILL, 7, 6, 3, old + 5_000).toBuilder()
                .setWaiting(0)
                .build());
        await().atMost(LIMIT).until(() -> agent.acknowledged() == 8);
        assertThat(history.waiting).containsExactly(3, 0);
        agent.send(random.samples(Lane.LANE_BACKFILL, 7, 9, 1, old + 8_000));
        await().atMost(LIMIT).until(() -> agent.rejected() == 1);
        assertThat(rejects(agent).getFirst().getReason()).isEqualTo(RejectReason.REJECT_REASON_NO_CREDIT);
    }

    @Test
    void acknowledgesEventsAndAllThatIsDueOnGoodbye() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent agent = agent().greet("web-1", 7);
        agent.send(live(7, 1, 1));
        await().atMost(LIMIT).until(() -> agent.acknowledged() == 1);
        agent.send(live(7, 2, 3));
        agent.send(AgentMessage.newBuilder()
                .setEvent(Event.newBuilder()
                        .setRun(7)
                        .setEventSequence(1)
                        .setKind(EventKind.EVENT_KIND_RUN_START)
                        .setTimeMillis(1))
                .build());
        agent.send(AgentMessage.newBuilder()
                .setGoodbye(Goodbye.newBuilder().setReason("stop"))
                .build());
        awaitStatus(agent, Status.Code.OK, "goodbye");
        assertThat(agent.acknowledged()).isEqualTo(4);
        assertThat(agent.received().stream()
                        .filter(AggregatorMessage::hasAck)
                        .mapToInt(m -> m.getAck().getEventsCount())
                        .sum())
                .isEqualTo(1);
        assertThat(history.events).hasSize(1);
        assertThat(history.joined).isEmpty();
    }

    @Test
    void goodbyeDoesNotWaitForEverForWhatIsNotCommitted() throws Exception {
        open(NO_ALERT, "", 100);
        history.mode = MemoryHistory.Mode.KEEP;
        RawAgent agent = agent().greet("web-1", 7);
        agent.send(live(7, 1, 3));
        agent.send(AgentMessage.newBuilder().setGoodbye(Goodbye.newBuilder()).build());
        await().atMost(Duration.ofSeconds(8)).until(() -> agent.status() != null);
        assertThat(agent.acknowledged()).isZero();
    }

    @Test
    void saysWhenToComeAgainBeyondTheBoundOfStreams() throws Exception {
        open(NO_ALERT, "", 1);
        RawAgent first = agent().greet("web-1", 7);
        await().atMost(LIMIT).until(() -> !first.received().isEmpty());
        RawAgent second = agent().greet("web-2", 8);
        awaitStatus(second, Status.Code.RESOURCE_EXHAUSTED, "too many streams");
        assertThat(second.trailers().keys()).contains("grpc-status-details-bin");
    }

    @Test
    void tellsAllOutcomesWhenItStops() throws Exception {
        open(NO_ALERT, "", 100);
        RawAgent agent = agent().greet("web-1", 7);
        agent.send(live(7, 1, 1));
        await().atMost(LIMIT).until(() -> agent.acknowledged() == 1);
        agent.send(live(7, 2, 40));
        await().atMost(LIMIT).until(() -> history.stored.size() == 41);
        house.close();
        house = null;
        awaitStatus(agent, Status.Code.UNAVAILABLE, "stopping");
        assertThat(agent.acknowledged()).isEqualTo(41);
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            open(NO_ALERT, "", 1);
            GrpcServer second = new GrpcServer(
                    new GrpcServer.Settings("127.0.0.1", taken.getLocalPort(), new Secret(""), 1),
                    house.ring,
                    history,
                    (machine, done) -> done.run(),
                    house.identities,
                    house.metrics,
                    InstantSource.system(),
                    house.readiness.dependency("second", true));
            assertThatThrownBy(second::start)
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("AGGREGATOR_GRPC_PORT=" + taken.getLocalPort());
        }
    }
}

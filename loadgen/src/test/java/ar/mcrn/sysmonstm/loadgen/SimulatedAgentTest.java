package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Defer;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Reject;
import ar.mcrn.sysmonstm.v1.RejectReason;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class SimulatedAgentTest {

    private static LoadPlan plan(int port, int agents, Duration duration) {
        return Plans.of(port, agents, duration).drain(Duration.ofSeconds(20)).plan();
    }

    private static LoadReport run(LoadPlan plan) throws InterruptedException, SQLException, IOException {
        return new LoadRun(plan, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8)).run();
    }

    private static void complete(LoadReport report, TestIngest ingest, int samples) {
        assertThat(report.finding()).isNull();
        assertThat(ingest.violations).isEmpty();
        assertThat(report.issued()).isEqualTo(samples);
        assertThat(report.acknowledged()).isEqualTo(samples);
        assertThat(report.unacknowledged()).isZero();
        assertThat(report.unexpected()).isZero();
        assertThat(ingest.received).hasSize(samples);
    }

    @Test
    void sendsEverySampleOnceWhenAllIsWell() throws Exception {
        try (TestIngest ingest = new TestIngest(0, (stream, samples) -> stream.send(TestIngest.ack(samples)))) {
            LoadReport report = run(plan(ingest.port(), 20, Duration.ofSeconds(2)));
            complete(report, ingest, 20 * 8);
            assertThat(report.sentBackfill()).isZero();
            assertThat(report.reconnects()).isZero();
            assertThat(report.ackMillis().count()).isEqualTo(20 * 8);
            assertThat(report.lost()).isNull();
            assertThat(report.duplicates()).isNull();
            assertThat(report.cpuSeconds()).containsKey("loadgen");
        }
    }

    @Test
    void sendsDeferredSamplesAgainAsBackfillWithinCredit() throws Exception {
        Set<String> deferred = ConcurrentHashMap.newKeySet();
        TestIngest.Answers answers = new TestIngest.Answers() {
            @Override
            public void samples(TestIngest.Stream stream, Samples samples) {
                if (samples.getLane() == Lane.LANE_BACKFILL) {
                    stream.send(TestIngest.ack(samples));
                    return;
                }
                Defer.Builder defer = Defer.newBuilder();
                for (Sample sample : samples.getSamplesList()) {
                    deferred.add(stream.machine() + "/" + sample.getSequence());
                    defer.addSamples(TestIngest.range(samples, sample));
                }
                stream.send(AggregatorMessage.newBuilder().setDefer(defer).build());
                stream.credit(samples.getSamplesCount());
            }
        };
        try (TestIngest ingest = new TestIngest(0, answers)) {
            LoadReport report = run(plan(ingest.port(), 5, Duration.ofSeconds(2)));
            complete(report, ingest, 40);
            assertThat(deferred).hasSize(40);
            assertThat(report.deferred()).isEqualTo(40);
            assertThat(report.sentBackfill()).isEqualTo(40);
        }
    }

    @Test
    void answersAnUnknownInventoryWithItAndTheSameSamplesOnTheSameLane() throws Exception {
        TestIngest.Answers answers = (stream, samples) -> {
            if (stream.inventories() < 2) {
                Reject.Builder reject = Reject.newBuilder().setReason(RejectReason.REJECT_REASON_INVENTORY);
                samples.getSamplesList().forEach(sample -> reject.addSamples(TestIngest.range(samples, sample)));
                stream.send(AggregatorMessage.newBuilder().setReject(reject).build());
            } else {
                stream.send(TestIngest.ack(samples));
            }
        };
        try (TestIngest ingest = new TestIngest(0, answers)) {
            LoadReport report = run(plan(ingest.port(), 3, Duration.ofSeconds(1)));
            complete(report, ingest, 12);
            assertThat(report.rejected()).containsKey("inventory");
            assertThat(report.sentBackfill()).isZero();
        }
    }

    @Test
    void forgetsWhatIsFinallyRejected() throws Exception {
        TestIngest.Answers answers = (stream, samples) -> {
            Reject.Builder reject = Reject.newBuilder().setReason(RejectReason.REJECT_REASON_TIME_COLLISION);
            samples.getSamplesList().forEach(sample -> reject.addSamples(TestIngest.range(samples, sample)));
            stream.send(AggregatorMessage.newBuilder().setReject(reject).build());
        };
        try (TestIngest ingest = new TestIngest(0, answers)) {
            LoadReport report = run(plan(ingest.port(), 3, Duration.ofSeconds(1)));
            assertThat(report.rejected()).containsEntry("timeCollision", 12L);
            assertThat(report.acknowledged()).isZero();
            assertThat(report.unacknowledged()).isZero();
        }
    }

    @Test
    void sendsAgainAfterTheServerDiedAndCameBack() throws Exception {
        // The first server acknowledges nothing; all of it comes again, by backfill, at the second.
        AtomicInteger unanswered = new AtomicInteger();
        TestIngest first = new TestIngest(0, (stream, samples) -> unanswered.addAndGet(samples.getSamplesCount()));
        int port = first.port();
        LoadReport[] result = new LoadReport[1];
        Thread running = Thread.ofPlatform().start(() -> {
            try {
                result[0] = run(plan(port, 10, Duration.ofSeconds(4)));
            } catch (InterruptedException | SQLException | IOException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await("first server has samples").until(() -> unanswered.get() >= 30);
        first.close();
        try (TestIngest second = again(port)) {
            running.join();
            LoadReport report = result[0];
            assertThat(report.finding()).isNull();
            assertThat(second.violations).isEmpty();
            assertThat(report.acknowledged()).isEqualTo(160);
            assertThat(second.received).hasSize(160);
            assertThat(report.sentBackfill()).isGreaterThanOrEqualTo(30);
            assertThat(report.reconnects()).isGreaterThanOrEqualTo(10);
        }
    }

    private static TestIngest again(int port) throws IOException {
        return new TestIngest(port, new TestIngest.Answers() {
            @Override
            public void samples(TestIngest.Stream stream, Samples samples) {
                stream.send(TestIngest.ack(samples));
                if (samples.getLane() == Lane.LANE_BACKFILL) {
                    stream.credit(samples.getSamplesCount());
                }
            }

            @Override
            public int credit() {
                return 4;
            }
        });
    }

    @Test
    void saysSoWhenNobodyListens() throws Exception {
        LoadReport report = run(Plans.of(1, 2, Duration.ofMillis(500))
                .drain(Duration.ofMillis(500))
                .plan());
        assertThat(report.finding()).isEqualTo("no agent was welcomed by the aggregator");
        assertThat(report.unacknowledged()).isEqualTo(4);
    }

    /** Credits what was sent as backfill, so that it goes on. */
    private static final TestIngest.Answers ALL_IS_WELL = (stream, samples) -> {
        stream.send(TestIngest.ack(samples));
        if (samples.getLane() == Lane.LANE_BACKFILL) {
            stream.credit(samples.getSamplesCount());
        }
    };

    @Test
    void killedAgentsComeBackWithANewRunAndWhatTheOldOneLeft() throws Exception {
        // Live samples are never acknowledged: whatever a run had is left to the next one, as backfill.
        TestIngest.Answers answers = (stream, samples) -> {
            if (samples.getLane() == Lane.LANE_BACKFILL) {
                ALL_IS_WELL.samples(stream, samples);
            }
        };
        AgentBehaviour behaviour = new AgentBehaviour(1, 1, 3, Duration.ZERO, Duration.ZERO, 1);
        try (TestIngest ingest = new TestIngest(0, answers)) {
            LoadPlan plan = Plans.of(ingest.port(), 3, Duration.ofSeconds(8))
                    .drain(Duration.ofSeconds(12))
                    .behaviour(behaviour)
                    .plan();
            LoadReport report = run(plan);
            assertThat(report.finding()).isNull();
            assertThat(ingest.violations).isEmpty();
            assertThat(report.restarts()).isBetween(1L, 3L);
            assertThat(ingest.runs).hasSize(3 + (int) report.restarts());
            // Each is away for 6 ticks of 250 ms.
            assertThat(report.issued()).isEqualTo(3 * 32 - 6 * report.restarts());
            assertThat(report.reconnects()).isLessThanOrEqualTo(3);
            assertThat(ingest.received).hasSize((int) report.issued());
        }
    }

    @Test
    void earlierRunLiesInTheSpoolAtTheStartAndGoesByBackfill() throws Exception {
        AgentBehaviour behaviour = new AgentBehaviour(1, 1, 0, Duration.ZERO, Duration.ofMinutes(2), 1);
        try (TestIngest ingest = new TestIngest(0, ALL_IS_WELL)) {
            LoadReport report = run(Plans.of(ingest.port(), 2, Duration.ofSeconds(2))
                    .behaviour(behaviour)
                    .plan());
            assertThat(report.finding()).isNull();
            assertThat(ingest.violations).isEmpty();
            assertThat(report.issued()).isEqualTo(2 * (8 + 479));
            assertThat(report.acknowledged()).isEqualTo(report.issued());
            assertThat(report.sentBackfill()).isEqualTo(2 * 479);
            assertThat(report.ackMillis().count()).as("late ones have no delay").isEqualTo(2 * 8);
            assertThat(ingest.runs).hasSize(4);
            assertThat(report.caughtUpMillis()).isNotNull();
        }
    }

    @Test
    void gathersBatchesAndSendsCopies() throws Exception {
        AgentBehaviour behaviour = new AgentBehaviour(4, 3, 0, Duration.ZERO, Duration.ZERO, 1);
        AtomicInteger messages = new AtomicInteger();
        TestIngest.Answers answers = (stream, samples) -> {
            messages.incrementAndGet();
            assertThat(samples.getSamplesCount()).isEqualTo(4);
            stream.send(TestIngest.ack(samples));
        };
        try (TestIngest ingest = new TestIngest(0, answers)) {
            LoadReport report = run(Plans.of(ingest.port(), 2, Duration.ofSeconds(3))
                    .behaviour(behaviour)
                    .plan());
            complete(report, ingest, 24);
            assertThat(messages.get()).isEqualTo(2 * 3 * 3);
            assertThat(report.resent()).isEqualTo(2 * 24);
        }
    }

    @Test
    void clocksAreWrongByAConstantOfEachMachine() throws Exception {
        AgentBehaviour behaviour = new AgentBehaviour(1, 1, 0, Duration.ofHours(1), Duration.ZERO, 1);
        try (TestIngest ingest = new TestIngest(0, ALL_IS_WELL)) {
            LoadReport report = run(Plans.of(ingest.port(), 8, Duration.ofSeconds(1))
                    .behaviour(behaviour)
                    .plan());
            complete(report, ingest, 32);
            Set<Long> skews = ConcurrentHashMap.newKeySet();
            long now = System.currentTimeMillis();
            ingest.received.forEach((name, sample) -> skews.add((sample.getEndMillis() - now) / 60_000));
            assertThat(skews).hasSizeGreaterThan(5).allMatch(minutes -> Math.abs(minutes) <= 61);
            assertThat(report.ackMillis().max()).isLessThan(10_000);
        }
    }

    @Test
    void doesNotCountWhenItSawTooLittle() throws Exception {
        try (TestIngest ingest = new TestIngest(0, ALL_IS_WELL)) {
            LoadReport report = run(Plans.of(ingest.port(), 2, Duration.ofSeconds(1))
                    .atLeast(Map.of("acknowledged", 8L, "reconnects", 2L))
                    .plan());
            assertThat(report.finding()).isEqualTo("does not count: reconnects=0 is less than 2");
        }
    }
}

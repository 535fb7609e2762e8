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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class SimulatedAgentTest {

    private static LoadPlan plan(int port, int agents, Duration duration) {
        return new LoadPlan(
                "127.0.0.1",
                port,
                agents,
                Duration.ofMillis(250),
                duration,
                Duration.ZERO,
                Duration.ofSeconds(20),
                3_600,
                1,
                2,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Duration.ofMillis(100),
                Map.of());
    }

    private static LoadReport run(LoadPlan plan) throws InterruptedException, SQLException {
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
                    stream.credit(samples.getSamplesCount());
                    return;
                }
                Defer.Builder defer = Defer.newBuilder();
                for (Sample sample : samples.getSamplesList()) {
                    deferred.add(stream.machine() + "/" + sample.getSequence());
                    defer.addSamples(TestIngest.range(samples, sample));
                }
                stream.send(AggregatorMessage.newBuilder().setDefer(defer).build());
            }

            @Override
            public int credit() {
                return 2;
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
            } catch (InterruptedException | SQLException e) {
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
        LoadReport report = run(new LoadPlan(
                "127.0.0.1",
                1,
                2,
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ZERO,
                Duration.ofMillis(500),
                600,
                1,
                1,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Duration.ofMillis(100),
                Map.of()));
        assertThat(report.finding()).isEqualTo("no agent was welcomed by the aggregator");
        assertThat(report.unacknowledged()).isEqualTo(4);
    }
}

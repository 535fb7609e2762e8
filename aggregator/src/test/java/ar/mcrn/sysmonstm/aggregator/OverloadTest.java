package ar.mcrn.sysmonstm.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.aggregator.ingest.RandomSamples;
import ar.mcrn.sysmonstm.aggregator.ingest.RawAgent;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.AggregatorMessage;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Goodbye;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Range;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import io.grpc.Status;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;

/**
 * The orders of slow ring, slow writer and slow client, at random: real streams over loopback, the real ring, the real history
 * on a real database. Whatever the order was, nothing is stuck in the end: each sample has one outcome, all that was lent or
 * reserved is back, and the equation holds. {@code -Doverload.seed=N} repeats an order.
 */
class OverloadTest {
    private static final List<TroubledDatabase.Mode> MODES = List.of(TroubledDatabase.Mode.values());
    private static final int MACHINES = 6;
    private static final int STEPS = 250;
    private static final int MOST_AT_ONCE = 60;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static PostgresFixture postgres;

    private final long seed = Long.getLong("overload.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final RandomSamples samples = new RandomSamples(seed);
    private final long base = System.currentTimeMillis() - Duration.ofDays(1).toMillis();
    private final List<Sender> senders = new ArrayList<>();
    private final List<Sender> all = new ArrayList<>();
    private TroubledDatabase database;
    private IngestHouse house;
    private long runs;
    private volatile boolean stuck;
    private volatile boolean slow;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    /** One stream of one machine, and what it sent. */
    private final class Sender {
        final long run = ++runs;
        final RawAgent agent;
        final Set<Long> sent = new HashSet<>();
        long sequence;
        long backfillUsed;
        long event;

        Sender(int machine) {
            agent = new RawAgent(house.port()).greet("m-" + machine, run);
        }

        void send(Lane lane, int count) {
            Samples.Builder message = Samples.newBuilder()
                    .setLane(lane)
                    .setRun(run)
                    .setInventory(1)
                    .setSentMicros(1);
            for (int i = 0; i < count; i++) {
                sequence++;
                sent.add(sequence);
                // A stamp of its own within the machine, whichever run it is.
                long end = base + run * 100_000 + sequence;
                Sample.Builder sample = samples.sample(sequence, end).toBuilder();
                switch (random.nextInt(40)) {
                    case 0 -> sample.setDurationMillis(0);
                    case 1 -> sample.setEndMillis(System.currentTimeMillis() + 400_000);
                    case 2 -> sample.setEndMillis(1);
                    default -> {}
                }
                message.addSamples(sample);
            }
            switch (random.nextInt(6)) {
                case 0 -> {
                    // Nothing waits: what it holds of credit lapses on both sides, but for what is under way.
                    message.setWaiting(0);
                    backfillUsed = agent.credit();
                }
                case 1, 2 -> message.setWaiting(random.nextInt(2_000));
                default -> {}
            }
            agent.send(message.build());
        }

        void event() {
            event++;
            agent.send(AgentMessage.newBuilder()
                    .setEvent(Event.newBuilder()
                            .setRun(run)
                            .setEventSequence(event)
                            .setKindValue(random.nextInt(4) == 0 ? 0 : EventKind.EVENT_KIND_SUSPEND_VALUE)
                            .setTimeMillis(1 + event))
                    .build());
        }

        void goodbye() {
            agent.setReading(true);
            agent.send(
                    AgentMessage.newBuilder().setGoodbye(Goodbye.newBuilder()).build());
        }
    }

    private void step() {
        int index = random.nextInt(MACHINES);
        Sender sender = senders.get(index);
        switch (random.nextInt(24)) {
            case 0 -> stuck = !stuck;
            case 1 -> slow = !slow;
            case 2, 3 -> database.set(MODES.get(random.nextInt(MODES.size())));
            case 4 -> database.set(TroubledDatabase.Mode.WELL);
            case 5 -> sender.agent.setReading(random.nextBoolean());
            case 6 -> sender.event();
            case 7 -> sender.agent.send(randomBytes());
            case 8 -> {
                if (random.nextInt(3) == 0) {
                    sender.agent.close();
                    replace(index);
                }
            }
            case 9 -> {
                if (random.nextInt(3) == 0) {
                    sender.agent.halfClose();
                    replace(index);
                }
            }
            case 10, 11, 12, 13 -> {
                long credit = sender.agent.credit() - sender.backfillUsed;
                int count = (int) Math.min(MOST_AT_ONCE, random.nextInt(8) == 0 ? credit + 3 : credit);
                if (count > 0) {
                    sender.backfillUsed += Math.min(count, credit);
                    sender.send(Lane.LANE_BACKFILL, count);
                }
            }
            default -> sender.send(Lane.LANE_LIVE, 1 + random.nextInt(MOST_AT_ONCE));
        }
        if (random.nextInt(4) == 0) {
            LockSupport.parkNanos(random.nextInt(4_000_000));
        }
    }

    /** Sends until a message of every stream is held, and ends one of these streams: what it held goes with it. */
    private void fillRing() {
        stuck = true;
        senders.forEach(sender -> sender.agent.setReading(true));
        await("a message of each stream is held, seed " + seed)
                .atMost(LIMIT)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    senders.forEach(sender -> sender.send(Lane.LANE_LIVE, MOST_AT_ONCE));
                    return house.ring.waiters() == MACHINES;
                });
        int index = random.nextInt(MACHINES);
        Sender ended = senders.get(index);
        ended.agent.close();
        // Slots that were cleared just before may still be handed out: the others go on until each is held again.
        await("what a stream held goes with it, seed " + seed)
                .atMost(LIMIT)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    senders.stream()
                            .filter(sender -> sender != ended)
                            .forEach(sender -> sender.send(Lane.LANE_LIVE, MOST_AT_ONCE));
                    return house.ring.waiters() == MACHINES - 1;
                });
        replace(index);
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        // No Goodbye, and no second Hello, by chance.
        if (bytes.length > 0) {
            bytes[0] = (byte) 0xff;
        }
        return bytes;
    }

    private void replace(int index) {
        Sender next = new Sender(index);
        senders.set(index, next);
        all.add(next);
    }

    @RepeatedTest(3)
    void everythingIsReleasedWhateverTheOrderWas() throws Exception {
        String url = postgres.freshDatabase();
        database = new TroubledDatabase(postgres.dataSource(url));
        HistorySettings tight = new HistorySettings(
                "plain", null, Duration.ofMillis(20), Duration.ofMillis(400), 3_000_000L, 600, 1_000_000L);
        try (HistoryTestRig rig = HistoryTestRig.start(database.source(), tight)) {
            house = new IngestHouse(new RecordingHotState(), rig.intake(), (slot, sequence, end) -> alert(), "", 100);
            try {
                for (int i = 0; i < MACHINES; i++) {
                    Sender sender = new Sender(i);
                    senders.add(sender);
                    all.add(sender);
                }
                for (int i = 0; i < STEPS; i++) {
                    if (i == STEPS / 3 || i == 2 * STEPS / 3) {
                        fillRing();
                    }
                    step();
                }
                settle(rig);
                verify(rig, url);
            } finally {
                stuck = false;
                all.forEach(sender -> sender.agent.close());
                house.close();
            }
        }
    }

    private void alert() {
        while (stuck) {
            LockSupport.parkNanos(200_000);
        }
        if (slow && random().nextInt(50) == 0) {
            LockSupport.parkNanos(100_000);
        }
    }

    private static java.util.concurrent.ThreadLocalRandom random() {
        return java.util.concurrent.ThreadLocalRandom.current();
    }

    private void settle(HistoryTestRig rig) {
        stuck = false;
        slow = false;
        database.set(TroubledDatabase.Mode.WELL);
        all.forEach(sender -> sender.agent.setReading(true));
        // The writer may be in a pause after a failure; Goodbye waits for 5 s only.
        await("history is written again, seed " + seed)
                .atMost(LIMIT)
                .until(() -> house.ring.isDrained() && house.ring.waiters() == 0);
        rig.awaitSettled();
        senders.forEach(Sender::goodbye);
        await("streams end, seed " + seed).atMost(LIMIT).until(() -> house.server.streams() == 0);
        rig.awaitSettled();
    }

    private void verify(HistoryTestRig rig, String url) throws SQLException {
        String as = "seed " + seed;
        assertThat(house.ring.isDrained()).as(as).isTrue();
        assertThat(house.ring.waiters()).as(as).isZero();
        assertThat(metric(house.telemetry.text(), "sysmonstm_ingest_held_bytes"))
                .as(as)
                .isZero();
        assertThat(metric(house.telemetry.text(), "sysmonstm_ring_borrowed_payloads"))
                .as(as)
                .isZero();
        assertThat(metric(house.telemetry.text(), "sysmonstm_ingest_machines"))
                .as(as)
                .isZero();
        assertThat(metric(rig.telemetry().text(), "sysmonstm_history_outstanding_credit"))
                .as(as)
                .isZero();
        assertThat(house.accounting.samples().inFlight()).as(as).isZero();
        assertThat(house.accounting.samples().unaccounted())
                .as(as + house.accounting.samples())
                .isZero();
        assertThat(house.accounting.events().unaccounted())
                .as(as + house.accounting.events())
                .isZero();
        assertThat(house.accounting.samples().received()).as(as).isGreaterThan(500);

        Map<String, Integer> stored = stored(url);
        assertThat(stored.values()).as(as + ": stored once").allMatch(times -> times == 1);
        // Each was sent once: a duplicate is a row whose commit was made and not heard of.
        assertThat((long) stored.size())
                .as(as)
                .isEqualTo(house.accounting.samples().stored()
                        + house.accounting.samples().duplicate());
        for (Sender sender : all) {
            Map<Long, Integer> told = new HashMap<>();
            for (Range range : sender.agent.outcomes()) {
                assertThat(range.getRun()).isEqualTo(sender.run);
                for (long i = range.getFirst(); i <= range.getLast(); i++) {
                    told.merge(i, 1, Integer::sum);
                }
            }
            assertThat(told.values())
                    .as(as + ": one outcome each, run " + sender.run)
                    .allMatch(times -> times == 1);
            assertThat(sender.sent).as(as + ": nothing but what was sent").containsAll(told.keySet());
            if (senders.contains(sender)) {
                assertThat(sender.agent.status().getCode()).as(as).isEqualTo(Status.Code.OK);
                assertThat(told.keySet())
                        .as(as + ": all that was sent, run " + sender.run)
                        .isEqualTo(sender.sent);
            }
            for (AggregatorMessage message : sender.agent.received()) {
                for (Range range : message.getAck().getSamplesList()) {
                    for (long i = range.getFirst(); i <= range.getLast(); i++) {
                        assertThat(stored)
                                .as(as + ": acknowledged means stored")
                                .containsKey(sender.run + "/" + i);
                    }
                }
            }
        }
    }

    private Map<String, Integer> stored(String url) throws SQLException {
        Map<String, Integer> stored = new HashMap<>();
        try (Connection connection = postgres.dataSource(url).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select r.run, s.sequence from host_sample s join run r using (run_id)")) {
            while (rows.next()) {
                stored.merge(rows.getLong(1) + "/" + rows.getLong(2), 1, Integer::sum);
            }
        }
        return stored;
    }

    private static long metric(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}

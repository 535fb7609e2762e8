package ar.mcrn.sysmonstm.aggregator.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.IngestMetrics.Deferral;
import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.NoOutcomes;
import ar.mcrn.sysmonstm.aggregator.ingest.RandomSamples;
import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.lmax.disruptor.EventHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngestRingTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** Of 64 large payloads. */
    private static final int MORE_THAN_HALF = 33;

    private final MachineInventory inventory = RandomSamples.machineInventory(7);
    private final Readiness readiness = new Readiness();
    private final IngestMetrics metrics = new IngestMetrics(new Telemetry("aggregator"));
    private final List<Long> deferred = new CopyOnWriteArrayList<>();
    private final StreamOutcomes outcomes = new NoOutcomes() {
        @Override
        public void deferred(long run, long sequence) {
            deferred.add(sequence);
        }
    };
    private IngestRing ring;

    private void start(EventHandler<SampleSlot> hot, EventHandler<SampleSlot> history, EventHandler<SampleSlot> alert) {
        ring = new IngestRing(Duration.ofMillis(1), hot, history, alert, metrics, readiness.dependency("ring", true));
        ring.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (ring != null) {
            ring.stop();
        }
    }

    private boolean publish(long sequence) {
        return ring.tryPublish(slot -> {
            slot.setOrigin(inventory, outcomes, 1000, 0, System.nanoTime(), false);
            slot.setIdentity(sequence, 0, 1000);
        });
    }

    @Test
    void showsEachSampleToAllThreeInOrderAndClearsTheSlot() throws InterruptedException {
        List<List<Long>> seen = new ArrayList<>();
        List<EventHandler<SampleSlot>> handlers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<Long> mine = Collections.synchronizedList(new ArrayList<>());
            seen.add(mine);
            handlers.add((slot, sequence, endOfBatch) -> mine.add(slot.sequence()));
        }
        start(handlers.get(0), handlers.get(1), handlers.get(2));
        for (long i = 1; i <= 20_000; i++) {
            while (!publish(i)) {
                Thread.onSpinWait();
            }
        }
        ring.stop();
        List<Long> all = LongStream.rangeClosed(1, 20_000).boxed().toList();
        assertThat(seen).containsOnly(all, all, all);
        assertThat(readiness.dependency("ring", true).isUp()).isFalse();
        ring = null;
    }

    @Test
    void carriesOnWhenAHandlerFailsAndDefersWhatTheHistoryDidNotTake() {
        AtomicInteger handled = new AtomicInteger();
        EventHandler<SampleSlot> failing = (slot, sequence, endOfBatch) -> {
            handled.incrementAndGet();
            throw new IllegalStateException("on purpose");
        };
        start(failing, failing, failing);
        for (long i = 1; i <= 5; i++) {
            assertThat(publish(i)).isTrue();
        }
        await().atMost(LIMIT).until(() -> handled.get() == 15 && ring.isDrained());
        assertThat(deferred).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(metrics.deferred(Deferral.HANDLER_FAILED).value()).isEqualTo(5);
    }

    @Test
    void saysNoWhenItIsFullAndCallsBackInTurn() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        EventHandler<SampleSlot> idle = (slot, sequence, endOfBatch) -> {};
        start(idle, idle, (slot, sequence, endOfBatch) -> blocked.await());
        for (int i = 1; i <= IngestRing.SLOTS; i++) {
            assertThat(publish(i)).isTrue();
        }
        assertThat(publish(0)).isFalse();
        List<String> called = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 5; i++) {
            String name = "waiter " + i;
            ring.await(() -> called.add(name));
        }
        assertThat(ring.waiters()).isEqualTo(5);
        blocked.countDown();
        await().atMost(LIMIT).until(() -> called.size() == 5);
        assertThat(called).containsExactly("waiter 0", "waiter 1", "waiter 2", "waiter 3", "waiter 4");
        assertThat(ring.waiters()).isZero();
    }

    @Test
    void lendsBoundedPayloadsAndTakesThemBackWithTheSlot() {
        EventHandler<SampleSlot> idle = (slot, sequence, endOfBatch) -> {};
        start(idle, idle, idle);
        List<byte[]> lent = new ArrayList<>();
        for (byte[] array = ring.pool().borrow(Limits.MESSAGE_BYTES);
                array != null;
                array = ring.pool().borrow(Limits.MESSAGE_BYTES)) {
            lent.add(array);
        }
        assertThat(lent).hasSize(64);
        assertThat(ring.pool().borrow(2_000)).hasSize(8_192);
        byte[] used = lent.getFirst();
        ring.tryPublish(slot -> {
            slot.setOrigin(inventory, outcomes, 1000, 0, System.nanoTime(), false);
            slot.setIdentity(1, 0, 1000);
            slot.setPayload(used, 60_000);
        });
        await().atMost(LIMIT).until(() -> ring.pool().borrowed() == 64);
        assertThat(ring.pool().borrow(Limits.MESSAGE_BYTES)).isSameAs(used);
    }

    @Test
    void refusesATickOutOfRange() {
        EventHandler<SampleSlot> idle = (slot, sequence, endOfBatch) -> {};
        assertThatThrownBy(() -> new IngestRing(
                        Duration.ofMillis(21), idle, idle, idle, metrics, readiness.dependency("ring", true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1ms to 20ms, not 21ms");
    }

    @Test
    void wakesAllHandlersForTheFirstSampleAfterQuiet() {
        AtomicInteger handled = new AtomicInteger();
        EventHandler<SampleSlot> counting = (slot, sequence, endOfBatch) -> handled.incrementAndGet();
        startSleepy(counting);
        for (int round = 1; round <= 3; round++) {
            await().atMost(LIMIT).until(ring::isQuiet);
            assertThat(publish(round)).isTrue();
            int expected = 3 * round;
            await().atMost(LIMIT).until(() -> handled.get() == expected);
        }
    }

    @Test
    void clearsAfterQuietForWhoFindsTheRingFull() {
        EventHandler<SampleSlot> idle = (slot, sequence, endOfBatch) -> {};
        startSleepy(idle);
        await().atMost(LIMIT).until(ring::isQuiet);
        callsBackWhoFindsTheRingFull();
    }

    @Test
    void clearsBetweenBeatsForWhoFindsTheRingFull() {
        startWithBeatsOfAnHour();
        callsBackWhoFindsTheRingFull();
    }

    private void callsBackWhoFindsTheRingFull() {
        int published = 0;
        while (publish(++published)) {
            assertThat(published).isLessThan(10 * IngestRing.SLOTS);
        }
        AtomicInteger called = new AtomicInteger();
        ring.await(called::incrementAndGet);
        await().atMost(LIMIT).until(() -> called.get() == 1);
        assertThat(publish(published)).isTrue();
    }

    @Test
    void takesLargePayloadsBackAfterQuietWhenTheyAreScarce() {
        startSleepy((slot, sequence, endOfBatch) -> {});
        await().atMost(LIMIT).until(ring::isQuiet);
        publishMoreThanHalfOfTheLargePayloads();
        await().atMost(LIMIT).until(() -> ring.pool().borrowed() < MORE_THAN_HALF);
    }

    @Test
    void takesLargePayloadsBackBetweenBeatsWhenTheyAreScarce() {
        startWithBeatsOfAnHour();
        publishMoreThanHalfOfTheLargePayloads();
        await().atMost(LIMIT).until(() -> ring.pool().borrowed() < MORE_THAN_HALF);
    }

    private void publishMoreThanHalfOfTheLargePayloads() {
        for (int i = 1; i <= MORE_THAN_HALF; i++) {
            byte[] payload = ring.pool().borrow(Limits.MESSAGE_BYTES);
            int sequence = i;
            assertThat(ring.tryPublish(slot -> {
                        slot.setOrigin(inventory, outcomes, 1000, 0, System.nanoTime(), false);
                        slot.setIdentity(sequence, 0, 1000);
                        slot.setPayload(payload, 60_000);
                    }))
                    .isTrue();
        }
    }

    /** A ring that nothing but samples, who waits for slots, and scarce payloads wake, once it was quiet. */
    private void startSleepy(EventHandler<SampleSlot> handler) {
        start(handler, Duration.ofMillis(60));
    }

    /** A ring whose history, alert and clearing handlers are awake only for who waits for slots, and for scarce payloads. */
    private void startWithBeatsOfAnHour() {
        start((slot, sequence, endOfBatch) -> {}, Duration.ofHours(1));
    }

    private void start(EventHandler<SampleSlot> handler, Duration calm) {
        ring = new IngestRing(
                Duration.ofMillis(1),
                calm,
                Duration.ofHours(1),
                handler,
                handler,
                handler,
                metrics,
                readiness.dependency("ring", true));
        ring.start();
    }

    @Test
    void sleepsWithTheBeatLongAfterItWokeForNothingAndShortlyWhileSomebodyWaits() {
        AtomicBoolean urgent = new AtomicBoolean();
        HandlerSleep sleep = new HandlerSleep(new Beat(40, 10), Duration.ofNanos(100), urgent::get);
        assertThat(sleep.nanos(-31)).isEqualTo(1);
        assertThat(sleep.nanos(10)).isEqualTo(40);
        sleep.foundNothing(10);
        assertThat(sleep.nanos(10)).isEqualTo(100);
        urgent.set(true);
        assertThat(sleep.nanos(10)).isEqualTo(HandlerSleep.URGENT_NANOS);
        urgent.set(false);
        sleep.found(100);
        assertThat(sleep.nanos(49)).isEqualTo(1);
        assertThatThrownBy(() -> new HandlerSleep(new Beat(40, 10), Duration.ofNanos(39), () -> false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Beat(40, 40)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsItsBeatForLongerWhereLongSleepsAreSoonEnded() {
        HandlerSleep sleep = new HandlerSleep(new Beat(40, 0), Duration.ofNanos(400), () -> false);
        assertThat(emptyLooksUntilLong(sleep, 0)).isEqualTo(1);
        sleep.found(79);
        assertThat(emptyLooksUntilLong(sleep, 100)).isEqualTo(2);
        for (int i = 0; i < 5; i++) {
            sleep.found(101);
            assertThat(emptyLooksUntilLong(sleep, 100)).isBetween(4, HandlerSleep.MOST_PATIENCE);
        }
        sleep.found(101);
        sleep.foundNothing(200);
        sleep.found(201);
        assertThat(emptyLooksUntilLong(sleep, 300)).isEqualTo(HandlerSleep.MOST_PATIENCE);
        sleep.found(380);
        assertThat(emptyLooksUntilLong(sleep, 400)).isEqualTo(1);
    }

    private static int emptyLooksUntilLong(HandlerSleep sleep, long nanos) {
        for (int looks = 1; looks <= 100; looks++) {
            sleep.foundNothing(nanos);
            if (sleep.isLong()) {
                return looks;
            }
        }
        throw new AssertionError("never sleeps long");
    }

    @Test
    void beatsOfAMultipleFallTheSameTimeBehind() {
        Beat loops = Beat.of(Duration.ofMillis(20));
        Beat handlers = loops.every(Duration.ofMillis(60), Duration.ofMillis(4));
        assertThat(handlers.indexOf(64_000_000)).isEqualTo(1);
        assertThat(handlers.indexOf(63_999_999)).isEqualTo(0);
        assertThat(handlers.nanosUntilNext(60_000_000)).isEqualTo(4_000_000);
        assertThat(loops.nanosUntilNext(60_000_000)).isEqualTo(20_000_000);
    }
}

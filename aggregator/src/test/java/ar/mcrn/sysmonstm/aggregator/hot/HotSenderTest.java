package ar.mcrn.sysmonstm.aggregator.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.RecordingHotState;
import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.ingest.RandomSamples;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.HotState.HotMachine;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.Sample;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HotSenderTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long NOW = 1_763_683_200_000L;

    private final RandomSamples random = new RandomSamples(3);
    private final RecordingHotState hot = new RecordingHotState();
    private final Telemetry telemetry = new Telemetry("aggregator");
    private final Dependency redis = new Readiness().dependency("redis", false);
    private final HotSender sender = new HotSender(hot, new IngestMetrics(telemetry), redis);
    private final SampleSlot slot = new SampleSlot();

    @BeforeEach
    void start() {
        sender.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        hot.permits.release(1_000_000);
        sender.stop();
    }

    private Sample feed(MachineInventory inventory, long sequence, boolean endOfTick) {
        Sample sample = random.sample(sequence, NOW + sequence);
        byte[] payload = sample.toByteArray();
        slot.setOrigin(inventory, null, 1000, NOW + sequence, System.nanoTime(), false);
        slot.setIdentity(sequence, sample.getEndMillis(), sample.getDurationMillis());
        slot.copyPayload(payload, 0, payload.length);
        sender.handler().onEvent(slot, sequence, endOfTick);
        return sample;
    }

    private static MachineInventory machine(String name) {
        return new MachineInventory(new MachineId(name), RandomSamples.inventory(7, 1));
    }

    private long value(String metric) {
        return telemetry
                .text()
                .lines()
                .filter(line -> line.startsWith(metric))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void writesTheNewestSampleWithItsInventoryOnce() {
        MachineInventory web = machine("web-1");
        Sample first = feed(web, 1, true);
        await().atMost(LIMIT).until(() -> hot.ticks.size() == 1);
        HotMachine written = hot.machines.get(new MachineId("web-1"));
        assertThat(written.sample())
                .contains(LiveSample.newBuilder()
                        .setMachine("web-1")
                        .setRun(7)
                        .setInventory(1)
                        .setReceivedMillis(NOW + 1)
                        .setIntervalMillis(1000)
                        .setSample(first)
                        .build());
        assertThat(written.inventory()).contains(RandomSamples.inventory(7, 1));
        assertThat(hot.ticks.getFirst().getInventories(0).getMachine()).isEqualTo("web-1");
        assertThat(hot.ticks.getFirst().getInventories(0).getInventory()).isEqualTo(RandomSamples.inventory(7, 1));
        assertThat(hot.ticks.getFirst().getEncodedMillis()).isPositive();

        Sample second = feed(web, 2, true);
        await().atMost(LIMIT).until(() -> hot.ticks.size() == 2);
        assertThat(hot.ticks.get(1).getInventoriesCount()).isZero();
        assertThat(hot.ticks.get(1).getSamples(0).getSample()).isEqualTo(second);
    }

    @Test
    void writesAllMachinesOfATickInOneRoundTrip() {
        for (int i = 0; i < 50; i++) {
            feed(machine("web-" + i), 1, i == 49);
        }
        await().atMost(LIMIT).until(() -> hot.machines.size() == 50);
        assertThat(hot.ticks).hasSize(1);
        assertThat(hot.ticks.getFirst().getSamplesCount()).isEqualTo(50);
    }

    /** The ring calls whenever a handler wakes, with samples or without. */
    private void tickUntil(Callable<Boolean> condition) {
        await().atMost(LIMIT).until(() -> {
            sender.handler().onTimeout(0);
            return condition.call();
        });
    }

    @Test
    void conflatesBehindASlowHotState() {
        hot.permits.drainPermits();
        MachineInventory web = machine("web-1");
        feed(web, 1, true);
        await().atMost(LIMIT).until(hot.permits::hasQueuedThreads);
        Sample newest = null;
        for (int i = 2; i <= 100; i++) {
            newest = feed(web, i, true);
        }
        hot.permits.release(10);
        tickUntil(() -> hot.ticks.size() == 2);
        assertThat(hot.machines
                        .get(new MachineId("web-1"))
                        .sample()
                        .orElseThrow()
                        .getSample())
                .isEqualTo(newest);
        assertThat(value("sysmonstm_hot_conflated_samples_total")).isEqualTo(98);
        assertThat(value("sysmonstm_hot_written_samples_total")).isEqualTo(2);
    }

    @Test
    void writesEverythingKnownAgainWhenHotStateIsBackEmpty() {
        feed(machine("web-1"), 1, true);
        feed(machine("web-2"), 1, true);
        tickUntil(() -> hot.machines.size() == 2);
        hot.reachable = false;
        hot.machines.clear();
        Sample newest = feed(machine("web-1"), 2, true);
        tickUntil(() -> !redis.isUp());

        hot.reachable = true;
        await().atMost(Duration.ofSeconds(5)).until(() -> redis.isUp() && hot.machines.size() == 2);
        assertThat(hot.machines.values())
                .allSatisfy(machine -> assertThat(machine.inventory()).isPresent());
        assertThat(hot.machines
                        .get(new MachineId("web-1"))
                        .sample()
                        .orElseThrow()
                        .getSample())
                .isEqualTo(newest);
        assertThat(value("sysmonstm_hot_lost_samples_total")).isEqualTo(1);
    }

    /** Received by this machine's clock: what came while hot state was away is told by it. */
    private Sample feedNow(MachineInventory inventory, long sequence) {
        Sample sample = random.sample(sequence, System.currentTimeMillis());
        byte[] payload = sample.toByteArray();
        slot.setOrigin(inventory, null, 1000, System.currentTimeMillis(), System.nanoTime(), false);
        slot.setIdentity(sequence, sample.getEndMillis(), sample.getDurationMillis());
        slot.copyPayload(payload, 0, payload.length);
        sender.handler().onEvent(slot, sequence, true);
        return sample;
    }

    @Test
    void leavesWhatOthersKnowBetterAndWhoWasRemovedWhenHotStateIsBack() {
        feed(machine("moved"), 1, true);
        feed(machine("removed"), 1, true);
        feed(machine("here"), 1, true);
        tickUntil(() -> hot.machines.size() == 3);
        hot.reachable = false;
        Sample newest = feedNow(machine("here"), 2);
        tickUntil(() -> !redis.isUp());
        hot.machines.remove(new MachineId("removed"));
        int ticks = hot.ticks.size();

        hot.reachable = true;
        await().atMost(Duration.ofSeconds(5)).until(redis::isUp);
        assertThat(hot.machines).containsOnlyKeys(new MachineId("moved"), new MachineId("here"));
        assertThat(hot.ticks.subList(ticks, hot.ticks.size()))
                .allSatisfy(tick -> assertThat(tick.getSamplesList())
                        .extracting(LiveSample::getMachine)
                        .containsExactly("here"));
        assertThat(hot.machines
                        .get(new MachineId("here"))
                        .sample()
                        .orElseThrow()
                        .getSample())
                .isEqualTo(newest);
    }
}

package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.agent.collect.Machine;
import ar.mcrn.sysmonstm.agent.send.MemorySpool;
import ar.mcrn.sysmonstm.agent.send.ScriptedAggregator;
import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Label;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Sample;
import ar.mcrn.sysmonstm.v1.Samples;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent, on this machine, against a real socket. */
class AgentTest {
    @TempDir
    private Path folder;

    private AgentConfig config(int port) {
        return AgentConfig.fromEnvironment(
                Map.of(
                        "AGGREGATOR_URL", "127.0.0.1:" + port,
                        "MACHINE_ID", "web-1",
                        "COLLECTOR_COLLECTION_INTERVAL", "0.25",
                        "COLLECTOR_LABELS", "site=lab",
                        "COLLECTOR_SPOOL_DIR", folder.resolve("spool").toString()),
                () -> "unused");
    }

    private static boolean knowsFilesystems(Inventory inventory) {
        return inventory.getFilesystemsCount() > 0;
    }

    private static List<Sample> samples(ScriptedAggregator aggregator) {
        return aggregator.received().stream()
                .filter(AgentMessage::hasSamples)
                .flatMap(message -> message.getSamples().getSamplesList().stream())
                .toList();
    }

    @Test
    void streamsThisMachineAndSaysGoodbye() throws Exception {
        try (ScriptedAggregator aggregator = new ScriptedAggregator()) {
            aggregator.acknowledgeAll();
            try (Agent agent = Agent.open(config(aggregator.port()))) {
                agent.start();
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> samples(aggregator).size() >= 3);
                // They come a second after the first sample.
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> aggregator.count(
                                        message -> message.hasInventory() && knowsFilesystems(message.getInventory()))
                                > 0);
            }
            List<AgentMessage> received = aggregator.received();
            assertThat(received.getFirst().getHello().getMachine()).isEqualTo("web-1");
            assertThat(received.getFirst().getHello().getIntervalMillis()).isEqualTo(250);
            Inventory inventory = received.stream()
                    .filter(AgentMessage::hasInventory)
                    .map(AgentMessage::getInventory)
                    .filter(AgentTest::knowsFilesystems)
                    .findFirst()
                    .orElseThrow();
            assertThat(inventory.getLogicalCores())
                    .isEqualTo(Runtime.getRuntime().availableProcessors());
            assertThat(inventory.getLabelsList())
                    .containsExactly(
                            Label.newBuilder().setName("site").setValue("lab").build());
            assertThat(inventory.getFilesystemsList())
                    .anyMatch(f -> f.getMountpoint().equals("/"));
            List<Sample> samples = samples(aggregator);
            assertThat(samples).extracting(Sample::getSequence).startsWith(1L, 2L, 3L);
            assertThat(samples).extracting(Sample::getEndMillis).isSorted().doesNotHaveDuplicates();
            for (Sample sample : samples) {
                assertThat(sample.getPresent() & HostColumn.CPU_TOTAL.bit()).isNotZero();
                assertThat(sample.getPresent() & HostColumn.MEMORY_USED.bit()).isNotZero();
                assertThat(sample.getValuesCount()).isEqualTo(Long.bitCount(sample.getPresent()));
                assertThat(sample.getCoreLoad().size()).isEqualTo(inventory.getLogicalCores());
            }
            assertThat(aggregator.sequences(Lane.LANE_BACKFILL)).isEmpty();
            assertThat(received.getLast().hasGoodbye()).isTrue();
            assertThat(received)
                    .filteredOn(AgentMessage::hasEvent)
                    .extracting(message -> message.getEvent().getKind())
                    .containsExactly(EventKind.EVENT_KIND_RUN_START, EventKind.EVENT_KIND_RUN_STOP);
        }
    }

    @Test
    void closesQuicklyWhereNoAggregatorIsThere() throws Exception {
        int port;
        try (ScriptedAggregator aggregator = new ScriptedAggregator()) {
            port = aggregator.port();
        }
        long begin = System.nanoTime();
        try (Agent agent = Agent.open(config(port))) {
            agent.start();
            await().atMost(Duration.ofSeconds(15)).until(() -> agent.levels().live() > 0);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(18));
    }

    @Test
    void letsWhoeverLooksAfterTheSpoolFinish() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<String> end = new AtomicReference<>("none");
        Spool memory = new MemorySpool();
        Spool slow = (Spool) Proxy.newProxyInstance(
                Spool.class.getClassLoader(), new Class<?>[] {Spool.class}, (_, method, arguments) -> {
                    if (!method.getName().equals("maintain")) {
                        return method.invoke(memory, arguments);
                    }
                    begun.countDown();
                    try {
                        end.set(never.await(500, TimeUnit.MILLISECONDS) ? "early" : "finished");
                    } catch (InterruptedException e) {
                        end.set("interrupted");
                    }
                    return null;
                });
        AgentConfig config = config(1);
        ScheduledExecutorService timer = Agent.newTimer("agent-timer");
        try (Agent agent = new Agent(
                config,
                slow,
                "install",
                () -> Machine.ofHost(config.hostRoot()),
                timer,
                new AggregatorChannels(config.aggregator(), timer))) {
            agent.start();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(end).hasValue("finished");
        assertThat(timer.isTerminated()).isTrue();
    }

    @Test
    void sendsWhatAnEarlierProcessKeptUnderItsOwnRun() throws Exception {
        int port;
        try (ScriptedAggregator aggregator = new ScriptedAggregator()) {
            port = aggregator.port();
        }
        try (Agent agent = Agent.open(config(port))) {
            agent.start();
            await().atMost(Duration.ofSeconds(15)).until(() -> agent.levels().live() >= 3);
        }
        try (ScriptedAggregator aggregator = new ScriptedAggregator(port);
                Agent agent = Agent.open(config(port))) {
            aggregator.acknowledgeAll();
            agent.start();
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> aggregator.sequences(Lane.LANE_LIVE).size() >= 3);
            aggregator.credit(512);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> aggregator.sequences(Lane.LANE_BACKFILL).size() >= 3);
            List<Samples> live = samples(aggregator, Lane.LANE_LIVE);
            List<Samples> late = samples(aggregator, Lane.LANE_BACKFILL);
            assertThat(aggregator.sequences(Lane.LANE_BACKFILL)).startsWith(1L, 2L, 3L);
            assertThat(late.getFirst().getRun()).isNotEqualTo(live.getFirst().getRun());
            assertThat(late.getLast().getSamplesList().getLast().getEndMillis())
                    .isLessThan(live.getFirst().getSamples(0).getEndMillis());
            assertThat(agent.levels().onDisk()).isTrue();
            assertThat(aggregator.received())
                    .filteredOn(AgentMessage::hasHello)
                    .extracting(message -> message.getHello().getInstall())
                    .first()
                    .asString()
                    .hasSize(16);
            await().atMost(Duration.ofSeconds(15)).until(() -> agent.levels().waiting() == 0);
        }
    }

    private static List<Samples> samples(ScriptedAggregator aggregator, Lane lane) {
        return aggregator.received().stream()
                .filter(AgentMessage::hasSamples)
                .map(AgentMessage::getSamples)
                .filter(samples -> samples.getLane() == lane)
                .toList();
    }

    @Test
    void refusesToStartOnASpoolThatAnotherAgentHolds() throws Exception {
        AgentConfig config = config(1);
        try (Agent agent = Agent.open(config)) {
            assertThat(agent.levels().onDisk()).isTrue();
            assertThatExceptionOfType(ConfigurationException.class)
                    .isThrownBy(() -> Agent.open(config))
                    .withMessageContaining("in use by the agent of process");
        }
    }

    @Test
    void beginsAnotherRunWhenItsClockIsFarAhead() throws Exception {
        try (ScriptedAggregator aggregator = new ScriptedAggregator()) {
            long past = (System.currentTimeMillis() - Duration.ofHours(1).toMillis()) * 1_000;
            aggregator.acknowledgeAll();
            try (Agent agent = Agent.open(config(aggregator.port()))) {
                agent.start();
                // A run that gave no stamp yet has none to go back behind.
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> !samples(aggregator).isEmpty());
                aggregator.setClock(past);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> samples(aggregator).stream()
                                .anyMatch(sample -> sample.getEndMillis() < past / 1_000 + 60_000));
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> aggregator.received().stream()
                                .filter(AgentMessage::hasEvent)
                                .anyMatch(message -> message.getEvent().getKind() == EventKind.EVENT_KIND_CLOCK_STEP
                                        && message.getEvent().getDetail().startsWith("back by ")));
            }
            List<Long> runs = aggregator.received().stream()
                    .filter(AgentMessage::hasHello)
                    .map(message -> message.getHello().getRun())
                    .toList();
            assertThat(runs).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
        }
    }
}

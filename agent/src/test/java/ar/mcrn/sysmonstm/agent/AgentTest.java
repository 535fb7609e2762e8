package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.agent.send.ScriptedAggregator;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole agent, on this machine, against a real socket. */
class AgentTest {
    private static AgentConfig config(int port) {
        return AgentConfig.fromEnvironment(
                Map.of(
                        "AGGREGATOR_URL", "127.0.0.1:" + port,
                        "MACHINE_ID", "web-1",
                        "COLLECTOR_COLLECTION_INTERVAL", "0.25",
                        "COLLECTOR_LABELS", "site=lab"),
                () -> "unused");
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
            try (Agent agent = new Agent(config(aggregator.port()))) {
                agent.start();
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> samples(aggregator).size() >= 3);
            }
            List<AgentMessage> received = aggregator.received();
            assertThat(received.getFirst().getHello().getMachine()).isEqualTo("web-1");
            assertThat(received.getFirst().getHello().getIntervalMillis()).isEqualTo(250);
            Inventory inventory = received.stream()
                    .filter(AgentMessage::hasInventory)
                    .findFirst()
                    .orElseThrow()
                    .getInventory();
            assertThat(inventory.getLogicalCores())
                    .isEqualTo(Runtime.getRuntime().availableProcessors());
            assertThat(inventory.getLabelsMap()).containsEntry("site", "lab");
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
        try (Agent agent = new Agent(config(port))) {
            agent.start();
            await().atMost(Duration.ofSeconds(15)).until(() -> agent.levels().live() > 0);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(18));
    }

    @Test
    void beginsAnotherRunWhenItsClockIsFarAhead() throws Exception {
        try (ScriptedAggregator aggregator = new ScriptedAggregator()) {
            long past = (System.currentTimeMillis() - Duration.ofHours(1).toMillis()) * 1_000;
            aggregator.setClock(past);
            aggregator.acknowledgeAll();
            try (Agent agent = new Agent(config(aggregator.port()))) {
                agent.start();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> samples(aggregator).stream()
                                .anyMatch(sample -> sample.getEndMillis() < past / 1_000 + 60_000));
            }
            List<Long> runs = aggregator.received().stream()
                    .filter(AgentMessage::hasHello)
                    .map(message -> message.getHello().getRun())
                    .toList();
            assertThat(runs).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
        }
    }
}

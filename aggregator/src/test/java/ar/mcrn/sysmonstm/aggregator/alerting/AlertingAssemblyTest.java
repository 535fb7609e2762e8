package ar.mcrn.sysmonstm.aggregator.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.ingest.MachineInventory;
import ar.mcrn.sysmonstm.aggregator.retention.HistoryDisk;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.HostColumn;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessEventBus;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessHotState;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisEventBus;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisHotState;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisLink;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertMessage;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import ar.mcrn.sysmonstm.v1.Inventory;
import com.google.protobuf.InvalidProtocolBufferException;
import com.lmax.disruptor.EventHandler;
import io.dropwizard.core.setup.Environment;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerting on a real bus, the test being the ring. */
class AlertingAssemblyTest {
    private static final long T0 = 1_763_683_200_000L;
    private static final MachineId WEB = new MachineId("web-1");
    private static final String CPU =
            "rules: [{name: cpu, metric: system.cpu.utilization, above: 0.9}," + " {name: cpu-high, enabled: false}]";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<AlertMessage> heard = new CopyOnWriteArrayList<>();
    private final SampleSlot slot = new SampleSlot();
    private final MachineInventory inventory = new MachineInventory(
            WEB, Inventory.newBuilder().setRun(7).setNumber(1).build());
    private final HistoryDisk disk = new HistoryDisk();
    private Readiness readiness;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void transitionsGoAtOnceAndAnnouncementsFollow() throws Exception {
        InProcessEventBus bus = inProcess();
        HotState hot = new InProcessHotState(bus);
        EventHandler<SampleSlot> ring = begin(bus, hot, "one").handler();
        sample(ring, T0, 9_500);
        await().atMost(Duration.ofSeconds(10)).until(() -> transitions().size() == 1);
        assertThat(transitions().getFirst().getEpisode().getReason()).isEqualTo("aboveThreshold");
        assertThat(transitions().getFirst().getAggregator()).isEqualTo("one");
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            sample(ring, T0 + heard.size() * 1000L, 9_500);
            assertThat(announcements()).anySatisfy(announcement -> {
                assertThat(announcement.getAggregator()).isEqualTo("one");
                assertThat(announcement.getMachinesList()).contains("web-1");
                assertThat(announcement.getEpisodesList()).hasSize(1);
            });
        });
        await().atMost(Duration.ofSeconds(10))
                .until(() -> hot.readAlertState(WEB).isPresent());
        assertThat(readiness.degraded()).isEmpty();
    }

    @Test
    void announcesWithoutAnySampleToo() throws Exception {
        InProcessEventBus bus = inProcess();
        begin(bus, new InProcessHotState(bus), "one");
        await().atMost(Duration.ofSeconds(10)).until(() -> announcements().size() > 1);
        assertThat(announcements().getLast().getMachinesList()).containsExactly(MachineDownJudge.FLEET);
    }

    @Test
    void theNextAggregatorContinuesWhatItReadAtHello() throws Exception {
        InProcessEventBus bus = inProcess();
        HotState hot = new InProcessHotState(bus);
        AlertingAssembly first = begin(bus, hot, "one");
        sample(first.handler(), T0, 9_500);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> hot.readAlertState(WEB).isPresent());
        AlertingAssembly second = begin(bus, hot, "two");
        CountDownLatch read = new CountDownLatch(1);
        second.machineHello(WEB, read::countDown);
        assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
        sample(second.handler(), T0 + 1000, 100);
        await().atMost(Duration.ofSeconds(10)).until(() -> transitions().size() == 2);
        AlertTransition resolved = transitions().get(1);
        assertThat(resolved.getAggregator()).isEqualTo("two");
        assertThat(resolved.getEpisode().getReason()).isEqualTo("belowClear");
        assertThat(resolved.getEpisode().getId())
                .isEqualTo(transitions().getFirst().getEpisode().getId());
    }

    @Test
    void aRuleFileThatChangesTakesEffectAndABrokenOneIsSaid() throws Exception {
        InProcessEventBus bus = inProcess();
        EventHandler<SampleSlot> ring =
                begin(bus, new InProcessHotState(bus), "one").handler();
        rules("rules: [{name: load, metric: system.cpu.load_average.1m, above: 2}]");
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            slot.setHost(HostColumn.LOAD_1M.wire(), 300);
            sample(ring, T0 + heard.size() * 1000L, 100);
            assertThat(transitions()).extracting(t -> t.getEpisode().getRule()).contains("load");
        });
        rules("rules: [{name: load, metric: system.cpu.load_average.1m, abve: 2}]");
        await().atMost(Duration.ofSeconds(10)).until(() -> readiness.degraded().equals(List.of("alert rules")));
        assertThat(readiness.isUnavailable()).isFalse();
    }

    @Test
    void transitionsWaitWhileRedisIsAway() throws Exception {
        RedisFixture redis = RedisFixture.start();
        open.add(redis);
        Readiness ofLink = new Readiness();
        RedisLink link = new RedisLink(URI.create(redis.url()), "aggregator", ofLink.dependency("redis", false));
        open.add(link);
        RedisEventBus bus = new RedisEventBus(link);
        open.add(bus);
        listen(bus);
        EventHandler<SampleSlot> ring =
                begin(bus, new RedisHotState(link), "one").handler();
        sample(ring, T0, 9_500);
        await().atMost(Duration.ofSeconds(10)).until(() -> transitions().size() == 1);
        redis.stop();
        sample(ring, T0 + 1000, 100);
        await().atMost(Duration.ofSeconds(10)).until(() -> readiness.degraded().contains("alert transitions"));
        sample(ring, T0 + 2000, 9_500);
        redis.restart();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(transitions())
                        .extracting(t -> t.getTimeMillis() - T0)
                        .containsSubsequence(1000L, 2000L));
        await().atMost(Duration.ofSeconds(10)).until(() -> readiness.degraded().isEmpty());
    }

    private InProcessEventBus inProcess() {
        InProcessEventBus bus = new InProcessEventBus();
        open.add(bus);
        listen(bus);
        return bus;
    }

    private void listen(EventBus bus) {
        open.add(bus.consume(EventStream.ALERT_TRANSITIONS, "test", "test", bytes -> {
            try {
                heard.add(AlertMessage.parseFrom(bytes));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }));
    }

    private AlertingAssembly begin(EventBus bus, HotState hot, String name) throws Exception {
        readiness = new Readiness();
        // Nothing listens there: alerting needs no database.
        Database database = new Database(DatabaseUrl.parse("postgresql://nobody@127.0.0.1:1/none"), name, 1);
        open.add(database);
        AlertingSettings settings = new AlertingSettings(
                Optional.of(rules(CPU)), Duration.ofMillis(200), Duration.ofMillis(50), Duration.ZERO);
        AlertingAssembly assembly = AlertingAssembly.assemble(
                settings,
                new ServiceContext(new Environment(name), new Telemetry(name), readiness, hot, bus, database),
                name,
                disk);
        assembly.start();
        open.add(assembly::stop);
        return assembly;
    }

    private void sample(EventHandler<SampleSlot> ring, long endMillis, long cpu) throws Exception {
        slot.setOrigin(inventory, null, 1000, endMillis, 0, false);
        slot.setIdentity(1, endMillis, 1000);
        slot.setPresent(HostColumn.CPU_TOTAL.bit() | HostColumn.LOAD_1M.bit());
        slot.setHost(HostColumn.CPU_TOTAL.wire(), cpu);
        ring.onEvent(slot, 0, true);
    }

    private Path rules(String text) throws Exception {
        return Files.writeString(folder.resolve("rules.yaml"), text);
    }

    private List<AlertTransition> transitions() {
        return heard.stream()
                .filter(AlertMessage::hasTransition)
                .map(AlertMessage::getTransition)
                .toList();
    }

    private List<AlertAnnouncement> announcements() {
        return heard.stream()
                .filter(AlertMessage::hasAnnouncement)
                .map(AlertMessage::getAnnouncement)
                .toList();
    }
}

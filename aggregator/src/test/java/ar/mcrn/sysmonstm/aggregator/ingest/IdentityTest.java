package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.IngestHouse;
import ar.mcrn.sysmonstm.aggregator.MemoryHistory;
import ar.mcrn.sysmonstm.aggregator.RecordingHotState;
import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.ops.runtime.inprocess.InProcessEventBus;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisEventBus;
import ar.mcrn.sysmonstm.ops.runtime.redis.RedisLink;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.DuplicateIdentity;
import ar.mcrn.sysmonstm.v1.IdentityMessage;
import ar.mcrn.sysmonstm.v1.Lane;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two agents under one name: at one aggregator, at two of them, and with the bus between them away. */
class IdentityTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RandomSamples random = new RandomSamples(5);
    private final InProcessEventBus bus = new InProcessEventBus();
    private final AtomicBoolean busDown = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<IngestHouse> houses = new ArrayList<>();
    private final List<RawAgent> agents = new ArrayList<>();
    private final List<IdentityMessage> heard = new CopyOnWriteArrayList<>();

    private IngestHouse house() throws Exception {
        return house(breakable());
    }

    private IngestHouse house(EventBus bus) throws Exception {
        IngestHouse house = new IngestHouse(
                new RecordingHotState(), new MemoryHistory(), (slot, sequence, end) -> {}, "", 100, bus);
        houses.add(house);
        return house;
    }

    /** The bus, but that nothing gets through while it is down. */
    private EventBus breakable() {
        return (EventBus) Proxy.newProxyInstance(
                EventBus.class.getClassLoader(), new Class<?>[] {EventBus.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("publish") && busDown.get()) {
                        refused.incrementAndGet();
                        throw new BusException("bus is away", null);
                    }
                    try {
                        return method.invoke(bus, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Says Hello with a start of the run of its own. */
    private RawAgent agent(IngestHouse house, long run, long startMillis) {
        RawAgent agent = new RawAgent(house.port());
        agents.add(agent);
        agent.send(AgentMessage.newBuilder()
                .setHello(RawAgent.hello("web-1", run, startMillis).setIntervalMillis(250))
                .build());
        agent.send(AgentMessage.newBuilder()
                .setInventory(RandomSamples.inventory(run, 1))
                .build());
        return agent;
    }

    private void send(RawAgent agent, long run, long sequence) {
        agent.send(random.samples(Lane.LANE_LIVE, run, sequence, 1, System.currentTimeMillis()));
    }

    private static void eventually(String what, Callable<Boolean> condition) {
        await(what).atMost(LIMIT).until(condition);
    }

    private static boolean isRefused(RawAgent agent) {
        return agent.status() != null
                && agent.status().getCode() == Status.Code.ALREADY_EXISTS
                && String.valueOf(agent.status().getDescription()).contains("newer run");
    }

    private static boolean isDisplaced(RawAgent agent) {
        return agent.status() != null && agent.status().getCode() == Status.Code.ALREADY_EXISTS;
    }

    @AfterEach
    void close() throws Exception {
        agents.forEach(RawAgent::close);
        for (IngestHouse house : houses) {
            house.close();
        }
        bus.close();
    }

    @Test
    void aRebootWithItsClockSetBackIsNotLockedOutByAHalfOpenStream() throws Exception {
        IngestHouse house = house();
        RawAgent halfOpen = agent(house, 100, 9_000_000);
        eventually("old one stands", () -> !halfOpen.received().isEmpty());
        // It says nothing more, and its end is never heard of. The machine is back with a clock of long ago.
        eventually("the reboot is let in, at one of its attempts", () -> {
            RawAgent reboot = agent(house, 101, 1_000);
            await().atMost(LIMIT)
                    .until(() -> reboot.status() != null || !reboot.received().isEmpty());
            return reboot.status() == null;
        });
        eventually("old one is closed", () -> isDisplaced(halfOpen));
        RawAgent reboot = agents.getLast();
        send(reboot, 101, 1);
        eventually("acknowledged", () -> reboot.acknowledged() == 1);
    }

    @Test
    void anOlderRunIsRefusedAsLongAsTheNewerOneSpeaksAndBothAreShown() throws Exception {
        IngestHouse house = house();
        var _ = bus.subscribe(Channel.IDENTITY, message -> {
            try {
                heard.add(IdentityMessage.parseFrom(message));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        });
        RawAgent older = agent(house, 100, 1_000);
        eventually("older stands", () -> !older.received().isEmpty());
        RawAgent newer = agent(house, 101, 2_000);
        eventually("older is closed", () -> isDisplaced(older));
        assertThat(house.identities.duplicates()).as("it may be half-open").isEmpty();
        RawAgent again = agent(house, 100, 1_000);
        eventually("refused", () -> isRefused(again));
        send(newer, 101, 1);
        eventually("newer goes on", () -> newer.acknowledged() == 1);
        eventually("both are shown", () -> heard.stream().anyMatch(m -> m.getDuplicatesCount() == 1));
        DuplicateIdentity shown = heard.stream()
                .filter(m -> m.getDuplicatesCount() == 1)
                .findFirst()
                .orElseThrow()
                .getDuplicates(0);
        assertThat(shown.getHolder().getRun()).isEqualTo(101);
        assertThat(shown.getHolder().getPeer()).startsWith("127.0.0.1:");
        assertThat(shown.getRefused().getRun()).isEqualTo(100);
        assertThat(shown.getRefused().getMachine()).isEqualTo("web-1");
    }

    @Test
    void theNewestRunWinsAcrossAggregators() throws Exception {
        IngestHouse one = house();
        IngestHouse two = house();
        RawAgent older = agent(one, 100, 1_000);
        eventually("older stands", () -> !older.received().isEmpty());
        RawAgent newer = agent(two, 101, 2_000);
        eventually("older is closed by what the other says", () -> isDisplaced(older));
        RawAgent again = agent(one, 100, 1_000);
        eventually("a displaced run is refused", () -> isRefused(again));
        eventually("shown", () -> one.identities.duplicates().size() == 1);
        send(newer, 101, 1);
        eventually("newer goes on", () -> newer.acknowledged() == 1);
        assertThat(newer.status()).isNull();
    }

    @Test
    void theNewerStreamOfOneRunWinsAcrossAggregators() throws Exception {
        IngestHouse one = house();
        IngestHouse two = house();
        RawAgent first = new RawAgent(one.port());
        agents.add(first);
        first.send(AgentMessage.newBuilder()
                .setHello(RawAgent.hello("web-1", 7, 7).setSentMicros(1_000))
                .build());
        eventually("first stands", () -> !first.received().isEmpty());
        RawAgent second = new RawAgent(two.port());
        agents.add(second);
        second.send(AgentMessage.newBuilder()
                .setHello(RawAgent.hello("web-1", 7, 7).setSentMicros(2_000))
                .build());
        eventually("the half-open one is closed", () -> isDisplaced(first));
        assertThat(second.status()).isNull();
        assertThat(one.identities.duplicates()).isEmpty();
        assertThat(two.identities.duplicates()).isEmpty();
    }

    @Test
    void withTheBusAwayEachAggregatorJudgesForItselfAndSaysSoUntilItIsBack() throws Exception {
        IngestHouse one = house();
        IngestHouse two = house();
        Dependency identity = one.readiness.dependency("identity", false);
        eventually("up", () -> identity.status().state() == Dependency.State.UP);
        busDown.set(true);
        RawAgent older = agent(one, 100, 1_000);
        RawAgent newer = agent(two, 101, 2_000);
        eventually(
                "both stand",
                () -> !older.received().isEmpty() && !newer.received().isEmpty());
        eventually("said so", () -> identity.status().state() == Dependency.State.DEGRADED);
        assertThat(identity.status().detail())
                .contains("within this aggregator only")
                .contains("bus is away");
        assertThat(older.status()).isNull();

        busDown.set(false);
        eventually("the older one is closed", () -> isDisplaced(older));
        eventually("up again", () -> identity.status().state() == Dependency.State.UP);
        assertThat(newer.status()).isNull();
    }

    @Test
    void isNotUpWithoutHavingAskedTheBus() throws Exception {
        busDown.set(true);
        Dependency identity = house().readiness.dependency("identity", false);
        eventually("said so", () -> identity.status().state() == Dependency.State.DEGRADED);
        Instant since = identity.status().since();
        int before = refused.get();
        eventually("asked again", () -> refused.get() >= before + 2);
        assertThat(identity.status().since()).isEqualTo(since);
        busDown.set(false);
        eventually("up", () -> identity.status().state() == Dependency.State.UP);
    }

    @Test
    void overRedisTheNewestRunWinsAndClaimsOfAnOutageAreMadeUpFor() throws Exception {
        Readiness links = new Readiness();
        try (RedisFixture redis = RedisFixture.start();
                RedisLink linkOne = new RedisLink(URI.create(redis.url()), "one", links.dependency("one", false));
                RedisLink linkTwo = new RedisLink(URI.create(redis.url()), "two", links.dependency("two", false));
                RedisEventBus busOne = new RedisEventBus(linkOne);
                RedisEventBus busTwo = new RedisEventBus(linkTwo)) {
            IngestHouse one = house(busOne);
            IngestHouse two = house(busTwo);
            RawAgent older = agent(one, 100, 1_000);
            eventually("older stands", () -> !older.received().isEmpty());
            RawAgent newer = agent(two, 101, 2_000);
            eventually("older is closed by what the other says", () -> isDisplaced(older));

            redis.stop();
            Dependency identity = two.readiness.dependency("identity", false);
            eventually("said so", () -> identity.status().state() == Dependency.State.DEGRADED);
            RawAgent newest = agent(one, 102, 3_000);
            eventually("both stand", () -> !newest.received().isEmpty());
            assertThat(newer.status()).isNull();

            redis.restart();
            eventually("the older one is closed", () -> isDisplaced(newer));
            assertThat(newest.status()).isNull();
            agents.forEach(RawAgent::close);
            for (IngestHouse house : houses) {
                house.close();
            }
            houses.clear();
        }
    }
}

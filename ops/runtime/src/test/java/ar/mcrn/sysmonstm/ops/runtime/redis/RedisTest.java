package ar.mcrn.sysmonstm.ops.runtime.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.contract.BusException;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.ops.runtime.HotStateContract;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;

class RedisTest extends HotStateContract {
    private final RedisFixture redis = RedisFixture.start();
    private final Readiness readiness = new Readiness();
    private final RedisLink link =
            new RedisLink(RedisSettings.parse(redis.url()).url(), "test", readiness.dependency("redis", false));
    private final RedisHotState hot = new RedisHotState(link);
    private final RedisEventBus bus = new RedisEventBus(link);

    @AfterEach
    void close() {
        bus.close();
        hot.close();
        redis.close();
    }

    @Override
    protected HotState hot() {
        return hot;
    }

    @Override
    protected EventBus bus() {
        return bus;
    }

    @Test
    void saysThatRedisIsAwayAndHealsWhenItIsBackEmpty() throws Exception {
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        BlockingQueue<byte[]> consumed = new LinkedBlockingQueue<>();
        AtomicInteger connections = new AtomicInteger();
        Subscription listening = bus.subscribe(Channel.LIVE, new EventBus.Listener() {
            @Override
            public void message(byte[] message) {
                heard.add(message);
            }

            @Override
            public void connected() {
                connections.incrementAndGet();
            }
        });
        Subscription consuming = bus.consume(EventStream.ALERT_TRANSITIONS, "g", "m", consumed::add);
        await().until(() -> connections.get() == 1);

        redis.stop();
        await().until(() -> readiness.degraded().contains("redis"));
        assertThatThrownBy(() -> hot.write(List.of(), new byte[] {1})).isInstanceOf(BusException.class);
        assertThat(bus.isUp()).isFalse();

        redis.restart();
        await().until(() -> connections.get() == 2 && readiness.degraded().isEmpty());
        hot.write(List.of(), new byte[] {2});
        bus.append(EventStream.ALERT_TRANSITIONS, new byte[] {3});
        await().untilAsserted(() -> {
            assertThat(heard).hasSize(1);
            assertThat(consumed).hasSize(1);
        });
        listening.close();
        consuming.close();
    }

    /** It answers pings and everything else meanwhile. */
    @Test
    void saysThroughoutThatRedisRefusesToWrite() throws Exception {
        List<HotState.Entry> entries =
                List.of(new HotState.Entry(new MachineId("web-1"), new byte[100], Optional.empty(), 1));
        hot.write(entries, new byte[] {1});
        await().until(() -> readiness.degraded().isEmpty());
        set("maxmemory", "1");
        await().during(Duration.ofMillis(2_500)).atMost(Duration.ofSeconds(20)).until(() -> {
            assertThatThrownBy(() -> hot.write(entries, new byte[] {2}))
                    .isInstanceOf(BusException.class)
                    .hasMessageContaining("OOM");
            hot.lastSeen();
            return readiness.degraded().contains("redis");
        });
        set("maxmemory", "0");
        hot.write(entries, new byte[] {3});
        await().until(() -> readiness.degraded().isEmpty() && hot.isUp());
    }

    private void set(String parameter, String value) {
        CommandArguments arguments = new CommandArguments(Protocol.Command.CONFIG)
                .add("SET")
                .add(parameter)
                .add(value);
        assertThat(link.client().executeCommand(new CommandObject<>(arguments, BuilderFactory.STRING)))
                .isEqualTo("OK");
    }

    @Test
    void namesWhatIsWrongWithAnAddress() {
        assertThatThrownBy(() -> RedisSettings.parse("http://x")).hasMessageContaining("redis://host:port");
        assertThatThrownBy(() -> RedisSettings.parse("redis://a b")).hasMessageContaining("bad character at 9");
        assertThat(RedisSettings.parse("redis://:s3cret@cache/2").toString()).isEqualTo("redis://cache:6379");
        assertThat(RedisSettings.parse("redis://:s3cret@cache/2").url().getPath())
                .isEqualTo("/2");
    }
}

package ar.mcrn.sysmonstm.api.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.api.testing.ApiFixture;
import ar.mcrn.sysmonstm.api.testing.Machine;
import ar.mcrn.sysmonstm.contract.MetricKey;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketEndpoint;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketLimits;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketListener;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketRequest;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSockets;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The push against a door of the relay's kind on real Jetty. */
class EdgePushTest {
    private final Door door = new Door();
    private DropwizardTestSupport<Configuration> relay;

    @BeforeEach
    void start() throws Exception {
        App app = new App(door);
        relay = new DropwizardTestSupport<>(App.class, (String) null, ConfigOverride.randomPorts()) {
            @Override
            public Application<Configuration> newApplication() {
                return app;
            }
        };
        relay.before();
    }

    @AfterEach
    void stop() {
        relay.after();
    }

    @Test
    void pushesOnlyWhatIsPublicAndDialsAgain() throws Exception {
        try (ApiFixture api = api("pseudonym", Duration.ZERO)) {
            long now = System.currentTimeMillis();
            Machine web = new Machine("web-1");
            api.hot().tick(web.first(now, 1_000));
            api.hot().tick(web.slow(now + 1, 415, Machine.process(7, "postgres", 100)));
            api.hot().tick(web.next(now + 2, 1_234));
            api.hot().tick(new Machine("secret-1").first(now, 1_234));
            await().until(() -> door.frames.toString().contains("\"system.cpu.utilization\":0.12"));
            String told = door.frames.toString();
            assertThat(told)
                    .doesNotContain("web-1")
                    .doesNotContain("secret")
                    .doesNotContain(".local")
                    .doesNotContain("6.1.0")
                    .doesNotContain("role")
                    .doesNotContain("process.count")
                    .doesNotContain("processes")
                    .doesNotContain("postgres")
                    .doesNotContain("hw.")
                    .doesNotContain("coretemp")
                    .doesNotContain("redis");
            assertThat(told)
                    .contains("\"machine-")
                    .contains("\"system.cpu.utilization\":0.12")
                    .contains("\"Debian\"");
            assertThat(door.frames.getFirst().path("type").asText()).isEqualTo("snapshot");
            assertThat(door.frames.getFirst().path("status").path("public").asBoolean())
                    .isTrue();
            assertThat(door.tokens).containsOnly("Bearer edge-secret");
            await().until(() -> relayState(api) == Dependency.State.UP);

            int before = door.peers.size();
            door.frames.clear();
            door.peers.getLast().close(1001, "relay restarts");
            await().until(() -> door.peers.size() > before && !door.frames.isEmpty());
            assertThat(door.frames.getFirst().path("type").asText()).isEqualTo("snapshot");
            assertThat(door.frames.getFirst().path("machines").size()).isEqualTo(1);
        }
    }

    @Test
    void asksABusyRelaySeldom() throws Exception {
        door.busy = true;
        try (ApiFixture api = api("id", Duration.ZERO)) {
            Dependency push = api.readiness().dependency("relay", false);
            Instant since = push.status().since();
            await().until(() -> !door.peers.isEmpty() && push.status().detail().contains("busy"));
            assertThat(push.status().since()).as("down, and never up meanwhile").isEqualTo(since);
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(4)).until(() -> door.peers.size() == 1);
        }
    }

    @Test
    void delaysWhatThePublicSeesAndLosesNothing() throws Exception {
        try (ApiFixture api = api("web-1=Web,db=Database", Duration.ofSeconds(2))) {
            Machine web = new Machine("web-1");
            await().until(() -> !door.peers.isEmpty());
            long begun = System.nanoTime();
            for (int i = 1; i <= 5; i++) {
                int cpu = i * 100;
                api.hot()
                        .tick(
                                i == 1
                                        ? web.first(System.currentTimeMillis(), cpu)
                                        : web.next(System.currentTimeMillis(), cpu));
            }
            await().until(() -> door.frames.toString().contains("\"Web\""));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_900));
        }
    }

    @Test
    void pseudonymsStayAndCannotBeGuessed() {
        PublicView one = new PublicView(settings("pseudonym", Duration.ZERO, "one"));
        PublicView other = new PublicView(settings("pseudonym", Duration.ZERO, "other"));
        assertThat(one.name("web-1"))
                .isEqualTo(new PublicView(settings("pseudonym", Duration.ZERO, "one")).name("web-1"));
        assertThat(one.name("web-1")).isNotEqualTo(other.name("web-1")).isNotEqualTo(one.name("web-2"));
        assertThat(one.name("secret-1")).isEmpty();
        assertThat(one.value(MetricKey.parse("system.cpu.utilization"), 0.123456))
                .isEqualTo(0.12);
        assertThat(one.shows(MetricKey.parse("system.process.count"))).isFalse();
        assertThat(one.shows(MetricKey.core(0))).isFalse();
        EdgeSettings all = new EdgeSettings(
                URI.create("ws://127.0.0.1:1/ws"),
                new Secret("one"),
                List.of("*"),
                "pseudonym",
                List.of("*"),
                Duration.ZERO,
                2);
        assertThat(new PublicView(all).shows(MetricKey.core(0))).isTrue();
        assertThat(new PublicView(all).shows(MetricKey.parse("hw.temperature{id=coretemp/Core 0}")))
                .isFalse();
        assertThatThrownBy(() -> new PublicView(settings("nonsense", Duration.ZERO, "one")))
                .hasMessageContaining("EDGE_ALIAS");
        assertThatThrownBy(() -> new PublicView(settings("a=X,b=X", Duration.ZERO, "one")))
                .hasMessageContaining("one name to two machines");
    }

    private static Dependency.State relayState(ApiFixture api) {
        return api.readiness().dependency("relay", false).status().state();
    }

    private ApiFixture api(String alias, Duration delay) throws Exception {
        return new ApiFixture(
                "postgresql://nobody:none@127.0.0.1:1/none", Optional.of(settings(alias, delay, "edge-secret")));
    }

    private EdgeSettings settings(String alias, Duration delay, String token) {
        return new EdgeSettings(
                URI.create("ws://127.0.0.1:" + relay.getLocalPort() + "/ws"),
                new Secret(token),
                List.of("web-*", "db"),
                alias,
                EdgeSettings.FIELDS,
                delay,
                2);
    }

    /** Takes feeds at {@code /feed}. */
    public static final class App extends Application<Configuration> {
        private final Door door;

        private App(Door door) {
            this.door = door;
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            WebSocketLimits limits =
                    new WebSocketLimits(10, 0, 16 << 20, 200, Duration.ofSeconds(10), Duration.ofSeconds(25));
            WebSockets.add(environment, "/feed", limits, door);
        }
    }

    private static final class Door implements WebSocketEndpoint {
        private final List<WebSocketPeer> peers = new CopyOnWriteArrayList<>();
        private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
        private final List<String> tokens = new CopyOnWriteArrayList<>();
        private volatile boolean busy;

        @Override
        public Optional<Refusal> refuse(WebSocketRequest request) {
            tokens.add(request.authorization().orElse(""));
            return Optional.empty();
        }

        @Override
        public WebSocketListener opened(WebSocketPeer peer) {
            peers.add(peer);
            if (busy) {
                peer.close(1013, "busy");
            }
            return new WebSocketListener() {
                @Override
                public void text(String message) {
                    try {
                        frames.add(new ObjectMapper().readTree(message));
                    } catch (JsonProcessingException e) {
                        throw new IllegalArgumentException(e);
                    }
                }

                @Override
                public void closed(int code, String reason) {}
            };
        }
    }
}

package ar.mcrn.sysmonstm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.relay.RelayRig.Heard;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The relay on real sockets: feed in, viewers out. */
final class RelayTest {
    private static final String FLEET = "{\"type\":\"subscribe\",\"view\":\"fleet\",\"intervalMillis\":250}";
    private static final String CPU = "system.cpu.utilization";

    private RelayRig relay;

    @BeforeEach
    void start() throws Exception {
        relay = new RelayRig(Map.of());
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    private static String snapshot() {
        long now = System.currentTimeMillis();
        return """
                {"type":"snapshot","sequence":1,"time":%d,"view":"fleet","machines":{
                "web-1":{"time":%d,"state":"up","lastSeen":%d,"system.cpu.utilization":0.5,"system.thread.count":7}},
                "inventories":{"web-1":{"id":"web-1","os":"Linux"}},
                "sparklines":{"web-1":{"times":[%d,%d],"system.cpu.utilization":[0.1,0.2]}},
                "alerts":[],"status":{"degraded":[],"staleSince":null,"public":true}}
                """.formatted(now, now, now, now - 20_000, now - 10_000);
    }

    private static String delta(String machine, String values) {
        return "{\"type\":\"delta\",\"sequence\":2,\"machines\":{\"" + machine + "\":{\"time\":"
                + System.currentTimeMillis() + "," + values + "}},\"removed\":[]}";
    }

    @Test
    void refusesAWrongToken() {
        for (String token : new String[] {"wrong", "", "correct-hors", "correct-horse2"}) {
            assertThatThrownBy(() -> relay.feed(token, new Heard()))
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            e -> assertThat(e.getResponse().statusCode()).isEqualTo(401));
        }
    }

    @Test
    void tellsASecondFeedThatItIsBusyAndTakesItWhenTheFirstIsGone() {
        WebSocket first = relay.feed(RelayRig.TOKEN, new Heard());
        // A client knows of its upgrade before the relay has opened the feed.
        first.sendText(snapshot(), true).join();
        await().until(() -> relay.readiness.degraded().isEmpty());
        Heard second = new Heard();
        relay.feed(RelayRig.TOKEN, second);
        await().untilAsserted(() -> assertThat(second.closed).containsExactly("1013 busy"));
        first.abort();
        await().until(() -> !relay.readiness.degraded().isEmpty());
        await().ignoreExceptions().until(() -> {
            Heard third = new Heard();
            WebSocket socket = relay.feed(RelayRig.TOKEN, third);
            socket.sendText(snapshot(), true).join();
            return relay.readiness.degraded().isEmpty();
        });
    }

    @Test
    void givesALateViewerTheWholeAndThenWhatChanges() {
        WebSocket feed = relay.feed(RelayRig.TOKEN, new Heard());
        feed.sendText(snapshot(), true).join();
        feed.sendText(delta("web-1", "\"system.cpu.utilization\":0.6"), true).join();
        await().until(() -> relay.readiness.degraded().isEmpty());

        Heard viewer = new Heard();
        relay.viewer(viewer, FLEET);
        await().until(() -> !viewer.frames.isEmpty());
        JsonNode snapshot = viewer.frames.getFirst();
        assertThat(snapshot.get("type").asText()).isEqualTo("snapshot");
        assertThat(snapshot.get("sequence").asInt()).isEqualTo(1);
        assertThat(snapshot.at("/machines/web-1/" + CPU).asDouble()).isEqualTo(0.6);
        assertThat(snapshot.at("/machines/web-1/state").asText()).isEqualTo("up");
        assertThat(snapshot.get("machines").get("web-1").has("system.thread.count"))
                .as("not a field of the fleet view")
                .isFalse();
        assertThat(snapshot.at("/inventories/web-1/os").asText()).isEqualTo("Linux");
        assertThat(snapshot.at("/sparklines/web-1/times").size()).isGreaterThanOrEqualTo(3);
        assertThat(snapshot.at("/sparklines/web-1/" + CPU + "/0").asDouble()).isEqualTo(0.1);
        assertThat(snapshot.at("/status/public").asBoolean()).isTrue();
        assertThat(snapshot.at("/status/staleSince").isNull()).isTrue();

        feed.sendText(delta("web-1", "\"system.cpu.utilization\":0.7"), true).join();
        feed.sendText(delta("db-1", "\"system.cpu.utilization\":0.1,\"state\":\"up\""), true)
                .join();
        feed.sendText("{\"type\":\"delta\",\"sequence\":9,\"machines\":{},\"removed\":[\"web-1\"]}", true)
                .join();
        await().untilAsserted(() -> {
            assertThat(viewer.ofType("delta"))
                    .anySatisfy(delta -> assertThat(
                                    delta.at("/machines/web-1/" + CPU).asDouble())
                            .isEqualTo(0.7));
            assertThat(viewer.ofType("delta"))
                    .anySatisfy(
                            delta -> assertThat(delta.at("/machines/db-1/state").asText())
                                    .isEqualTo("up"));
            assertThat(viewer.ofType("delta"))
                    .anySatisfy(
                            delta -> assertThat(delta.at("/removed/0").asText()).isEqualTo("web-1"));
        });
        for (int i = 0; i < viewer.frames.size(); i++) {
            assertThat(viewer.frames.get(i).get("sequence").asInt()).isEqualTo(i + 1);
        }
    }

    @Test
    void showsAllKeysInTheMachineView() {
        WebSocket feed = relay.feed(RelayRig.TOKEN, new Heard());
        feed.sendText(snapshot(), true).join();
        await().until(() -> relay.readiness.degraded().isEmpty());
        Heard viewer = new Heard();
        relay.viewer(viewer, "{\"type\":\"subscribe\",\"view\":\"machine\",\"machines\":[\"web-1\"]}");
        await().untilAsserted(() -> assertThat(viewer.ofType("snapshot"))
                .anySatisfy(snapshot -> assertThat(snapshot.at("/machines/web-1/system.thread.count")
                                .asInt())
                        .isEqualTo(7)));
    }

    @Test
    void saysSinceWhenItIsStaleAndBeginsAgainWithASnapshot() {
        WebSocket feed = relay.feed(RelayRig.TOKEN, new Heard());
        feed.sendText(snapshot(), true).join();
        await().until(() -> relay.readiness.degraded().isEmpty());
        Heard viewer = new Heard();
        relay.viewer(viewer, FLEET);
        await().until(() -> !viewer.frames.isEmpty());

        long before = System.currentTimeMillis() - 60_000;
        feed.abort();
        await().untilAsserted(() -> assertThat(viewer.ofType("status"))
                .anySatisfy(
                        status -> assertThat(status.get("staleSince").asLong()).isGreaterThan(before)));
        assertThat(relay.readiness.degraded()).containsExactly("origin");

        Heard late = new Heard();
        relay.viewer(late, FLEET);
        await().until(() -> !late.frames.isEmpty());
        assertThat(late.frames.getFirst().at("/status/staleSince").asLong()).isGreaterThan(before);
        assertThat(late.frames.getFirst().at("/machines/web-1/" + CPU).asDouble())
                .as("last known state")
                .isEqualTo(0.5);

        WebSocket again = relay.feed(RelayRig.TOKEN, new Heard());
        again.sendText(snapshot(), true).join();
        await().untilAsserted(() -> {
            assertThat(viewer.ofType("snapshot")).hasSize(2);
            assertThat(viewer.frames.getLast().toString()).contains("\"staleSince\":null");
        });
    }

    @Test
    void aViewerThatDoesNotReadGetsTheNewestLaterAndHoldsUpNobody() throws Exception {
        WebSocket feed = relay.feed(RelayRig.TOKEN, new Heard());
        feed.sendText(snapshot(), true).join();
        Heard quick = new Heard();
        relay.viewer(quick, FLEET);
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(65_536);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), relay.port()));
            subscribeByHand(slow.getOutputStream());
            String label = "x".repeat(200_000);
            int rounds = 60;
            for (int i = 1; i <= rounds; i++) {
                feed.sendText(
                                delta("web-1", "\"state\":\"" + label + "\",\"system.cpu.utilization\":" + (100 + i)),
                                true)
                        .join();
            }
            double newest = 100 + rounds;
            await().untilAsserted(() -> assertThat(
                            quick.frames.getLast().at("/machines/web-1/" + CPU).asDouble())
                    .isEqualTo(newest));
            await().untilAsserted(() -> assertThat(relay.telemetry.text())
                    .containsPattern("sysmonstm_relay_conflated_frames_total\\{service=\"relay\"} [1-9]"));
            String all = readUntil(slow.getInputStream(), ":" + (100 + rounds));
            assertThat(all.split("\"sequence\"", -1).length - 1)
                    .as("frames of the slow viewer")
                    .isLessThan(rounds);
        }
    }

    private static void subscribeByHand(OutputStream out) throws Exception {
        String request = """
                GET /ws HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                Sec-WebSocket-Version: 13

                """;
        out.write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        byte[] text = FLEET.getBytes(StandardCharsets.UTF_8);
        byte[] frame = new byte[6 + text.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | text.length); // below 126 bytes; masked with zeros
        System.arraycopy(text, 0, frame, 6, text.length);
        out.write(frame);
        out.flush();
    }

    private static String readUntil(InputStream in, String end) throws Exception {
        StringBuilder all = new StringBuilder();
        byte[] buffer = new byte[65_536];
        while (all.indexOf(end) < 0) {
            int read = in.read(buffer);
            assertThat(read).as("stream goes on until the newest value").isPositive();
            all.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1).replace("x", ""));
        }
        return all.toString();
    }

    @Test
    void tellsAViewerWhatWasWrongAndKeepsIt() {
        Heard viewer = new Heard();
        WebSocket socket = relay.viewer(viewer, "{\"type\":\"subscribe\",\"view\":\"universe\"}");
        await().untilAsserted(() -> assertThat(viewer.ofType("error")).hasSize(1));
        assertThat(viewer.frames.getFirst().get("detail").asText()).startsWith("view must be fleet or machine: ");
        socket.sendText(FLEET, true).join();
        await().untilAsserted(() -> assertThat(viewer.ofType("snapshot")).hasSize(1));
        assertThat(viewer.frames.getLast().at("/status/staleSince").asLong()).isPositive();
    }

    @Test
    void countsFeedFramesThatItDoesNotUnderstand() {
        WebSocket feed = relay.feed(RelayRig.TOKEN, new Heard());
        feed.sendText("not json", true).join();
        feed.sendText(delta("web-1", "\"a\":1"), true).join();
        feed.sendText(snapshot(), true).join();
        feed.sendText("{\"type\":\"what\"}", true).join();
        await().untilAsserted(() -> assertThat(relay.telemetry.text())
                .contains("sysmonstm_relay_feed_refused_total{service=\"relay\"} 3.0"));
        assertThat(relay.telemetry.text()).contains("sysmonstm_relay_feed_frames_total{service=\"relay\"} 1.0");
    }

    @Test
    void servesThePage() throws Exception {
        HttpResponse<String> page = relay.client.send(
                HttpRequest.newBuilder(relay.http("/")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<div id=\"app\">");
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'self'"));
        HttpResponse<String> machine = relay.client.send(
                HttpRequest.newBuilder(relay.http("/machines/web-1")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(machine.body()).isEqualTo(page.body());
    }

    @Test
    void isReadyWithoutAFeedAndSaysSo() throws Exception {
        HttpResponse<String> ready = relay.client.send(
                HttpRequest.newBuilder(relay.admin("/ready")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(RelayRig.json(ready.body()).at("/degraded/0").asText()).isEqualTo("origin");
        HttpResponse<String> metrics = relay.client.send(
                HttpRequest.newBuilder(relay.admin("/metrics")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(metrics.body()).contains("sysmonstm_relay_viewers{service=\"relay\"} 0.0");
    }

    @Test
    void doesNotStartInPublicWithoutAToken() {
        assertThatThrownBy(() -> new RelayRig(Map.of("EDGE_TOKEN", "", "RELAY_BIND", "0.0.0.0")))
                .isInstanceOf(ConfigurationProblem.class);
        assertThatThrownBy(() -> new RelayRig(Map.of("RELAY_MAX_SOCKETS_PER_IP", "-1")))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining("RELAY_MAX_SOCKETS_PER_IP=-1");
    }
}

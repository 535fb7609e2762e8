package ar.mcrn.sysmonstm.api.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.api.testing.ApiFixture;
import ar.mcrn.sysmonstm.api.testing.Machine;
import ar.mcrn.sysmonstm.api.testing.Viewer;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The live feed as clients see it, over real sockets. */
class LiveFeedTest {
    private static final String FLEET = "{\"type\":\"subscribe\",\"view\":\"fleet\",\"intervalMillis\":250}";

    private final Machine web = new Machine("web-1");
    private ApiFixture api;

    @BeforeEach
    void start() throws Exception {
        api = ApiFixture.withoutDatabase();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void snapshotThenOnlyWhatChanged() throws Exception {
        long now = System.currentTimeMillis();
        api.hot().tick(web.first(now - 1_000, 1_234));
        await().until(() -> api.json("/api/machines").path("total").asInt() == 1);
        try (Viewer viewer = api.viewer().send(FLEET)) {
            JsonNode snapshot = viewer.next("snapshot");
            assertThat(snapshot.path("sequence").asInt()).isEqualTo(1);
            assertThat(snapshot.path("view").asText()).isEqualTo("fleet");
            JsonNode machine = snapshot.path("machines").path("web-1");
            assertThat(machine.path("state").asText()).isEqualTo("up");
            assertThat(machine.path("time").asLong()).isEqualTo(now - 1_000);
            assertThat(machine.path("system.cpu.utilization").asText()).isEqualTo("0.1234");
            assertThat(machine.has("system.cpu.utilization{logical_number=0}")).isFalse();
            assertThat(snapshot.path("inventories").path("web-1").path("os").asText())
                    .isEqualTo("Debian GNU/Linux 12");
            JsonNode spark = snapshot.path("sparklines").path("web-1");
            assertThat(spark.path("times").size()).isEqualTo(1);
            assertThat(spark.path("system.cpu.utilization").path(0).asText()).isEqualTo("0.1234");
            assertThat(snapshot.path("status").path("public").asBoolean(true)).isFalse();
            assertThat(snapshot.path("alerts").isArray()).isTrue();

            api.hot().tick(web.next(now, 2_000));
            JsonNode delta = viewer.next("delta");
            assertThat(delta.path("machines").toString())
                    .isEqualTo("{\"web-1\":{\"time\":" + now + ",\"system.cpu.utilization\":0.2}}");
            List<JsonNode> seen = viewer.seen();
            for (int i = 0; i < seen.size(); i++) {
                assertThat(seen.get(i).path("sequence").asInt()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void newMachineComesWithItsInventoryAndGoesByName() throws Exception {
        try (Viewer viewer = api.viewer().send(FLEET)) {
            viewer.next("snapshot");
            api.hot().tick(web.first(System.currentTimeMillis(), 100));
            assertThat(viewer.next("inventory")
                            .path("machines")
                            .path("web-1")
                            .path("hostName")
                            .asText())
                    .isEqualTo("web-1.local");
            assertThat(viewer.next("delta")
                            .path("machines")
                            .path("web-1")
                            .path("state")
                            .asText())
                    .isEqualTo("up");
        }
    }

    @Test
    void fileSystemsHoldBetweenTheirSamplesAlthoughTheFullestComesWithEach() throws Exception {
        long now = System.currentTimeMillis();
        api.hot().tick(web.first(now, 100));
        api.hot().tick(web.next(now + 1_000, 200));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(api.json("/api/machines/web-1/metrics")
                                .path("metrics")
                                .toString())
                        .contains("\"system.cpu.utilization\":0.02,")
                        .contains("\"system.filesystem.utilization{mountpoint=/}\":0.75"));
    }

    @Test
    void machineViewHasEveryKeyAndTellsWhatVanished() throws Exception {
        long now = System.currentTimeMillis();
        api.hot().tick(web.first(now, 100));
        try (Viewer viewer = api.viewer()
                .send(
                        "{\"type\":\"subscribe\",\"view\":\"machine\",\"machines\":[\"web-1\"],\"intervalMillis\":250}")) {
            JsonNode snapshot = viewer.next("snapshot");
            while (snapshot.path("machines").isEmpty()) {
                viewer.next("delta");
                viewer.send("{\"type\":\"subscribe\",\"view\":\"machine\",\"machines\":[\"web-1\"]}");
                snapshot = viewer.next("snapshot");
            }
            JsonNode machine = snapshot.path("machines").path("web-1");
            assertThat(machine.path("system.disk.io{device=sda,direction=read}").asInt())
                    .isEqualTo(2_048);
            assertThat(machine.path("system.cpu.utilization{logical_number=1}").asInt())
                    .isEqualTo(1);
            assertThat(machine.path("system.filesystem.utilization{mountpoint=/}")
                            .asText())
                    .isEqualTo("0.75");
            assertThat(snapshot.path("inventories")
                            .path("web-1")
                            .path("disks")
                            .path(0)
                            .path("name")
                            .asText())
                    .isEqualTo("sda");

            api.hot().tick(web.withDisk("nvme0n1").first(now + 1_000, 200));
            JsonNode vanished = viewer.next("delta").path("machines").path("web-1");
            while (!vanished.has("system.disk.io{device=sda,direction=read}")) {
                vanished = viewer.next("delta").path("machines").path("web-1");
            }
            assertThat(vanished.path("system.disk.io{device=sda,direction=read}")
                            .isNull())
                    .isTrue();
            assertThat(vanished.path("system.disk.io{device=nvme0n1,direction=read}")
                            .asInt())
                    .isEqualTo(2_048);
        }
    }

    @Test
    void processesComeToWhoWatchesOneMachineWhenTheyChangeAndNeverToAFleet() throws Exception {
        long now = System.currentTimeMillis();
        api.hot().tick(web.first(now, 100));
        api.hot().tick(web.slow(now + 1, 415, Machine.process(7, "java", 100)));
        await().until(() -> api.json("/api/machines/web-1").has("processes"));
        String watch = "{\"type\":\"subscribe\",\"view\":\"machine\",\"machines\":[\"web-1\"],\"intervalMillis\":250";
        try (Viewer fleet = api.viewer().send(FLEET);
                Viewer some = api.viewer().send(watch + ",\"fields\":[\"system.cpu.utilization\"]}");
                Viewer all = api.viewer().send(watch + "}")) {
            fleet.next("snapshot");
            some.next("snapshot");
            JsonNode snapshot = all.next("snapshot").path("machines").path("web-1");
            assertThat(snapshot.path("processesTime").asLong()).isEqualTo(now + 1);
            assertThat(snapshot.path("processes").path(0).path("command").asText())
                    .isEqualTo("java");
            assertThat(snapshot.path("hw.temperature{id=coretemp/Package id 0}").asText())
                    .isEqualTo("41.5");

            api.hot().tick(web.next(now + 1_000, 200));
            JsonNode plain = all.next("delta").path("machines").path("web-1");
            assertThat(plain.has("processes")).isFalse();
            assertThat(plain.has("hw.temperature{id=coretemp/Package id 0}"))
                    .as("holds until the next round")
                    .isFalse();

            api.hot().tick(web.slow(now + 2_000, 420, Machine.process(8, "postgres", 5_000)));
            JsonNode delta = all.next("delta").path("machines").path("web-1");
            assertThat(delta.path("processesTime").asLong()).isEqualTo(now + 2_000);
            assertThat(delta.path("processes").toString())
                    .isEqualTo("[{\"pid\":8,\"command\":\"postgres\",\"cpuUtilization\":0.5,"
                            + "\"memoryBytes\":1048576,\"threads\":3}]");
            assertThat(delta.path("hw.temperature{id=coretemp/Package id 0}").asInt())
                    .isEqualTo(42);
            for (Viewer without : List.of(fleet, some)) {
                await().until(() -> without.seen().stream()
                        .anyMatch(frame -> frame.path("machines")
                                        .path("web-1")
                                        .path("time")
                                        .asLong()
                                == now + 2_000));
                assertThat(without.seen().toString())
                        .doesNotContain("processes")
                        .doesNotContain("postgres")
                        .doesNotContain("hw.temperature");
            }
        }
    }

    @Test
    void saysWhatIsWrongWithAMessageAndGoesOn() throws Exception {
        try (Viewer viewer = api.viewer().send("{\"type\":\"dance\"}")) {
            assertThat(viewer.next("error").path("detail").asText()).isEqualTo("type must be subscribe: dance");
            viewer.send("{");
            assertThat(viewer.next("error").path("detail").asText()).startsWith("not JSON");
            viewer.send("{\"type\":\"subscribe\",\"view\":\"machine\"}");
            assertThat(viewer.next("error").path("detail").asText()).isEqualTo("view machine needs machines");
            viewer.send("{\"type\":\"subscribe\",\"fields\":[\"NOPE{\"]}");
            assertThat(viewer.next("error").path("detail").asText()).contains("NOPE{");
            viewer.send(FLEET);
            assertThat(viewer.next("snapshot").path("sequence").asInt()).isEqualTo(5);
        }
    }

    @Test
    void tellsAlertsAsTheyChange() throws Exception {
        try (Viewer viewer = api.viewer().send(FLEET)) {
            viewer.next("snapshot");
            AlertEpisode episode = AlertEpisode.newBuilder()
                    .setId("ab12")
                    .setRule("cpu")
                    .setMachine("web-1")
                    .setSeries("system.cpu.utilization")
                    .setState(AlertState.ALERT_STATE_FIRING)
                    .setSeverity("warning")
                    .setMessage("CPU of web-1 is busy")
                    .setStartMillis(1_000)
                    .setFiredMillis(2_000)
                    .setValue(0.95)
                    .setThreshold(0.9)
                    .setReason("heldLongEnough")
                    .build();
            api.hot().publish(Channel.ALERTS, episode.toByteArray());
            assertThat(viewer.next("alert").path("alert").toString())
                    .isEqualTo("{\"id\":\"ab12\",\"rule\":\"cpu\",\"machine\":\"web-1\","
                            + "\"series\":\"system.cpu.utilization\",\"state\":\"firing\",\"severity\":\"warning\","
                            + "\"message\":\"CPU of web-1 is busy\",\"startedAt\":1000,\"firedAt\":2000,"
                            + "\"resolvedAt\":null,\"value\":0.95,\"threshold\":0.9,\"reason\":\"heldLongEnough\"}");
            try (Viewer later = api.viewer().send(FLEET)) {
                assertThat(later.next("snapshot")
                                .path("alerts")
                                .path(0)
                                .path("id")
                                .asText())
                        .isEqualTo("ab12");
            }
            assertThat(api.json("/api/alerts").path("alerts").path(0).path("id").asText())
                    .isEqualTo("ab12");
        }
    }

    @Test
    void showsLastKnownStateAsStaleWhileHotStateIsAwayAndHeals() throws Exception {
        long now = System.currentTimeMillis();
        api.hot().tick(web.first(now, 100));
        await().until(() -> api.json("/api/machines").path("total").asInt() == 1);
        try (Viewer viewer = api.viewer().send(FLEET)) {
            viewer.next("snapshot");
            api.hot().up(false);
            JsonNode status = viewer.next("status");
            while (status.path("staleSince").isNull()) {
                status = viewer.next("status");
            }
            JsonNode stale = viewer.next("delta").path("machines").path("web-1");
            assertThat(stale.path("state").asText()).isEqualTo("stale");
            assertThat(api.json("/api/machines/web-1").path("state").asText()).isEqualTo("stale");
            assertThat(api.json("/api/machines/web-1/metrics")
                            .path("metrics")
                            .path("system.cpu.utilization")
                            .asText())
                    .isEqualTo("0.01");

            api.hot().up(true);
            api.hot().tick(web.next(System.currentTimeMillis(), 300));
            JsonNode back = viewer.next("delta").path("machines").path("web-1");
            while (!back.path("state").asText().equals("up")) {
                back = viewer.next("delta").path("machines").path("web-1");
            }
            assertThat(back.path("system.cpu.utilization").asText()).isEqualTo("0.03");
            while (!status.path("staleSince").isNull()) {
                status = viewer.next("status");
            }
        }
    }

    @Test
    void slowClientGetsConflatedFramesAndDoesNotSlowOthers() throws Exception {
        int machines = 2_000; // a frame of all is 300 kB: the kernel's buffers hold few of them
        List<Machine> fleet = new ArrayList<>();
        for (int i = 0; i < machines; i++) {
            Machine machine = new Machine("m".repeat(100) + i);
            fleet.add(machine);
            api.hot().tick(machine.first(System.currentTimeMillis(), 1));
        }
        await().until(() -> api.json("/api/machines").path("total").asInt() == machines);
        try (Socket slow = subscribeWithoutReading();
                Viewer quick = api.viewer().send(FLEET)) {
            quick.next("snapshot");
            for (int round = 1; round <= 40; round++) {
                int cpu = round * 100;
                fleet.forEach(machine -> api.hot().tick(machine.next(System.currentTimeMillis(), cpu)));
                String expected = new java.math.BigDecimal(cpu)
                        .movePointLeft(4)
                        .stripTrailingZeros()
                        .toPlainString();
                await().pollInterval(Duration.ofMillis(5))
                        .until(() -> api.json("/api/machines/" + fleet.getLast().id())
                                .path("metrics")
                                .path("system.cpu.utilization")
                                .asText()
                                .equals(expected));
            }
            await().untilAsserted(() -> assertThat(newest(quick.seen(), fleet)).containsOnly("0.4"));

            List<JsonNode> frames = readUntilCurrent(slow, fleet);
            assertThat(frames.getFirst().path("type").asText()).isEqualTo("snapshot");
            for (int i = 0; i < frames.size(); i++) {
                assertThat(frames.get(i).path("sequence").asInt()).isEqualTo(i + 1);
            }
            assertThat(frames.size()).isLessThan(quick.seen().size());
        }
        assertThat(api.metrics()).containsPattern("sysmonstm_live_conflated_total\\{[^}]*} [1-9]");
    }

    private static List<String> newest(List<JsonNode> frames, List<Machine> fleet) {
        return fleet.stream()
                .map(machine -> frames.reversed().stream()
                        .map(frame -> frame.path("machines").path(machine.id()).path("system.cpu.utilization"))
                        .filter(value -> !value.isMissingNode())
                        .findFirst()
                        .map(JsonNode::asText)
                        .orElse(""))
                .toList();
    }

    /** A client with a small receive buffer that asks for the fleet and reads nothing yet. */
    private Socket subscribeWithoutReading() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port()));
        OutputStream out = socket.getOutputStream();
        String upgrade = """
                GET /ws HTTP/1.1
                Host: 127.0.0.1
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                Sec-WebSocket-Version: 13

                """;
        out.write(upgrade.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        byte[] text = FLEET.getBytes(StandardCharsets.UTF_8);
        out.write(new byte[] {(byte) 0x81, (byte) (0x80 | text.length), 0, 0, 0, 0}); // masked by zeros
        out.write(text);
        out.flush();
        return socket;
    }

    private static List<JsonNode> readUntilCurrent(Socket socket, List<Machine> fleet) throws IOException {
        socket.setSoTimeout(10_000);
        List<JsonNode> frames = new ArrayList<>();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        StringBuilder message = new StringBuilder();
        while (!newest(frames, fleet).stream().allMatch("0.4"::equals)) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            byte[] payload = in.readNBytes((int) size);
            if ((first & 0x0f) <= 1) {
                message.append(new String(payload, StandardCharsets.UTF_8));
                if ((first & 0x80) != 0) {
                    frames.add(new ObjectMapper().readTree(message.toString()));
                    message.setLength(0);
                }
            }
        }
        return frames;
    }
}

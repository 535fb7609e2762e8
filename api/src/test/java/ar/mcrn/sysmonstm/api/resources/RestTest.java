package ar.mcrn.sysmonstm.api.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.api.testing.ApiFixture;
import ar.mcrn.sysmonstm.api.testing.Machine;
import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.v1.DuplicateIdentity;
import ar.mcrn.sysmonstm.v1.IdentityClaim;
import ar.mcrn.sysmonstm.v1.IdentityMessage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** REST as a client sees it, while the database is away. */
class RestTest {
    private static ApiFixture api;
    private static long time;

    @BeforeAll
    static void start() throws Exception {
        api = ApiFixture.withoutDatabase();
        time = System.currentTimeMillis();
        api.hot().tick(new Machine("web-1").first(time, 1_234));
        api.hot().tick(new Machine("web-2").first(time - 30_000, 9_000));
        api.hot().tick(new Machine("db (1)").withClockError(-3_200).first(time, 500));
        await().until(() -> api.json("/api/machines").path("total").asInt() == 3);
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void listsFiltersSortsAndPages() throws Exception {
        assertThat(ids("/api/machines")).isEqualTo("db (1),web-1,web-2");
        assertThat(ids("/api/machines?sort=cpu&order=desc")).isEqualTo("web-2,web-1,db (1)");
        assertThat(ids("/api/machines?filter=WEB-")).isEqualTo("web-1,web-2");
        assertThat(ids("/api/machines?filter=*-2")).isEqualTo("web-2");
        assertThat(ids("/api/machines?limit=1&offset=1")).isEqualTo("web-1");
        assertThat(api.json("/api/machines?limit=1").path("total").asInt()).isEqualTo(3);
        assertThat(ids("/api/machines?state=down")).isEmpty();
        JsonNode first = api.json("/api/machines?filter=web-1").path("machines").path(0);
        assertThat(first.path("labels").path("role").asText()).isEqualTo("web");
        assertThat(first.path("metrics").path("system.cpu.utilization").asText())
                .isEqualTo("0.1234");
        assertThat(first.path("bootTime").asLong()).isEqualTo(1_700_000_000_000L);
        assertThat(first.has("disks")).isFalse();
        assertThat(first.has("virtualization")).isFalse();
    }

    @Test
    void showsBothAgentsOfADuplicateIdentityUntilTheRefusedOneHasBeenSilentForTwoMinutes() throws Exception {
        api.hot().publish(Channel.IDENTITY, new byte[] {(byte) 0xff});
        publishDuplicate(System.currentTimeMillis() - 121_000);
        assertThat(api.json("/api/machines/web-2").has("duplicateIdentity")).isFalse();

        long refused = System.currentTimeMillis();
        publishDuplicate(refused);
        JsonNode two = api.json("/api/machines/web-2").path("duplicateIdentity");
        assertThat(two.toString())
                .isEqualTo("{\"heard\":{\"peer\":\"10.0.0.1:1\",\"version\":\"2\",\"runStart\":20},"
                        + "\"refused\":{\"peer\":\"10.0.0.2:2\",\"version\":\"1\",\"runStart\":10},"
                        + "\"refusedAt\":" + refused + "}");
        assertThat(api.json("/api/machines?filter=web-2")
                        .path("machines")
                        .path(0)
                        .path("duplicateIdentity"))
                .isEqualTo(two);
        assertThat(api.json("/api/machines/web-1").has("duplicateIdentity")).isFalse();
    }

    private static void publishDuplicate(long refusedMillis) throws Exception {
        IdentityClaim.Builder holder = IdentityClaim.newBuilder()
                .setMachine("web-2")
                .setPeer("10.0.0.1:1")
                .setVersion("2")
                .setRunStartMillis(20);
        IdentityClaim.Builder refused = IdentityClaim.newBuilder()
                .setMachine("web-2")
                .setPeer("10.0.0.2:2")
                .setVersion("1")
                .setRunStartMillis(10);
        DuplicateIdentity duplicate = DuplicateIdentity.newBuilder()
                .setHolder(holder)
                .setRefused(refused)
                .setRefusedMillis(refusedMillis)
                .build();
        api.hot()
                .publish(
                        Channel.IDENTITY,
                        IdentityMessage.newBuilder()
                                .addDuplicates(duplicate)
                                .build()
                                .toByteArray());
    }

    private static String ids(String path) throws Exception {
        StringBuilder ids = new StringBuilder();
        for (JsonNode machine : api.json(path).path("machines")) {
            ids.append(ids.isEmpty() ? "" : ",").append(machine.path("id").asText());
        }
        return ids.toString();
    }

    @Test
    void showsProcessesOfOneMachineAsToldLastAndTemperaturesAmongItsMetrics() throws Exception {
        assertThat(api.json("/api/machines/db%20(1)").has("processes")).isFalse();
        try (ApiFixture own = ApiFixture.withoutDatabase()) {
            showsProcesses(own);
        }
    }

    private static void showsProcesses(ApiFixture own) throws Exception {
        Machine hot = new Machine("hot-1");
        own.hot().tick(hot.first(time, 100));
        own.hot()
                .tick(hot.slow(
                        time + 1_000,
                        -15,
                        Machine.process(4_711, "</script>\n\u00ff", 13_750),
                        Machine.process(1, "init", -1)));
        await().until(() -> own.json("/api/machines/hot-1").has("processes"));
        own.hot().tick(hot.next(time + 2_000, 9_000));
        await().until(() -> own.json("/api/machines/hot-1/metrics").path("time").asLong() == time + 2_000);
        JsonNode machine = own.json("/api/machines/hot-1");
        assertThat(machine.path("processesTime").asLong()).isEqualTo(time + 1_000);
        assertThat(machine.path("processes").toString())
                .isEqualTo("[{\"pid\":4711,\"command\":\"</script>\uFFFD\uFFFD\",\"cpuUtilization\":1.375,"
                        + "\"memoryBytes\":1048576,\"threads\":3},"
                        + "{\"pid\":1,\"command\":\"init\",\"memoryBytes\":1048576,\"threads\":3}]");
        assertThat(own.json("/api/machines/hot-1/metrics")
                        .path("metrics")
                        .path("hw.temperature{id=coretemp/Package id 0}")
                        .asText())
                .isEqualTo("-1.5");
        assertThat(own.json("/api/machines?filter=hot-1").toString())
                .doesNotContain("init")
                .doesNotContain("hw.");
    }

    @Test
    void showsOneMachineAndItsNewestSample() throws Exception {
        JsonNode machine = api.json("/api/machines/db%20(1)");
        assertThat(machine.path("filesystems").path(0).path("mountpoint").asText())
                .isEqualTo("/");
        assertThat(machine.path("interfaces").path(0).path("speedBits").asLong())
                .isEqualTo(1_000_000_000L);
        assertThat(api.get("/api/machines/web-1/metrics").body().replace("stale", "up"))
                .isEqualTo(
                        "{\"id\":\"web-1\",\"time\":" + time + ",\"durationMillis\":1000,\"state\":\"up\",\"metrics\":{"
                                + "\"system.cpu.utilization\":0.1234,\"system.cpu.load_average.1m\":1.23,"
                                + "\"system.memory.utilization\":0.5,\"system.network.io{direction=receive}\":1000.0,"
                                + "\"system.filesystem.utilization.max\":0.75,"
                                + "\"system.cpu.utilization{logical_number=0}\":0.5,"
                                + "\"system.cpu.utilization{logical_number=1}\":1.0,"
                                + "\"system.disk.io{device=sda,direction=read}\":2048.0,"
                                + "\"system.disk.io{device=sda,direction=write}\":4096.0,"
                                + "\"system.network.io{direction=receive,interface=eth0}\":1000.0,"
                                + "\"system.filesystem.utilization{mountpoint=/}\":0.75}}");
    }

    @Test
    void saysWhereAClockIsWrong() throws Exception {
        assertThat(api.json("/api/machines/db%20(1)").path("clockErrorMillis").asLong())
                .isEqualTo(-3_200);
        assertThat(api.json("/api/machines/web-1").has("clockErrorMillis")).isFalse();
    }

    @Test
    void problemsNameWhatIsWrong() throws Exception {
        problem("/api/machines/nobody", 404, "machine is not known: nobody");
        problem("/api/nonsense", 404, "nothing is at this path");
        problem("/api/machines?sort=luck", 400, "sort=luck, allowed: id, state, cpu, memory, seen");
        problem("/api/machines?limit=1001", 400, "limit=1001, allowed: 1 to 1000");
        problem("/api/machines/web-1/history?from=now&to=now-1h", 400, "is not before");
        problem("/api/machines/web-1/history?points=1e9", 400, "points=1e9, allowed: 1 to 2000");
        problem("/api/machines/web-1/history?from=yesterday", 400, "from=yesterday");
        problem("/api/machines/web-1/history", 503, "database cannot be reached");
        problem("/api/alerts?state=great", 400, "state");
        problem("/api/machines/web-1/history?format=xml", 400, "format=xml, allowed: json, csv");
        problem(
                "/api/machines/web-1/history?metric=system.cpu.utilization",
                400,
                "metric: no such parameter, allowed: metrics, from, to, points, percentiles, format");
        problem("/api/machines/web-1?metrics=x", 400, "metrics: no such parameter, allowed: none");
        problem("/api/machines?state=gone", 400, "state=gone, allowed: up, stale, down, removing");
    }

    private static void problem(String path, int status, String detail) throws IOException, InterruptedException {
        HttpResponse<String> answer = api.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = new ObjectMapper().readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("detail").asText()).contains(detail);
        assertThat(problem.path("type").asText()).isEqualTo("about:blank");
        assertThat(problem.path("instance").asText()).isEqualTo(path.split("\\?", 2)[0]);
    }

    @Test
    void servesTheDashboardWithItsPolicy() throws Exception {
        HttpResponse<String> page = api.get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("default-src 'self'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(api.get("/machines/web-1").body()).isEqualTo(page.body());
        assertThat(api.get("/alerts").body()).isEqualTo(page.body());
        String tag = page.headers().firstValue("ETag").orElseThrow();
        assertThat(api.get("/", "If-None-Match", tag).statusCode()).isEqualTo(304);
        String script = page.body().replaceAll("(?s).*?\"(/static/[^\"]+\\.js)\".*", "$1");
        HttpResponse<String> file = api.get(script);
        assertThat(file.statusCode()).as(script).isEqualTo(200);
        assertThat(file.headers().firstValue("Cache-Control")).hasValue("public, max-age=31536000, immutable");
        for (String bad : new String[] {
            "/static/../index.html", "/%2e%2e/api.yaml", "/static/", "/META-INF/MANIFEST.MF", "/api.yaml", "/x.js"
        }) {
            assertThat(api.get(bad).statusCode()).as(bad).isIn(400, 404);
        }
    }

    @Test
    void answersToItsOwnNameOnly() throws Exception {
        assertThat(statusFor("evil.example")).contains("421");
        assertThat(statusFor("127.0.0.1:8000")).contains("200");
    }

    private static String statusFor(String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
            socket.getOutputStream()
                    .write(("GET /api/rules HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    @Test
    void listsRules() throws Exception {
        JsonNode rules = api.json("/api/rules").path("rules");
        assertThat(rules.size()).isGreaterThan(3);
        assertThat(rules.findValuesAsText("kind")).contains("threshold", "machineDown");
    }
}

package ar.mcrn.sysmonstm.ops.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.ops.systemtests.observe.ObserveFiles;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Frames;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Http;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import ar.mcrn.sysmonstm.ops.systemtests.processes.WebhookSink;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Aggregator, api, alerts, relay and agent as processes of their own on a real Redis and PostgreSQL: what the agent samples
 * reaches Redis, database, REST, WebSocket, relay and webhook. One deployment for all tests; the last ones end it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SeparateProcessesTest {
    private static final String MACHINE = "system-test";
    private static final String TOKEN = "edge-token-of-this-test";
    private static final String HOLDS = "rules: [{name: always, metric: system.process.count, above: 0}]\n";
    private static final String NO_LONGER = "rules: [{name: always, metric: system.process.count, above: 1000000}]\n";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static Deployment deployment;
    private static WebhookSink sink;
    private static Path rules;
    private static ServiceProcess aggregator;
    private static ServiceProcess alerts;
    private static ServiceProcess relay;
    private static ServiceProcess api;
    private static ServiceProcess agent;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        deployment = Deployment.start();
        sink = WebhookSink.start();
        rules = Files.writeString(folder.resolve("rules.yaml"), HOLDS);
        aggregator = deployment.start(Part.AGGREGATOR, Map.of("ALERT_RULES_FILE", rules.toString()));
        alerts = deployment.start(
                Part.ALERTS, Map.of("ALERT_WEBHOOK_URL", sink.address().toString()));
        relay = deployment.start(Part.RELAY, Map.of("EDGE_TOKEN", TOKEN));
        api = deployment.start(
                Part.API,
                Map.of(
                        "ALERT_RULES_FILE",
                        rules.toString(),
                        "EDGE_URL",
                        "ws://127.0.0.1:" + relay.port("http"),
                        "EDGE_TOKEN",
                        TOKEN));
        // The relay is ready when the api feeds it.
        for (ServiceProcess service : List.of(aggregator, alerts, api, relay)) {
            deployment.awaitReady(service, service.address("admin"));
        }
        agent = deployment.start(
                Part.AGENT,
                Map.of(
                        "COLLECTOR_AGGREGATOR_URL",
                        "127.0.0.1:" + aggregator.port("grpc"),
                        "COLLECTOR_MACHINE_ID",
                        MACHINE,
                        "COLLECTOR_SPOOL_DIR",
                        folder.resolve("spool").toString(),
                        "COLLECTOR_LABELS",
                        "site=here"));
    }

    @AfterAll
    static void end() {
        if (sink != null) {
            sink.close();
        }
        if (deployment != null) {
            deployment.close();
        }
    }

    @Test
    @Order(1)
    void everyPortTellsHealthAndReadiness() throws IOException, InterruptedException {
        for (ServiceProcess service : List.of(aggregator, alerts, relay, api)) {
            for (URI port : service.addresses().values()) {
                assertThat(http().json(port.resolve("/health")).path("status").asText())
                        .as("%s health at %s", service.part(), port)
                        .isEqualTo("up");
                JsonNode ready = http().json(port.resolve("/ready"));
                assertThat(ready.path("status").asText())
                        .as("%s at %s: %s", service.part(), port, ready)
                        .isEqualTo("ready");
                assertThat(ready.path("dependencies")).isNotEmpty();
            }
        }
    }

    @Test
    @Order(2)
    void whatTheAgentSamplesIsServedByRest() throws IOException, InterruptedException {
        await("the machine is up in the api")
                .atMost(SOON)
                .until(() -> rest("/api/machines?state=up")
                        .path("machines")
                        .path(0)
                        .path("metrics")
                        .has("system.cpu.utilization"));
        JsonNode machine = rest("/api/machines").path("machines").path(0);
        assertThat(machine.path("id").asText()).isEqualTo(MACHINE);
        assertThat(machine.path("labels").path("site").asText()).isEqualTo("here");
        assertThat(machine.path("logicalCores").asInt())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(rest("/api/machines/" + MACHINE).path("memoryBytes").asLong())
                .isPositive();
        JsonNode metrics = rest("/api/machines/" + MACHINE + "/metrics").path("metrics");
        assertThat(metrics.path("system.process.count").asLong()).isPositive();
        assertThat(metrics.path("system.cpu.utilization{logical_number=0}").asDouble(-1))
                .isBetween(0.0, 1.0);
        HttpResponse<String> unknown = get("/api/machines/nobody");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(unknown.body()).contains("nobody");
    }

    @Test
    @Order(3)
    void historyComesFromTheDatabaseAsJsonAndCsv() throws IOException, InterruptedException {
        String path = "/api/machines/" + MACHINE + "/history?from=now-2m&to=now&metrics=system.cpu.utilization";
        await("history has points").atMost(SOON).until(() -> {
            int values = 0;
            for (JsonNode value : rest(path).path("series").path(0).path("avg")) {
                values += value.isNumber() ? 1 : 0;
            }
            return values >= 3;
        });
        assertThat(stored(MACHINE)).isGreaterThanOrEqualTo(3);
        HttpResponse<String> csv = http().get(api.address("http").resolve(path), "Accept", "text/csv");
        assertThat(csv.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(csv.body().lines().findFirst().orElse("")).contains("system.cpu.utilization");
        assertThat(csv.body().lines().count()).isGreaterThan(3);
        assertThat(get("/api/machines/" + MACHINE + "/history?metrics=nonsense").statusCode())
                .isEqualTo(400);
    }

    @Test
    @Order(4)
    void anAlertFiresAndIsResolvedAtRestAndWebhook() throws IOException, InterruptedException {
        await("the api shows the alert firing").atMost(SOON).until(() -> alert("firing") != null);
        await("the webhook was told")
                .atMost(SOON)
                .until(() -> !sink.received("firing", "always").isEmpty());
        JsonNode told = sink.received("firing", "always").getFirst();
        assertThat(told.path("machine").asText()).isEqualTo(MACHINE);
        assertThat(told.path("id").asText())
                .isEqualTo(alert("firing").path("id").asText());
        assertThat(rest("/api/rules").path("rules").findValuesAsText("name"))
                .contains("always", "cpu-high", "memory-high", "disk-full", "machine-down");

        Files.writeString(rules, NO_LONGER);

        await("the webhook was told that it is over")
                .atMost(SOON)
                .until(() -> !sink.received("resolved", "always").isEmpty());
        assertThat(sink.received("resolved", "always").getFirst().path("id").asText())
                .isEqualTo(told.path("id").asText());
        await("the api shows it resolved").atMost(SOON).until(() -> alert("resolved") != null);
        assertThat(sink.received("firing", "always")).hasSize(1);
    }

    @Test
    @Order(5)
    void webSocketGivesASnapshotThenChangesInSequence() throws IOException, InterruptedException {
        try (Frames frames = Frames.subscribe(
                http(), api.address("http"), "{\"type\":\"subscribe\",\"view\":\"fleet\",\"intervalMillis\":500}")) {
            JsonNode snapshot =
                    frames.await(frame -> frame.path("type").asText().equals("snapshot"), SOON);
            assertThat(snapshot.path("machines").path(MACHINE).path("state").asText())
                    .isEqualTo("up");
            assertThat(snapshot.path("status").path("public").asBoolean()).isFalse();
            for (int i = 0; i < 3; i++) {
                frames.await(
                        frame -> frame.path("type").asText().equals("delta")
                                && frame.path("machines").has(MACHINE),
                        SOON);
            }
            inSequence(frames);
        }
    }

    @Test
    @Order(6)
    void viewersOfTheRelaySeeTheLiveFleetRedacted() throws IOException, InterruptedException {
        await("the relay has the feed and the machine")
                .atMost(SOON)
                .until(() -> http().metrics(relay.address("admin")).sum("sysmonstm_relay_machines") > 0);
        try (Frames frames = Frames.subscribe(
                http(), relay.address("http"), "{\"type\":\"subscribe\",\"view\":\"fleet\",\"intervalMillis\":500}")) {
            JsonNode snapshot =
                    frames.await(frame -> frame.path("type").asText().equals("snapshot"), SOON);
            assertThat(snapshot.path("status").path("public").asBoolean()).isTrue();
            assertThat(snapshot.path("machines")).hasSize(1);
            String alias = snapshot.path("machines").fieldNames().next();
            for (int i = 0; i < 3; i++) {
                frames.await(
                        frame -> frame.path("type").asText().equals("delta")
                                && frame.path("machines").has(alias),
                        SOON);
            }
            inSequence(frames);
            String inventory = rest("/api/machines/" + MACHINE).path("hostName").asText();
            assertThat(frames.seen().toString()).doesNotContain(MACHINE).doesNotContain("\"" + inventory + "\"");
        }
    }

    @Test
    @Order(7)
    void theRelayRefusesAFeedWithTheWrongToken() throws InterruptedException {
        URI feed = URI.create("ws://127.0.0.1:" + relay.port("http") + "/feed");
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThatThrownBy(() -> client.newWebSocketBuilder()
                            .header("Authorization", "Bearer wrong")
                            .buildAsync(feed, new WebSocket.Listener() {})
                            .join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            e -> assertThat(e.getResponse().statusCode()).isEqualTo(401));
        }
    }

    @Test
    @Order(8)
    void everyAcknowledgedSampleOfAHundredAgentsIsStoredOnce() throws IOException, InterruptedException, SQLException {
        LoadRun.Report report = LoadRun.start(
                        deployment,
                        aggregator,
                        100,
                        Duration.ofSeconds(10),
                        42,
                        "--admin",
                        aggregator.address("admin").toString(),
                        "--api",
                        api.address("http").toString(),
                        "--viewers",
                        "3")
                .report();

        assertThat(report.exitCode()).as(report.json().toPrettyString()).isZero();
        assertThat(report.count("issued")).isEqualTo(1_000);
        assertThat(report.count("acknowledged")).isEqualTo(1_000).isEqualTo(stored("load-42-%"));
        assertThat(List.of(report.count("lost"), report.count("duplicates"), report.count("different")))
                .containsOnly(0L);
        assertThat(report.count("frames")).isPositive();
    }

    @Test
    @Order(9)
    void theAgentSaysGoodbyeAndTheAccountIsExactAtRest() throws IOException, InterruptedException {
        assertThat(agent.stop()).isZero();
        URI admin = aggregator.address("admin");
        await("nothing is in flight").atMost(SOON).until(() -> {
            Metrics now = http().metrics(admin);
            return now.sum("sysmonstm_ingest_streams") == 0 && now.sum("sysmonstm_history_in_flight_samples") == 0;
        });

        Metrics metrics = http().metrics(admin);
        long received = metrics.sum("sysmonstm_ingest_received_samples_total");
        long taken = metrics.sum("sysmonstm_history_received_samples_total");
        assertThat(received)
                .isPositive()
                .isEqualTo(taken
                        + metrics.sum("sysmonstm_ingest_rejected_samples_total", "!reason=\"unparsable\"")
                        + metrics.sum("sysmonstm_ingest_deferred_samples_total"));
        assertThat(taken)
                .isEqualTo(metrics.sum("sysmonstm_history_stored_samples_total")
                        + metrics.sum("sysmonstm_history_duplicate_samples_total")
                        + metrics.sum("sysmonstm_history_rejected_samples_total")
                        + metrics.sum("sysmonstm_history_deferred_samples_total"));
        long live = metrics.sum("sysmonstm_ingest_received_samples_total", "lane=\"live\"");
        for (String handler : List.of("hot", "history", "alert")) {
            assertThat(metrics.sum("sysmonstm_ring_handled_samples_total", "handler=\"" + handler + "\""))
                    .as(handler)
                    .isEqualTo(live);
        }
        assertThat(metrics.sum("sysmonstm_ring_failures_total")).isZero();
    }

    @Test
    @Order(10)
    void everyAdminPortGivesPrometheusText() throws IOException, InterruptedException {
        for (ServiceProcess service : List.of(aggregator, alerts, relay, api)) {
            HttpResponse<String> text = http().get(service.address("admin").resolve("/metrics"));
            assertThat(text.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
            assertThat(text.body())
                    .contains(
                            "# TYPE sysmonstm_",
                            "service=\"" + service.part().name().toLowerCase(Locale.ROOT) + "\"",
                            "sysmonstm_process_threads{");
        }
        assertThat(http().metrics(aggregator.address("admin"))
                        .sum("sysmonstm_received_to_committed_seconds_count", "lane=\"live\""))
                .isPositive();
    }

    @Test
    @Order(11)
    void everyMetricOfRulesAndDashboardsIsExported() throws IOException, InterruptedException {
        Set<String> exported = new TreeSet<>();
        for (ServiceProcess service : List.of(aggregator, alerts, relay, api)) {
            http().metrics(service.address("admin"))
                    .values()
                    .keySet()
                    .forEach(series -> exported.add(series.replaceAll("[{].*", "")));
        }
        // Known only where the disk of the database is.
        exported.add("sysmonstm_retention_disk_used_ratio");
        assertThat(ObserveFiles.find().metrics()).hasSizeGreaterThan(40).isSubsetOf(exported);
    }

    @Test
    @Order(12)
    void everyServiceEndsWithZeroWhenAsked() throws InterruptedException {
        List<String> codes = new ArrayList<>();
        for (ServiceProcess service : List.of(api, relay, alerts, aggregator)) {
            codes.add(service.part() + " " + service.stop());
            assertThat(service.errors()).noneMatch(line -> line.contains("!!!!") || line.contains("BUG:"));
        }
        assertThat(codes).containsExactly("API 0", "RELAY 0", "ALERTS 0", "AGGREGATOR 0");
    }

    private static Http http() {
        return deployment.http();
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http().get(api.address("http").resolve(path));
    }

    private static JsonNode rest(String path) throws IOException, InterruptedException {
        return http().json(api.address("http").resolve(path));
    }

    private static JsonNode alert(String state) throws IOException, InterruptedException {
        for (JsonNode alert : rest("/api/alerts").path("alerts")) {
            if (alert.path("rule").asText().equals("always")
                    && alert.path("state").asText().equals(state)) {
                return alert;
            }
        }
        return null;
    }

    private static void inSequence(Frames frames) {
        for (int i = 0; i < frames.seen().size(); i++) {
            assertThat(frames.seen().get(i).path("sequence").asLong())
                    .as(frames.seen().get(i).toString())
                    .isEqualTo(i + 1);
        }
    }

    private static long stored(String machines) {
        String sql = "select count(*) from host_sample join machine using (machine_id) where name like ?";
        try (Connection connection =
                        deployment.postgres().dataSource(deployment.database()).getConnection();
                PreparedStatement count = connection.prepareStatement(sql)) {
            count.setString(1, machines);
            try (ResultSet rows = count.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

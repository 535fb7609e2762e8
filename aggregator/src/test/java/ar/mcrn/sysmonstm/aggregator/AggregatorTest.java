package ar.mcrn.sysmonstm.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.ingest.RandomSamples;
import ar.mcrn.sysmonstm.aggregator.ingest.RawAgent;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.service.ConfigurationReader;
import ar.mcrn.sysmonstm.ops.runtime.service.RunningService;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceOptions;
import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import ar.mcrn.sysmonstm.v1.Lane;
import io.dropwizard.jersey.validation.Validators;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The aggregator as a process has it, on real PostgreSQL and Redis. */
class AggregatorTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static PostgresFixture postgres;
    private static RedisFixture redis;

    private final RandomSamples random = new RandomSamples(9);
    private final List<RawAgent> agents = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final int grpcPort = FreePorts.next();
    private RunningService aggregator;
    private String database;

    @BeforeAll
    static void startEngines() {
        postgres = PostgresFixture.start();
        redis = RedisFixture.start();
    }

    @AfterAll
    static void stopEngines() {
        redis.close();
        postgres.close();
    }

    @AfterEach
    void stop() {
        agents.forEach(RawAgent::close);
        if (aggregator != null) {
            aggregator.close();
        }
    }

    private static AggregatorConfiguration configuration(Map<String, String> environment) {
        return new ConfigurationReader(new EnvironmentVariables(environment), Validators.newValidator())
                .read(AggregatorConfiguration.class, "aggregator.yaml", new ServiceOptions());
    }

    private void start() throws Exception {
        database = database == null ? postgres.freshDatabase() : database;
        environment.put("TIMESCALE_URL", database);
        environment.putIfAbsent("REDIS_URL", redis.url());
        environment.put("AGGREGATOR_GRPC_PORT", Integer.toString(grpcPort));
        environment.put("AGGREGATOR_ADMIN_PORT", "0");
        aggregator = RunningService.start(new AggregatorApplication(), configuration(environment));
    }

    private RawAgent agent(String machine, long run) {
        RawAgent agent = new RawAgent(grpcPort).greet(machine, run);
        agents.add(agent);
        return agent;
    }

    private void send(RawAgent agent, long run, long first, int count) {
        agent.send(
                random.samples(Lane.LANE_LIVE, run, first, count, System.currentTimeMillis() - 60_000 + first * 1_000));
    }

    private String get(String path) {
        URI uri = URI.create("http://127.0.0.1:" + aggregator.adminPort() + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long metric(String prefix) {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(prefix))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private Set<String> stored() throws SQLException {
        Set<String> stored = new TreeSet<>();
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select m.name, r.run, s.sequence from host_sample s join machine m using (machine_id)"
                                + " join run r using (run_id)")) {
            while (rows.next()) {
                assertThat(stored.add(rows.getString(1) + '/' + rows.getLong(2) + '/' + rows.getLong(3)))
                        .as("stored once")
                        .isTrue();
            }
        }
        return stored;
    }

    @Test
    void storesEverySampleOnceAcknowledgesItAndBalances() throws Exception {
        start();
        for (int i = 1; i <= 3; i++) {
            agent("web-" + i, 100 + i);
        }
        for (int second = 1; second <= 40; second++) {
            for (int i = 1; i <= 3; i++) {
                send(agents.get(i - 1), 100 + i, second, 1);
            }
        }
        await().atMost(LIMIT)
                .until(() -> agents.stream().mapToLong(RawAgent::acknowledged).sum() == 120);
        // The same again, as after a lost acknowledgement.
        send(agents.getFirst(), 101, 1, 5);

        assertThat(stored()).hasSize(120);
        await().atMost(LIMIT).until(() -> metric("sysmonstm_ring_handled_samples_total{handler=\"history\"") == 125);
        await().atMost(LIMIT).until(() -> metric("sysmonstm_history_in_flight_samples") == 0);
        long outcomes = metric("sysmonstm_ingest_rejected_samples_total")
                + metric("sysmonstm_ingest_deferred_samples_total")
                + metric("sysmonstm_history_stored_samples_total")
                + metric("sysmonstm_history_duplicate_samples_total")
                + metric("sysmonstm_history_rejected_samples_total")
                + metric("sysmonstm_history_deferred_samples_total");
        assertThat(metric("sysmonstm_ingest_received_samples_total"))
                .isEqualTo(125)
                .isEqualTo(outcomes);
        // Degraded while the rollup catches up with stamps of a while ago.
        await().atMost(LIMIT).until(() -> get("/ready").contains("\"status\":\"ready\""));
        assertThat(metric("sysmonstm_hot_written_samples_total") + metric("sysmonstm_hot_conflated_samples_total"))
                .isEqualTo(125);
    }

    @Test
    void goesOnLiveWithoutRedisAndIsWholeWithinFiveSecondsOfItsReturn() throws Exception {
        try (RedisFixture own = RedisFixture.start()) {
            environment.put("REDIS_URL", own.url());
            start();
            RawAgent agent = agent("web-1", 7);
            send(agent, 7, 1, 1);
            await().atMost(LIMIT).until(() -> agent.acknowledged() == 1);
            await().atMost(LIMIT).until(() -> metric("sysmonstm_hot_written_samples_total") == 1);
            own.stop();
            send(agent, 7, 2, 70);
            await().atMost(LIMIT).until(() -> agent.acknowledged() == 71);
            await().atMost(LIMIT).until(() -> get("/ready").contains("\"name\":\"hot state\",\"state\":\"down\""));
            own.restart();
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> get("/ready").contains("\"name\":\"hot state\",\"state\":\"up\""));
        }
    }

    @Test
    void commitsAndAcknowledgesWhatItHasTakenWhenItStops() throws Exception {
        start();
        RawAgent agent = agent("web-1", 7);
        send(agent, 7, 1, 1);
        await().atMost(LIMIT).until(() -> agent.acknowledged() == 1);
        for (int i = 2; i <= 31; i++) {
            send(agent, 7, i, 1);
        }
        await().atMost(LIMIT).until(() -> metric("sysmonstm_ingest_received_samples_total") == 31);
        aggregator.close();
        aggregator = null;
        await().atMost(LIMIT).until(() -> agent.status() != null);
        assertThat(agent.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(agent.acknowledged()).isEqualTo(31);
        assertThat(stored()).hasSize(31);
    }

    @Test
    void startsWithoutDatabaseAndRedisAndSaysSo() throws Exception {
        environment.put("REDIS_URL", "redis://127.0.0.1:" + FreePorts.next());
        database = "postgresql://nobody@127.0.0.1:" + FreePorts.next() + "/nowhere";
        start();
        RawAgent agent = agent("web-1", 7);
        send(agent, 7, 1, 1);
        await().atMost(LIMIT).until(() -> metric("sysmonstm_ingest_received_samples_total") == 1);
        assertThat(get("/ready"))
                .contains("\"status\":\"degraded\"")
                .contains("database")
                .contains("hot state");
    }

    @Test
    void namesWhatIsWrongWithItsConfiguration() {
        assertThat(problem(Map.of("AGGREGATOR_TICK", "50ms")))
                .contains("AGGREGATOR_TICK=50ms")
                .contains("1ms to 20ms");
        assertThat(problem(Map.of("AGGREGATOR_GRPC_PORT", "70000"))).contains("AGGREGATOR_GRPC_PORT=70000");
        assertThat(problem(Map.of("AGGREGATOR_BIND", "0.0.0.0"))).contains("--insecure");
        assertThat(problem(Map.of("HISTORY_RAW_RETENTION", "1h"))).contains("HISTORY_RAW_RETENTION");
        assertThat(problem(Map.of("HISTORY_RAW_RETENTION", "soon")))
                .contains("soon")
                .contains("duration");
    }

    private static String problem(Map<String, String> environment) {
        try {
            configuration(environment).settings();
        } catch (ConfigurationProblem e) {
            assertThat(e.getMessage().lines().collect(Collectors.toList())).hasSize(1);
            return e.getMessage();
        }
        throw new AssertionError("accepted: " + environment);
    }

    @Test
    void saysWhichPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(grpcPort, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("AGGREGATOR_GRPC_PORT=" + taken.getLocalPort());
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real aggregator and the real database: what the oracle says of them, and of a database that was tampered with. */
final class DeliveryTest {
    private static PostgresFixture postgres;

    private final int grpcPort = FreePorts.next();
    private final int adminPort = FreePorts.next();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
    private String database;

    @BeforeAll
    static void startPostgres() {
        postgres = PostgresFixture.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void freshDatabase() {
        database = postgres.freshDatabase();
    }

    private LoadPlan plan(int agents, Duration duration, long pid) {
        return new LoadPlan(
                "127.0.0.1",
                grpcPort,
                agents,
                Duration.ofMillis(250),
                duration,
                Duration.ZERO,
                Duration.ofSeconds(40),
                3_600,
                7,
                1,
                "",
                Optional.of(DatabaseAddress.parse(database)),
                Optional.empty(),
                Optional.of(URI.create("http://127.0.0.1:" + adminPort)),
                0,
                Duration.ofMillis(250),
                Map.of("aggregator", pid));
    }

    private LoadReport run(LoadPlan plan) {
        try {
            return new LoadRun(plan, new PrintStream(progress, true, StandardCharsets.UTF_8)).run();
        } catch (InterruptedException | SQLException e) {
            throw new IllegalStateException(progress.toString(StandardCharsets.UTF_8), e);
        }
    }

    @Test
    void everySampleIsStoredOnceAsItWasSent() throws Exception {
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            LoadReport report = run(plan(40, Duration.ofSeconds(5), aggregator.pid()));
            assertThat(report.finding()).as(report.text()).isNull();
            assertThat(report.acknowledged()).isEqualTo(40 * 20);
            assertThat(report.rowsStored()).isEqualTo(40 * 20);
            assertThat(report.lost()).isZero();
            assertThat(report.duplicates()).isZero();
            assertThat(report.different()).isZero();
            assertThat(report.unexpected()).isZero();
            assertThat(report.commitMillis().p99()).isPositive();
            assertThat(report.cpuSeconds().get("aggregator")).isPositive();
        }
    }

    @Test
    void nothingAcknowledgedIsLostOrStoredTwiceWhenTheAggregatorIsKilled() throws Exception {
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            LoadPlan plan = plan(20, Duration.ofSeconds(8), aggregator.pid());
            CompletableFuture<LoadReport> running = CompletableFuture.supplyAsync(() -> run(plan));
            Awaitility.await("rows are stored")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> rows("select count(*) from host_sample") > 200);
            aggregator.kill9();
            aggregator.start();
            LoadReport report = running.get(90, TimeUnit.SECONDS);
            assertThat(report.finding()).as(report.text()).isNull();
            assertThat(report.acknowledged()).as(report.text()).isEqualTo(20 * 32);
            assertThat(report.rowsStored()).isEqualTo(20 * 32);
            assertThat(report.lost()).isZero();
            assertThat(report.duplicates()).isZero();
            assertThat(report.reconnects()).isGreaterThanOrEqualTo(20);
            assertThat(report.sentBackfill()).isPositive();
        }
    }

    @Test
    void tellsWhatIsMissingOrNotAsSent() throws Exception {
        LoadPlan plan;
        Fleet fleet;
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            plan = plan(4, Duration.ofSeconds(2), aggregator.pid());
            fleet = new Fleet(plan);
            fleet.start();
            assertThat(fleet.await(30_000)).isTrue();
            fleet.stop();
        }
        List<DeliveryOracle.Obligation> obligations =
                fleet.agents().stream().map(SimulatedAgent::obligation).toList();
        assertThat(check(plan, obligations).isClean()).isTrue();

        change("delete from host_sample where sequence = 3 and machine_id = 1");
        change("update host_sample set threads = threads + 1 where sequence = 4 and machine_id = 2");
        change("insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                + " select machine_id, time + interval '7 ms', run_id, sequence, 250, true from host_sample"
                + " where sequence = 5 and machine_id = 3");
        change("insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late)"
                + " select machine_id, time + interval '7 ms', run_id, 999, 250, true from host_sample"
                + " where sequence = 5 and machine_id = 4");
        DeliveryOracle.Findings found = check(plan, obligations);
        assertThat(found.lost()).isEqualTo(1);
        assertThat(found.different()).isEqualTo(1);
        assertThat(found.duplicates()).isEqualTo(1);
        assertThat(found.notIssued()).isEqualTo(1);
        assertThat(found.example()).contains("machine=load-7-", "sequence=");
    }

    private static DeliveryOracle.Findings check(LoadPlan plan, List<DeliveryOracle.Obligation> obligations)
            throws SQLException {
        return new DeliveryOracle(250).check(plan.database().orElseThrow(), obligations);
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).as(sql).isEqualTo(1);
        }
    }

    private long rows(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
        }
    }
}

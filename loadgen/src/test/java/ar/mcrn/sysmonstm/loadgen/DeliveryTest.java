package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real aggregator and the real database: what the oracle says of them. */
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

    private Plans plan(int agents, Duration duration, long pid) {
        return Plans.of(grpcPort, agents, duration).database(database).admin(adminPort, pid);
    }

    private LoadReport run(LoadPlan plan) {
        try {
            return new LoadRun(plan, new PrintStream(progress, true, StandardCharsets.UTF_8)).run();
        } catch (InterruptedException | SQLException | IOException e) {
            throw new IllegalStateException(progress.toString(StandardCharsets.UTF_8), e);
        }
    }

    @Test
    void everySampleIsStoredOnceAsItWasSent() throws Exception {
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            LoadReport report =
                    run(plan(40, Duration.ofSeconds(5), aggregator.pid()).plan());
            assertThat(report.finding()).as(report.text()).isNull();
            assertThat(report.acknowledged()).isEqualTo(40 * 20);
            assertThat(report.rowsStored()).isEqualTo(40 * 20);
            assertThat(report.lost()).isZero();
            assertThat(report.duplicates()).isZero();
            assertThat(report.different()).isZero();
            assertThat(report.unexpected()).isZero();
            assertThat(report.events())
                    .isEqualTo(40)
                    .isEqualTo(report.eventsAcknowledged())
                    .isEqualTo(report.eventRowsStored());
            assertThat(report.commitMillis().p99()).isPositive();
            assertThat(report.cpuSeconds().get("aggregator")).isPositive();
        }
    }

    @Test
    void theHighestLoadHeldIsBelowTheFirstThatIsNot() throws Exception {
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            LoadPlan plan = plan(8, Duration.ofSeconds(2), aggregator.pid()).plan();
            PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
            RateSearch.Found all =
                    new RateSearch(plan, Duration.ofMinutes(1), Duration.ofSeconds(1), 12, nowhere).run();
            assertThat(all.highestHeld()).as(all.text()).isEqualTo(12);
            assertThat(all.samplesPerSecond()).isEqualTo(12 * 4);
            assertThat(all.steps()).extracting(RateSearch.Step::agents).containsExactly(8, 12);
            RateSearch.Found none =
                    new RateSearch(plan, Duration.ofMillis(1), Duration.ofSeconds(1), 12, nowhere).run();
            assertThat(none.highestHeld()).isZero();
            assertThat(none.steps()).extracting(RateSearch.Step::why).containsExactly("committed too late");
            assertThat(none.json()).contains("\"highestHeld\" : 0");
        }
    }

    @Test
    void nothingAcknowledgedIsLostOrStoredTwiceWhenTheAggregatorIsKilled() throws Exception {
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            LoadPlan plan = plan(20, Duration.ofSeconds(20), aggregator.pid())
                    .drain(Duration.ofSeconds(120))
                    .atLeast(Map.of("reconnects", 20L))
                    .plan();
            CompletableFuture<LoadReport> running = CompletableFuture.supplyAsync(() -> run(plan));
            Awaitility.await("rows are stored")
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> rows("select count(*) from host_sample") > 200);
            aggregator.kill9();
            aggregator.start();
            LoadReport report = running.get(180, TimeUnit.SECONDS);
            assertThat(report.finding()).as(report.text()).isNull();
            assertThat(report.acknowledged()).as(report.text()).isEqualTo(20 * 80);
            assertThat(report.rowsStored()).isEqualTo(20 * 80);
            assertThat(report.lost()).isZero();
            assertThat(report.duplicates()).isZero();
            assertThat(report.reconnects()).isGreaterThanOrEqualTo(20);
            assertThat(report.sentBackfill()).isPositive();
        }
    }

    @Test
    void agentsThatDieSendCopiesAndComeBackLateLoseNothing() throws Exception {
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            LoadReport report = run(plan(12, Duration.ofSeconds(10), aggregator.pid())
                    .behaviour(new AgentBehaviour(2, 3, 6, Duration.ofSeconds(20), Duration.ofMinutes(2), 0.5))
                    .atLeast(Map.of("restarts", 3L, "resent", 500L))
                    .plan());
            assertThat(report.finding()).as(report.text()).isNull();
            assertThat(report.acknowledged()).as(report.text()).isEqualTo(report.issued());
            assertThat(report.rowsStored()).isEqualTo(report.issued());
            assertThat(report.deviceRowsStored()).isPositive();
        }
    }

    @Test
    void reportsWhatTheDatabaseSpendsOnASample() throws Exception {
        try (AggregatorProcess aggregator = new AggregatorProcess(grpcPort, adminPort, database)) {
            LoadReport report =
                    run(plan(40, Duration.ofSeconds(8), aggregator.pid()).plan());
            DatabaseFigures figures = report.databaseFigures();
            assertThat(figures).as(report.text()).isNotNull();
            assertThat(figures.samples()).isPositive();
            assertThat(figures.cpuMicrosPerSample()).isPositive();
            assertThat(figures.walBytesPerSample()).isPositive();
            assertThat(figures.rawBytesPerSample()).isNotNegative();
            assertThat(figures.tableBytes()).containsKeys("host_sample", "host_minute");
            assertThat(report.text()).contains("database, per sample");
            assertThat(report.steady().samples()).isBetween(40L, report.issued());
            assertThat(report.steady().cpuMicrosPerSample()).containsKeys("aggregator", "loadgen");
            assertThat(report.steady().ackMillis().count()).isPositive();
            // Without Redis nothing is encoded for the live view.
            assertThat(report.steady().stageMillis()).containsOnlyKeys("sampledToReceived", "receivedToHandled");
            assertThat(report.steady().stageMillis().get("receivedToHandled").count())
                    .isBetween(40L, report.issued());
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

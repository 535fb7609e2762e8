package ar.mcrn.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.api.testing.ApiFixture;
import ar.mcrn.sysmonstm.api.testing.Machine;
import ar.mcrn.sysmonstm.api.testing.Viewer;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The api over a real PostgreSQL that is killed and comes back. */
class RealServicesTest {

    @Test
    void historyAndAlertsFollowTheDatabaseWhileLiveGoesOn() throws Exception {
        try (PostgresFixture postgres = PostgresFixture.start();
                ApiFixture api = new ApiFixture(postgres.url(), Optional.empty())) {
            await().untilAsserted(() -> assertThat(detail(api)).contains("schema is not there yet"));
            Machine web = new Machine("web-1");
            long now = System.currentTimeMillis();
            try (HistoryTestRig rig = HistoryTestRig.start(postgres.dataSource())) {
                rig.live(
                        HistoryTestRig.inventory("web-1", web.inventory()),
                        web.sample(now - 5_000, 4_200).getSample());
                rig.awaitSettled();
            }
            alert(postgres);
            api.hot().tick(web.first(now, 100));
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(detail(api)).isEmpty());

            String path = "/api/machines/web-1/history?metrics=system.cpu.utilization&from=now-30s&points=600";
            JsonNode history = api.json(path);
            assertThat(history.path("tier").asText()).isEqualTo("raw");
            assertThat(history.path("series").path(0).path("avg").toString())
                    .contains("0.42")
                    .contains("null");
            HttpResponse<String> csv = api.get(path, "Accept", "text/csv");
            assertThat(csv.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
            assertThat(api.get(path + "&format=csv").body()).isEqualTo(csv.body());
            assertThat(csv.body().lines().findFirst())
                    .hasValue("time,\"system.cpu.utilization min\",\"system.cpu.utilization avg\","
                            + "\"system.cpu.utilization max\"");
            assertThat(csv.body()).contains(",0.42,0.42,0.42");
            assertThat(api.json("/api/alerts?state=resolved")
                            .path("alerts")
                            .path(0)
                            .path("id")
                            .asText())
                    .isEqualTo("r1");
            assertThat(api.json("/api/alerts").path("alerts").size()).isEqualTo(2);

            awaitAlert(api);
            postgres.kill9();
            assertThat(api.get(path).statusCode()).isEqualTo(503);
            assertThat(api.get("/api/machines/web-1").statusCode()).isEqualTo(200);
            assertThat(api.json("/api/alerts").path("alerts").size()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(detail(api)).isNotEmpty());

            postgres.restart();
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(api.get(path).statusCode()).isEqualTo(200));
        }
    }

    /** Until the open alert is known without the database too. */
    private static void awaitAlert(ApiFixture api) throws InterruptedException {
        try (Viewer viewer = api.viewer().send("{\"type\":\"subscribe\",\"view\":\"fleet\"}")) {
            JsonNode alerts = viewer.next("snapshot").path("alerts");
            if (alerts.isEmpty()) {
                viewer.next("alert");
            }
        }
    }

    private static String detail(ApiFixture api) {
        return api.readiness().dependency("database", false).status().detail();
    }

    private static void alert(PostgresFixture postgres) throws Exception {
        try (Connection connection = postgres.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    insert into alert_episode (id, rule, machine, series, state, severity, message, started_at, fired_at,
                                               resolved_at, value, threshold, reason)
                    values ('f1', 'cpu', 'web-1', 'system.cpu.utilization', 'firing', 'warning', 'busy', now(), now(),
                            null, 0.95, 0.9, 'heldLongEnough'),
                           ('r1', 'cpu', 'web-1', 'system.cpu.utilization', 'resolved', 'warning', 'was busy',
                            now() - interval '2 h', now() - interval '2 h', now() - interval '1 h', 0.5, 0.9, 'belowClear'),
                           ('old', 'cpu', 'web-1', 'system.cpu.utilization', 'resolved', 'warning', 'was busy',
                            now() - interval '3 d', now() - interval '3 d', now() - interval '2 d', 0.5, 0.9, 'belowClear')
                    """);
        }
    }
}

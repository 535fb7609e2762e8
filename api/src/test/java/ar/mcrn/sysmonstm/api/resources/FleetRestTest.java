package ar.mcrn.sysmonstm.api.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.api.testing.ApiFixture;
import ar.mcrn.sysmonstm.api.testing.Machine;
import ar.mcrn.sysmonstm.api.testing.TieredHistory;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Coverage, questions about the fleet and removal over HTTP, on rows of two hours of three machines. */
class FleetRestTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");
    private static final String RANGE = "&from=2026-03-01T10:00:00Z&to=2026-03-01T12:00:00Z";

    private static TieredHistory database;
    private static ApiFixture api;

    @BeforeAll
    static void start() throws Exception {
        database = new TieredHistory(PostgresFixture.start());
        // Machine k: CPU k x 10 %, k x 1,000 bytes each 10 s; an interface with half of that, and one with a quarter.
        database.execute("""
                insert into machine (name, first_seen) values
                    ('web-1', timestamptz '%1$s'), ('web-2', timestamptz '%1$s'), ('db-1', timestamptz '%1$s');
                insert into run (machine_id, run) values (1, 10), (2, 11), (3, 12);
                insert into device (machine_id, kind, name)
                select machine_id, 'interface', name from generate_series(1, 3) as machine_id, unnest(array['eth0', 'eth1']) as name;
                insert into machine_event (machine_id, run_id, event_sequence, kind, time, first_sequence, last_sequence, detail)
                values (1, 1, 1, 'sample_lost', timestamptz '%1$s' + interval '20 minutes', 100, 109, 'too old');
                insert into host_sample (machine_id, time, run_id, sequence, duration_millis, late, cpu_total,
                                         network_transmit_bytes)
                select machine_id, timestamptz '%1$s' + i * interval '10 seconds' - interval '1 second', machine_id, i, 10000,
                       false, machine_id * 1000, machine_id * 1000
                  from generate_series(1, 3) as machine_id, generate_series(1, 720) as i
                 where machine_id <> 1 or i not between 100 and 109;
                insert into nic_sample (machine_id, device_id, time, duration_millis, transmit_bytes)
                select machine_id, device_id, timestamptz '%1$s' + i * interval '10 seconds' - interval '1 second', 10000,
                       case name when 'eth0' then 500 else 250 end * machine_id
                  from device, generate_series(1, 720) as i;
                """.formatted(BEGIN));
        database.rollUpEverything();
        database.mark(BEGIN.plusSeconds(5_400), BEGIN.plusSeconds(3_600));
        api = new ApiFixture(database.url(), Optional.empty());
        api.hot().tick(new Machine("web-1").first(System.currentTimeMillis(), 1_000));
        await().until(() -> api.json("/api/machines").path("total").asInt() == 1);
    }

    @AfterAll
    static void stop() {
        api.close();
        database.close();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void golden(String path, String json) throws Exception {
        HttpResponse<String> answer = api.get(path);
        assertThat(answer.body()).as(path).isEqualTo(json);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void tellsCoverage() throws Exception {
        golden(
                "/api/machines/web-1/coverage?" + RANGE.substring(1),
                "{\"id\":\"web-1\",\"from\":1772359200000,\"to\":1772366400000,\"spanMillis\":7200000,"
                        + "\"coveredMillis\":7100000,\"stored\":710,\"issued\":720,\"missing\":10,"
                        + "\"runs\":[{\"run\":\"a\",\"first\":1,\"last\":720,\"stored\":710,\"missing\":10,"
                        + "\"from\":1772359200000,\"to\":1772366399000}],"
                        + "\"events\":[{\"kind\":\"sample_lost\",\"time\":1772360400000,\"run\":\"a\","
                        + "\"firstSequence\":100,\"lastSequence\":109,\"detail\":\"too old\"}]}");
    }

    @Test
    void showsOneMetricOfManyMachines() throws Exception {
        golden(
                "/api/fleet/history?metric=system.cpu.utilization&points=3&machines=web-*" + RANGE,
                "{\"metric\":\"system.cpu.utilization\",\"unit\":\"1\",\"from\":1772359200000,\"to\":1772366400000,"
                        + "\"stepMillis\":3600000,\"tier\":\"1h\",\"times\":[1772359200000,1772362800000],\"series\":["
                        + "{\"id\":\"web-1\",\"key\":\"system.cpu.utilization\",\"min\":[0.1,0.1],\"avg\":[0.1,0.1],"
                        + "\"max\":[0.1,0.1]},{\"id\":\"web-2\",\"key\":\"system.cpu.utilization\",\"min\":[0.2,0.2],"
                        + "\"avg\":[0.2,0.2],\"max\":[0.2,0.2]}]}");
        JsonNode short60 = api.json("/api/fleet/history?metric=system.cpu.utilization&points=2000"
                + "&from=2026-03-01T11:00:00Z&to=2026-03-01T11:10:00Z");
        assertThat(short60.path("stepMillis").asLong()).isEqualTo(10_000);
    }

    /** A file system is looked at every minute: steps of 10 s between two looks are no gap. */
    @Test
    void rowsOfAMinuteFillTheStepsTheyCover() throws Exception {
        database.execute("""
                insert into device (machine_id, kind, name) values (2, 'filesystem', '/');
                insert into fs_sample (machine_id, device_id, time, duration_millis, utilization)
                select 2, device_id, timestamptz '%s' + i * interval '1 minute' + interval '55 seconds', 60000, 5000
                  from device, generate_series(100, 110) as i where kind = 'filesystem' and i <> 105;
                """.formatted(BEGIN));
        JsonNode answer =
                api.json("/api/fleet/history?points=2000&from=2026-03-01T11:45:00Z&to=2026-03-01T11:48:00Z&metric="
                        + encoded("system.filesystem.utilization{mountpoint=/}"));
        assertThat(answer.path("stepMillis").asLong()).isEqualTo(10_000);
        StringBuilder seen = new StringBuilder();
        answer.path("series").path(0).path("avg").forEach(value -> seen.append(value.isNull() ? '-' : 'x'));
        assertThat(seen.toString()).isEqualTo("------" + "xxxxxx" + "xxxxxx");
    }

    @Test
    void aDeviceRowOfNoDurationHasNoRateAndTakesNoOtherAway() throws Exception {
        database.execute("""
                insert into nic_sample (machine_id, device_id, time, duration_millis, transmit_bytes)
                select 3, min(device_id), timestamptz '%s' + interval '7195 seconds', 0, 5
                  from device where machine_id = 3 and kind = 'interface';
                """.formatted(BEGIN));
        try {
            String key = encoded("system.network.io{direction=transmit,interface=eth*}");
            for (int points : new int[] {180, 12}) {
                JsonNode answer = api.json("/api/machines/db-1/history?points=" + points
                        + "&from=2026-03-01T11:57:00Z&to=2026-03-01T12:00:00Z&metrics=" + key);
                assertThat(answer.path("tier").asText()).isEqualTo("raw");
                assertThat(answer.path("series").path(0).path("max"))
                        .isNotEmpty()
                        .allMatch(value -> value.isNull() || value.asDouble() == 150);
            }
            assertThat(api.get("/api/fleet/top?metric=" + key + RANGE).statusCode())
                    .isEqualTo(200);
        } finally {
            database.execute("delete from nic_sample where duration_millis = 0");
        }
    }

    @Test
    void ranksMachinesAndDevices() throws Exception {
        golden(
                "/api/fleet/top?metric=system.network.io%7Bdirection=transmit%7D&n=2&from=2026-03-01T10:00:05Z"
                        + "&to=2026-03-01T11:59:55Z",
                "{\"metric\":\"system.network.io{direction=transmit}\",\"unit\":\"By/s\",\"from\":1772359205000,"
                        + "\"to\":1772366395000,\"by\":\"avg\",\"order\":\"desc\",\"spanMillis\":7190000,\"machines\":["
                        + "{\"id\":\"db-1\",\"key\":\"system.network.io{direction=transmit}\",\"value\":300,\"min\":300,"
                        + "\"avg\":300,\"max\":300,\"coveredMillis\":7190000},"
                        + "{\"id\":\"web-2\",\"key\":\"system.network.io{direction=transmit}\",\"value\":200,\"min\":200,"
                        + "\"avg\":200,\"max\":200,\"coveredMillis\":7190000}]}");
        JsonNode devices = api.json("/api/fleet/top?order=asc&by=max&n=3&metric="
                + encoded("system.network.io{direction=transmit,interface=eth*}") + RANGE);
        assertThat(devices.path("machines").findValuesAsText("key"))
                .containsExactly(
                        "system.network.io{direction=transmit,interface=eth1}",
                        "system.network.io{direction=transmit,interface=eth0}",
                        "system.network.io{direction=transmit,interface=eth1}");
    }

    @Test
    void sumsUpCounters() throws Exception {
        golden(
                "/api/fleet/totals?metric=system.network.io%7Bdirection=transmit%7D&machines=*-1" + RANGE,
                "{\"metric\":\"system.network.io{direction=transmit}\",\"unit\":\"By\",\"from\":1772359200000,"
                        + "\"to\":1772366400000,\"spanMillis\":7200000,\"total\":2870000,\"coveredMillis\":14300000,"
                        + "\"machines\":[{\"id\":\"db-1\",\"total\":2160000,\"coveredMillis\":7200000},"
                        + "{\"id\":\"web-1\",\"total\":710000,\"coveredMillis\":7100000}]}");
        JsonNode devices = api.json("/api/machines/web-2/totals?metric="
                + encoded("system.network.io{direction=transmit,interface=*}") + RANGE);
        assertThat(devices.path("total").asLong()).isEqualTo(2 * 750 * 720);
        assertThat(devices.path("machines").path(0).path("coveredMillis").asLong())
                .isEqualTo(7_200_000);
        assertThat(api.json("/api/machines/web-2/totals?resetDay=5&metric="
                                + encoded("system.network.io{direction=transmit}"))
                        .path("unit")
                        .asText())
                .isEqualTo("By");
    }

    /** Sums are exact however the range cuts hours and minutes, and wherever tiers end. */
    @Test
    void sumsOfTiersAreThoseOfRawRows() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 25; i++) {
            long from = BEGIN.toEpochMilli() + random.nextInt(5_400_000);
            long to = from + 1 + random.nextInt(7_200_000);
            String path = "/api/fleet/totals?metric=" + encoded("system.network.io{direction=transmit}") + "&from="
                    + Instant.ofEpochMilli(from) + "&to=" + Instant.ofEpochMilli(to);
            database.mark(null, null);
            String raw = api.get(path).body();
            Instant minutes = BEGIN.plusSeconds(60L * random.nextInt(120));
            database.mark(minutes, minutes.minusSeconds(60L * random.nextInt(120)));
            assertThat(api.get(path).body())
                    .as("seed=%d, path=%s, minutes=%s", seed, path, minutes)
                    .isEqualTo(raw);
        }
        database.mark(BEGIN.plusSeconds(5_400), BEGIN.plusSeconds(3_600));
    }

    @Test
    void refusesBadInputNamingIt() throws Exception {
        refused("/api/fleet/top", "metric is missing");
        refused("/api/fleet/top?metric=system.nonsense", "metric=system.nonsense: no such metric");
        refused("/api/fleet/top?metric=" + encoded("'; drop table machine; --"), "metric='; drop table machine; --");
        refused("/api/fleet/top?metric=system.network.io%7Bdirection=*%7D", "names 2 metrics");
        refused("/api/fleet/top?metric=" + encoded("system.cpu.utilization{logical_number=0}"), "not of cores");
        refused("/api/fleet/top?metric=system.cpu.utilization&by=luck", "by=luck, allowed: avg, max, min");
        refused("/api/fleet/top?metric=system.cpu.utilization&order=up", "order=up, allowed: desc, asc");
        refused("/api/fleet/top?metric=system.cpu.utilization&n=0", "n=0, allowed: 1 to 1000");
        refused("/api/fleet/history?metric=system.cpu.utilization&points=2001", "points=2001, allowed: 1 to 2000");
        refused("/api/fleet/history?metric=system.cpu.utilization&from=now&to=now-1h", "is not before");
        refused("/api/fleet/history?metric=system.cpu.utilization&from=now-400w", "at most 5 years");
        refused("/api/fleet/history?metric=system.cpu.utilization&machines=" + "*a".repeat(200), "machines has more");
        refused("/api/fleet/totals?metric=system.cpu.utilization", "is no counter");
        refused("/api/fleet/totals?metric=x&resetDay=0", "resetDay=0, allowed: 1 to 31");
        refused("/api/machines/web-1/totals?metric=x&zone=Nowhere", "zone=Nowhere");
        refused("/api/machines/web-1/coverage?from=soon", "from=soon");
        assertThat(api.json("/api/fleet/top?metric=system.cpu.utilization&machines=" + encoded("' or true --") + RANGE)
                        .path("machines"))
                .isEmpty();
        assertThat(api.get("/api/machines/nobody/coverage").statusCode()).isEqualTo(404);
        // 5 years as fine as can be asked: capped by points
        assertThat(api.json("/api/machines/web-1/history?points=2000&from=now-260w")
                        .path("times")
                        .size())
                .isLessThanOrEqualTo(2_001);
    }

    private static void refused(String path, String detail) throws IOException, InterruptedException {
        HttpResponse<String> answer = api.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(400);
        assertThat(new ObjectMapper().readTree(answer.body()).path("detail").asText())
                .contains(detail);
    }

    @Test
    void removesAMachineWhenAskedByNoForeignPage() throws Exception {
        String own = "http://127.0.0.1:" + api.port();
        assertThat(delete("web-1", "Origin", "http://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(delete("web-1", "Origin", "null").statusCode()).isEqualTo(403);
        assertThat(delete("web-1", "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
        assertThat(api.json("/api/machines/web-1").path("state").asText()).isNotEqualTo("removing");
        assertThat(delete("nobody", "Accept", "*/*").statusCode()).isEqualTo(404);
        HttpResponse<String> answer = delete("web-1", "Origin", own);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("{\"id\":\"web-1\",\"state\":\"removing\"}");
        assertThat(api.json("/api/machines")
                        .path("machines")
                        .path(0)
                        .path("state")
                        .asText())
                .isEqualTo("removing");
        assertThat(api.json("/api/machines?sort=state&order=desc")
                        .path("machines")
                        .path(0)
                        .path("id")
                        .asText())
                .isEqualTo("web-1");
        assertThat(api.json("/api/machines?state=removing").path("total").asInt())
                .isEqualTo(1);
        assertThat(api.json("/api/machines?state=up").path("total").asInt()).isZero();
        assertThat(delete("web-1", "Accept", "*/*").statusCode()).isEqualTo(202);
        // as the aggregator does when it is done
        database.execute("delete from machine_removal");
        await().until(() ->
                !api.json("/api/machines/web-1").path("state").asText().equals("removing"));
    }

    private static HttpResponse<String> delete(String machine, String header, String value) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + "/api/machines/" + machine))
                            .DELETE()
                            .header(header, value)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}

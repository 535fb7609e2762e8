package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.aggregator.history.HistoryTestRig;
import ar.mcrn.sysmonstm.api.ApiApplication;
import ar.mcrn.sysmonstm.api.ApiConfiguration;
import ar.mcrn.sysmonstm.api.core.HistoryQuery;
import ar.mcrn.sysmonstm.api.core.TimeRange;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.api.db.FleetReads;
import ar.mcrn.sysmonstm.api.db.HistoryReads;
import ar.mcrn.sysmonstm.api.db.Reads;
import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.service.ConfigurationReader;
import ar.mcrn.sysmonstm.ops.runtime.service.RunningService;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceOptions;
import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;
import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What a question about history costs at the api's door: one client asks a real api over loopback, which asks a real
 * PostgreSQL, one question after the other, on warm caches. Times are from the request to the last byte of the answer.
 */
final class HistoryBench {
    /** So many that the api's code is compiled; questions about the fleet cost the database alone. */
    private static final int WARM_UP = 500;

    private static final int FLEET_WARM_UP = 5;
    /** Three series of one chart. */
    private static final String CHART =
            "&metrics=system.cpu.load_average.1m,system.cpu.load_average.5m,system.cpu.load_average.15m";

    private final String mode;
    private final int machines;
    private final int days;
    private final int repetitions;
    private final Path plans;

    /**
     * @param mode plain or timescale: which server is started
     * @param days how many days of all machines there are, 1 to 7; the questions are about the last
     * @param plans where the plans go that PostgreSQL chose, with what they read
     */
    HistoryBench(String mode, int machines, int days, int repetitions, Path plans) {
        this.mode = mode;
        this.machines = machines;
        this.days = days;
        this.repetitions = repetitions;
        this.plans = plans;
    }

    /** Runs on a database of its own, which is gone afterwards. */
    void runAlone() throws Exception {
        try (PostgresFixture postgres =
                mode.equals("timescale") ? PostgresFixture.startTimescale() : PostgresFixture.start()) {
            HistoryTestRig.start(postgres.dataSource()).close();
            run(postgres.dataSource(), postgres.url());
        }
    }

    /** Runs on a database that may be filled: an empty one, or one filled so before. */
    void run(String url) throws Exception {
        DatabaseUrl known = DatabaseUrl.parse(url);
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(known.jdbc());
        source.setUser(known.user().isEmpty() ? null : known.user());
        source.setPassword(known.password().reveal());
        HistoryTestRig.start(source).close();
        run(source, url);
    }

    private void run(DataSource source, String url) throws Exception {
        HistoryRows rows = new HistoryRows(source, machines, days);
        if (!rows.isEmpty()) {
            throw new IllegalArgumentException("database holds machines already; the bench fills an empty one");
        }
        rows.fill();
        System.out.printf(
                Locale.ROOT,
                "mode %s, %d machines, %d days, %d repetitions%n",
                rows.mode(),
                machines,
                days,
                repetitions);
        for (String table : new String[] {"host_sample", "host_minute", "host_hour"}) {
            System.out.printf(Locale.ROOT, "%-28s %10.1f MB%n", table, rows.bytes(table) / 1e6);
        }
        if (plans != null) {
            explain(source, rows.end());
        }
        ServiceOptions options = new ServiceOptions();
        ApiConfiguration configuration = new ConfigurationReader(
                        new EnvironmentVariables(Map.of(
                                "TIMESCALE_URL", url,
                                "API_HTTP_PORT", "0",
                                "API_ADMIN_PORT", "0",
                                "REDIS_URL", "redis://127.0.0.1:1",
                                "LOG_LEVEL", "ERROR")),
                        Validators.newValidator())
                .read(ApiConfiguration.class, "api.yaml", options);
        try (RunningService api = RunningService.start(new ApiApplication(), configuration);
                HttpClient client = HttpClient.newHttpClient()) {
            System.out.printf(
                    Locale.ROOT, "%-28s %8s %8s %8s %9s%n", "question", "p50 ms", "p99 ms", "max ms", "bytes");
            for (Map.Entry<String, String> question : questions(rows.end()).entrySet()) {
                measure(client, api.httpPort(), question.getKey(), question.getValue());
            }
        }
    }

    private static Map<String, String> questions(Instant end) {
        Map<String, String> questions = new LinkedHashMap<>();
        String one = "/api/machines/bench-1/history?to=" + end + "&from=";
        Map<String, String> spans = new LinkedHashMap<>();
        spans.put("1 h raw", one + end.minus(Duration.ofHours(1)) + "&points=2000");
        spans.put("24 h by minute", one + end.minus(Duration.ofHours(24)) + "&points=2000");
        spans.put("30 d by hour", one + end.minus(Duration.ofDays(30)) + "&points=800");
        spans.forEach((name, path) -> questions.put("12 series, " + name, path));
        spans.forEach((name, path) -> questions.put("a chart, " + name, path + CHART));
        String day = "&to=" + end + "&from=" + end.minus(Duration.ofHours(24));
        questions.put("top 10, 24 h, gauge", "/api/fleet/top?metric=system.cpu.utilization" + day);
        questions.put("top 10, 24 h, counter", "/api/fleet/top?metric=system.network.io%7Bdirection=transmit%7D" + day);
        questions.put("fleet 24 h, 200 values", "/api/fleet/history?metric=system.cpu.utilization&points=200" + day);
        questions.put("totals of 24 h", "/api/fleet/totals?metric=system.network.io%7Bdirection=transmit%7D" + day);
        questions.put(
                "totals of 30 d, 1 machine",
                "/api/machines/bench-1/totals?metric=system.network.io%7Bdirection=transmit%7D&to=" + end + "&from="
                        + end.minus(Duration.ofDays(30)));
        return questions;
    }

    private void measure(HttpClient client, int port, String name, String path)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        boolean ofFleet = path.startsWith("/api/fleet/");
        int warmUp = ofFleet ? FLEET_WARM_UP : WARM_UP;
        int measured = ofFleet ? Math.ceilDiv(repetitions, 5) : repetitions;
        Histogram times = new Histogram(3);
        int bytes = 0;
        for (int i = -warmUp; i < measured; i++) {
            long begun = System.nanoTime();
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            long nanos = System.nanoTime() - begun;
            bytes = answer.body().length;
            if (answer.statusCode() != 200) {
                System.out.printf(Locale.ROOT, "%-28s status %d%n", name, answer.statusCode());
                return;
            }
            if (i >= 0) {
                times.recordValue(nanos / 1_000);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-28s %8.1f %8.1f %8.1f %9d%n",
                name,
                times.getValueAtPercentile(50) / 1e3,
                times.getValueAtPercentile(99) / 1e3,
                times.getMaxValue() / 1e3,
                bytes);
    }

    /** What the api's questions do in the database, one after the other. */
    private void explain(DataSource source, Instant end) {
        QueryPlans written = new QueryPlans(plans);
        Reads reads = new Reads(written.of(source));
        HistoryReads history = new HistoryReads(reads);
        List<String> metrics =
                List.of("system.cpu.utilization", "system.memory.utilization", "system.network.io{direction=receive}");
        for (Duration span : List.of(Duration.ofHours(1), Duration.ofHours(24), Duration.ofDays(30))) {
            written.title("one machine, " + span);
            history.read(
                    new HistoryQuery("bench-1", metrics, end.minus(span), end, span.toDays() > 1 ? 800 : 2_000), end);
        }
        written.title("top 10 of 24 h");
        new FleetReads(reads, Visibility.EVERYTHING)
                .top(
                        "system.cpu.utilization",
                        new TimeRange(end.minus(Duration.ofHours(24)), end),
                        10,
                        "avg",
                        "desc",
                        new Glob("*"),
                        end);
    }
}

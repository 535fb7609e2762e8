package ar.mcrn.sysmonstm.api.testing;

import ar.mcrn.sysmonstm.alerts.rules.StockRules;
import ar.mcrn.sysmonstm.api.ApiAssembly;
import ar.mcrn.sysmonstm.api.ApiSettings;
import ar.mcrn.sysmonstm.api.edge.EdgeSettings;
import ar.mcrn.sysmonstm.ops.runtime.database.Database;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceContext;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The api on real Jetty, over a hot state that a test holds and a database that may be nowhere. */
public final class ApiFixture implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FakeHotState hot = new FakeHotState();
    private final Readiness readiness = new Readiness();
    private final Telemetry telemetry = new Telemetry("api");
    private final Database database;
    private final HttpClient http = HttpClient.newHttpClient();
    private final DropwizardTestSupport<Configuration> support;

    /** Starts an api whose database is at an address; nothing listens at port 1. */
    public ApiFixture(String databaseUrl, Optional<EdgeSettings> edge) throws Exception {
        database = new Database(DatabaseUrl.parse(databaseUrl), "api-test", 4);
        App app = new App(this, edge);
        support = new DropwizardTestSupport<>(App.class, (String) null, ConfigOverride.randomPorts()) {
            @Override
            public Application<Configuration> newApplication() {
                return app;
            }
        };
        support.before();
    }

    /** Starts an api whose database is away. */
    public static ApiFixture withoutDatabase() throws Exception {
        return new ApiFixture("postgresql://nobody:none@127.0.0.1:1/none", Optional.empty());
    }

    /** The hot state and bus it follows. */
    public FakeHotState hot() {
        return hot;
    }

    /** What it reports. */
    public Readiness readiness() {
        return readiness;
    }

    /** Its metrics as text. */
    public String metrics() {
        return telemetry.text();
    }

    /** Port of its HTTP door. */
    public int port() {
        return support.getLocalPort();
    }

    /** An answer to GET. */
    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The JSON at a path. */
    public JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(get(path).body());
    }

    /** A WebSocket client that reads what comes. */
    public Viewer viewer() {
        return new Viewer(http, URI.create("ws://127.0.0.1:" + port() + "/ws"));
    }

    @Override
    public void close() {
        http.shutdownNow();
        support.after();
        database.close();
    }

    /** The api alone in a process. */
    public static final class App extends Application<Configuration> {
        private final ApiFixture fixture;
        private final Optional<EdgeSettings> edge;

        private App(ApiFixture fixture, Optional<EdgeSettings> edge) {
            this.fixture = fixture;
            this.edge = edge;
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            ApiSettings settings = new ApiSettings(
                    100, 0, Duration.ofMillis(20), Set.of(), Set.of("127.0.0.1"), StockRules.RULES, true, edge);
            ApiAssembly.assemble(
                    settings,
                    new ServiceContext(
                            environment,
                            fixture.telemetry,
                            fixture.readiness,
                            fixture.hot,
                            fixture.hot,
                            fixture.database));
        }
    }
}

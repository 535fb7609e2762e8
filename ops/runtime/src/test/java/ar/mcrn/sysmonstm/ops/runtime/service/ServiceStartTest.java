package ar.mcrn.sysmonstm.ops.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.lifecycle.Managed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceStartTest {
    @TempDir
    Path folder;

    /** As any service has it. */
    public static final class Trial extends ServiceConfiguration {
        @JsonProperty
        private Duration pause = Duration.ZERO;
    }

    private static final class TrialApplication extends Application<Trial> {
        private final Readiness readiness = new Readiness();
        private final Dependency ring = readiness.dependency("ring", true);
        private Callable<?> whileStopping = () -> "";

        @Override
        public void run(Trial configuration, Environment environment) {
            SeparateProcess.serve(environment, new Telemetry("trial"), readiness);
            environment.lifecycle().manage(new Managed() {
                @Override
                public void stop() throws Exception {
                    whileStopping.call();
                }
            });
        }
    }

    private static Trial read(ServiceOptions options, String... environment) {
        Map<String, String> map = environment.length == 0 ? Map.of() : Map.of(environment[0], environment[1]);
        return new ConfigurationReader(new EnvironmentVariables(map), Validators.newValidator())
                .read(Trial.class, "trial.yaml", options);
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void servesHealthReadinessAndMetricsOnBothPorts() throws Exception {
        TrialApplication application = new TrialApplication();
        try (RunningService running = RunningService.start(application, read(new ServiceOptions()))) {
            for (int port : new int[] {running.httpPort(), running.adminPort()}) {
                assertThat(get(port, "/health").body()).isEqualTo("{\"status\":\"up\"}");
                assertThat(get(port, "/ready").statusCode()).isEqualTo(503);
            }
            application.ring.up();
            assertThat(get(running.httpPort(), "/ready").body())
                    .startsWith("{\"status\":\"ready\"")
                    .contains("\"name\":\"ring\",\"state\":\"up\"");
            assertThat(get(running.adminPort(), "/metrics").body()).contains("sysmonstm_process_threads{");
            assertThat(get(running.httpPort(), "/metrics").statusCode()).isEqualTo(404);
            assertThat(get(running.httpPort(), "/..%2fetc").body())
                    .startsWith("{")
                    .contains("\"status\":\"400\"")
                    .contains("Ambiguous URI");
        }
    }

    @Test
    void anAdminPortAloneSaysThatItStopsUntilAllElseHasEnded() throws Exception {
        ServiceOptions options = new ServiceOptions();
        options.config = Files.writeString(folder.resolve("admin.yaml"), "adminPort: 0\n");
        TrialApplication application = new TrialApplication();
        AtomicReference<HttpResponse<String>> said = new AtomicReference<>();
        try (RunningService running = RunningService.start(application, read(options))) {
            application.ring.up();
            int port = running.adminPort();
            application.whileStopping = () -> {
                said.set(get(port, "/ready"));
                return "";
            };
        }
        assertThat(said.get().statusCode()).isEqualTo(503);
        assertThat(said.get().body()).startsWith("{\"status\":\"unavailable\",\"stopping\":true");
    }

    @Test
    void aStopThatFailsIsSaidAndAllElseIsStopped() throws Exception {
        ServiceOptions options = new ServiceOptions();
        options.config = Files.writeString(folder.resolve("admin.yaml"), "adminPort: 0\n");
        TrialApplication application = new TrialApplication();
        application.whileStopping = () -> {
            throw new IllegalArgumentException("stuck");
        };
        RunningService running = RunningService.start(application, read(options));
        int port = running.adminPort();
        assertThatThrownBy(running::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stuck");
        assertThatThrownBy(() -> get(port, "/ready")).isInstanceOf(IOException.class);
    }

    @Test
    void saysInOneLineThatAPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServiceOptions options = new ServiceOptions();
            options.http = taken.getLocalPort();
            assertThatThrownBy(() -> RunningService.start(new TrialApplication(), read(options)))
                    .isInstanceOf(ConfigurationProblem.class)
                    .hasMessageContaining("httpPort=" + taken.getLocalPort())
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void optionsWinOverEnvironmentAndEnvironmentOverTheFile() {
        ServiceOptions options = new ServiceOptions();
        assertThat(read(options, "TRIAL_ADMIN_PORT", "9001").adminPort()).isEqualTo(9001);
        options.admin = 9002;
        assertThat(read(options, "TRIAL_ADMIN_PORT", "9001").adminPort()).isEqualTo(9002);
        assertThat(read(options, "TRIAL_PAUSE", "250ms").pause).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void namesKeyValueAndRangeOfWhatIsWrong() throws Exception {
        assertProblem("TRIAL_ADMIN_PORT=70000 must be less than or equal to 65535", "TRIAL_ADMIN_PORT", "70000");
        assertProblem("TRIAL_ADMIN_PORT=x", "TRIAL_ADMIN_PORT", "x");
        assertProblem("'soon' is not a duration", "TRIAL_PAUSE", "soon");
        assertProblem("REDIS_URL is not redis://host:port", "REDIS_URL", "http://cache");
        assertProblem("TRIAL_BIND=0.0.0.0 is reachable from outside", "TRIAL_BIND", "0.0.0.0");
        assertProblem("TRIAL_HTTP_PORT=-1 must be greater than or equal to 0", "TRIAL_HTTP_PORT", "-1");
        assertProblem("TRIAL_BIND=192.0.2.1 is not an address of this machine", "TRIAL_BIND", "192.0.2.1");
        ServiceOptions options = new ServiceOptions();
        options.http = 70_000;
        assertThatThrownBy(() -> read(options, "TRIAL_HTTP_PORT", "8000")).hasMessageStartingWith("--http=70000 must");
        options.http = null;
        options.config = Files.writeString(folder.resolve("numbers.yaml"), "adminPort: 70000\n");
        assertThatThrownBy(() -> read(options)).hasMessageContaining("numbers.yaml line 1: adminPort=70000 must");
        options.config = Files.writeString(folder.resolve("own.yaml"), "adminPort: 0\ncolour: red\n");
        assertThatThrownBy(() -> read(options))
                .hasMessageContaining("own.yaml line 2: colour is not a known key; known here: adminPort");
        options.config = Files.writeString(folder.resolve("server.yaml"), "server: {}\n");
        assertThatThrownBy(() -> read(options)).hasMessageContaining("server.yaml line 1: server is not a known key");
        options.config = Files.writeString(folder.resolve("broken.yaml"), "adminPort: [0\n");
        assertThatThrownBy(() -> read(options)).hasMessageContaining("broken.yaml line 1");
        options.config = folder.resolve("none.yaml");
        assertThatThrownBy(() -> read(options)).hasMessageContaining("none.yaml cannot be read");
        ServiceOptions open = new ServiceOptions();
        open.bind = "0.0.0.0";
        open.insecure = true;
        assertThat(read(open).bind()).isEqualTo("0.0.0.0");
    }

    private static void assertProblem(String message, String name, String value) {
        assertThatThrownBy(() -> read(new ServiceOptions(), name, value))
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}

package ar.mcrn.sysmonstm.alerts.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.service.ConfigurationReader;
import ar.mcrn.sysmonstm.ops.runtime.service.RunningService;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceOptions;
import io.dropwizard.jersey.validation.Validators;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertsApplicationTest {
    @Test
    void startsWithoutRedisAndDatabaseAndSaysSo() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        AlertsConfiguration configuration = configuration(Map.of(
                "ALERTS_ADMIN_PORT", "0",
                "REDIS_URL", "redis://127.0.0.1:" + nobody,
                "TIMESCALE_URL", "postgresql://nobody@127.0.0.1:" + nobody + "/none",
                "ALERT_WEBHOOK_URL", "http://127.0.0.1:" + nobody + "/hook"));
        RunningService service = RunningService.start(new AlertsApplication(), configuration);
        try (HttpClient client = HttpClient.newHttpClient()) {
            String admin = "http://127.0.0.1:" + service.adminPort();
            assertThat(get(client, admin + "/health").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = get(client, admin + "/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("\"redis\"", "\"database\"", "unavailable");
            assertThat(get(client, admin + "/metrics").body())
                    .contains("sysmonstm_alerts_transitions_total{service=\"alerts\"} 0.0")
                    .contains("sysmonstm_alerts_notifications_waiting{channel=\"webhook\",service=\"alerts\"} 0.0");
        } finally {
            long begun = System.nanoTime();
            service.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void aWebhookThatCannotBeUsedStopsTheStart() {
        AlertsConfiguration configuration = configuration(Map.of("ALERT_WEBHOOK_URL", "ftp://h/secret"));
        assertThatExceptionOfType(ConfigurationProblem.class)
                .isThrownBy(configuration::settings)
                .withMessage("ALERT_WEBHOOK_URL: scheme=ftp, allowed: http or https");
    }

    private static AlertsConfiguration configuration(Map<String, String> environment) {
        return new ConfigurationReader(new EnvironmentVariables(new HashMap<>(environment)), Validators.newValidator())
                .read(AlertsConfiguration.class, "alerts.yaml", new ServiceOptions());
    }

    private static HttpResponse<String> get(HttpClient client, String address) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
    }
}

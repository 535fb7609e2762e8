package ar.mcrn.sysmonstm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.api.edge.EdgeSettings;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.service.ConfigurationReader;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceOptions;
import io.dropwizard.jersey.validation.Validators;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiConfigurationTest {

    @Test
    void defaultsAreThoseOfTheReadme() {
        ApiConfiguration configuration = read(Map.of());
        assertThat(configuration.httpPort()).isEqualTo(8_000);
        assertThat(configuration.adminPort()).isEqualTo(8_001);
        ApiSettings settings = configuration.settings();
        assertThat(settings.maxSockets()).isEqualTo(10_000);
        assertThat(settings.maxSocketsPerAddress()).isEqualTo(50);
        assertThat(settings.frameGap()).isEqualTo(Duration.ofMillis(10));
        assertThat(settings.hosts()).contains("localhost", "127.0.0.1");
        assertThat(settings.origins()).isEmpty();
        assertThat(settings.rules().rules()).isNotEmpty();
        assertThat(settings.edge()).isEmpty();
    }

    @Test
    void readsTheEdgeAndTakesTheOriginalsPath() {
        EdgeSettings edge = read(Map.of(
                        "EDGE_URL",
                        "wss://edge.example/ws",
                        "EDGE_TOKEN",
                        "hush",
                        "EDGE_MACHINES",
                        "web-*, db",
                        "EDGE_DELAY",
                        "5s",
                        "EDGE_FIELDS",
                        "system.disk.io{direction=read};system.cpu.*"))
                .settings()
                .edge()
                .orElseThrow();
        assertThat(edge.url()).hasToString("wss://edge.example/feed");
        assertThat(edge.machines()).containsExactly("web-*", "db");
        assertThat(edge.fields()).containsExactly("system.disk.io{direction=read}", "system.cpu.*");
        assertThat(edge.delay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(edge.toString()).doesNotContain("hush");
    }

    @Test
    void beyondLoopbackEveryHostNameIsAnsweredAndAddressesAreNotCounted() {
        ApiSettings settings =
                read(Map.of("API_BIND", "0.0.0.0", "API_INSECURE", "true")).settings();
        assertThat(settings.hosts()).isEmpty();
        assertThat(settings.maxSocketsPerAddress()).isZero();
    }

    @Test
    void saysWhichValueIsWrong() {
        refused("EDGE_URL", "http://edge", "EDGE_URL is not ws://host:port");
        refused("API_FRAME_GAP", "5s", "API_FRAME_GAP=5s, allowed: 5ms to 1s");
        refused("API_MAX_SOCKETS", "0", "API_MAX_SOCKETS=0");
        refused("API_MAX_SOCKETS", "many", "API_MAX_SOCKETS");
        refused("API_HTTP_PORT", "-1", "API_HTTP_PORT=-1");
        refused("API_ORIGINS", "https://ok.example,status.example", "API_ORIGINS=status.example, allowed: origins");
        refused("API_HOSTS", "https://status.example", "API_HOSTS=https://status.example, allowed: names");
        refused("API_HOSTS", "10.0.0.1:8000", "API_HOSTS=10.0.0.1:8000, allowed: names");
        refused("API_HOSTS", "2001:db8::5", "API_HOSTS=2001:db8::5, allowed: names");
        refused("ALERT_RULES_FILE", "/nowhere/rules.yaml", "/nowhere/rules.yaml");
        refused("REDIS_URL", "http://x", "REDIS_URL");
    }

    @Test
    void doesNotShowAPasswordInAnAddress() {
        assertThatThrownBy(() -> read(Map.of("EDGE_URL", "http://u:hush@edge")).settings())
                .hasMessage("EDGE_URL is not ws://host:port or wss://host:port");
        assertThatThrownBy(() -> read(Map.of("EDGE_URL", "wss://u:hush@edge")).settings())
                .hasMessage("EDGE_URL must hold no user; the relay takes EDGE_TOKEN");
        assertThatThrownBy(() -> read(Map.of("EDGE_URL", "ws://u:hush@ed ge")).settings())
                .hasMessage("EDGE_URL is no URL: Illegal character in authority at 14");
    }

    private static void refused(String name, String value, String message) {
        assertThatThrownBy(() -> read(Map.of(name, value)).settings())
                .isInstanceOf(ConfigurationProblem.class)
                .hasMessageContaining(message);
    }

    private static ApiConfiguration read(Map<String, String> environment) {
        return new ConfigurationReader(new EnvironmentVariables(environment), Validators.newValidator())
                .read(ApiConfiguration.class, "api.yaml", new ServiceOptions());
    }
}

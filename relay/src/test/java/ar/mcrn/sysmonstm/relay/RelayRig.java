package ar.mcrn.sysmonstm.relay;

import ar.mcrn.sysmonstm.ops.runtime.configuration.EnvironmentVariables;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.service.ConfigurationReader;
import ar.mcrn.sysmonstm.ops.runtime.service.RunningService;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceOptions;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jersey.validation.Validators;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A relay on real sockets, and clients of it. */
final class RelayRig implements AutoCloseable {
    static final String TOKEN = "correct-horse";
    private static final ObjectMapper JSON = new ObjectMapper();

    final Telemetry telemetry;
    final Readiness readiness;
    final HttpClient client = HttpClient.newHttpClient();
    private final RunningService running;

    RelayRig(Map<String, String> environment) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.putIfAbsent("EDGE_TOKEN", TOKEN);
        all.put("RELAY_HTTP_PORT", "0");
        all.put("RELAY_ADMIN_PORT", "0");
        RelayConfiguration configuration = new ConfigurationReader(
                        new EnvironmentVariables(all), Validators.newValidator())
                .read(RelayConfiguration.class, "relay.yaml", new ServiceOptions());
        RelayApplication application = new RelayApplication();
        telemetry = application.telemetry();
        readiness = application.readiness();
        running = RunningService.start(application, configuration);
    }

    URI http(String path) {
        return URI.create("http://localhost:" + port() + path);
    }

    URI admin(String path) {
        return URI.create("http://localhost:" + running.adminPort() + path);
    }

    int port() {
        return running.httpPort();
    }

    WebSocket feed(String token, Heard heard) {
        return client.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://localhost:" + port() + "/feed"), heard)
                .join();
    }

    WebSocket viewer(Heard heard, String subscribe) {
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port() + "/ws"), heard)
                .join();
        socket.sendText(subscribe, true).join();
        return socket;
    }

    @Override
    public void close() {
        client.shutdownNow();
        running.close();
    }

    /** What one client heard. */
    static final class Heard implements WebSocket.Listener {
        final List<JsonNode> frames = new CopyOnWriteArrayList<>();
        final List<String> closed = new CopyOnWriteArrayList<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                frames.add(json(text.toString()));
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.add(status + " " + reason);
            return null;
        }

        List<JsonNode> ofType(String type) {
            return frames.stream()
                    .filter(frame -> frame.get("type").asText().equals(type))
                    .toList();
        }
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}

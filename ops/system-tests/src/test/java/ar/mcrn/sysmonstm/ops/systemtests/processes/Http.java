package ar.mcrn.sysmonstm.ops.systemtests.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Requests to services that run here. */
public final class Http implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** GET, whatever the status. */
    public HttpResponse<String> get(URI address, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** GET of JSON, whatever the status. */
    public JsonNode json(URI address) throws IOException, InterruptedException {
        return JSON.readTree(get(address).body());
    }

    /** The metrics of an admin port. */
    public Metrics metrics(URI admin) throws IOException, InterruptedException {
        return Metrics.parse(get(admin.resolve("/metrics")).body());
    }

    /** Name of the state that {@code /ready} tells of a dependency; {@code unknown} where it has none of the name. */
    public String dependency(URI port, String name) throws IOException, InterruptedException {
        for (JsonNode dependency : json(port.resolve("/ready")).path("dependencies")) {
            if (dependency.path("name").asText().equals(name)) {
                return dependency.path("state").asText();
            }
        }
        return "unknown";
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Receiver of notifications on a free loopback port: keeps what is posted and says 204. */
public final class WebhookSink implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> received = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    private WebhookSink(HttpServer server) {
        this.server = server;
    }

    /** Starts one. */
    public static WebhookSink start() throws IOException {
        WebhookSink sink =
                new WebhookSink(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        sink.server.createContext("/", sink::take);
        sink.server.start();
        return sink;
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            received.add(JSON.readTree(exchange.getRequestBody()));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    /** Where to post to. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    }

    /** All notifications so far of a kind and a rule. */
    public List<JsonNode> received(String kind, String rule) {
        return received.stream()
                .filter(body -> body.path("kind").asText().equals(kind))
                .filter(body -> body.path("rule").asText().equals(rule))
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

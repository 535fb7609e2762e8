package ar.mcrn.sysmonstm.alerts.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP receiver whose answers tests choose. Closing frees exchanges that hang. */
final class WebhookSink implements AutoCloseable {
    final List<Post> posts = new CopyOnWriteArrayList<>();
    volatile Answer answer = exchange -> exchange.sendResponseHeaders(204, -1);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    record Post(String body, String idempotencyKey, String contentType) {}

    interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    WebhookSink() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                posts.add(new Post(
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                        exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                        exchange.getRequestHeaders().getFirst("Content-Type")));
                answer.to(exchange);
            } catch (InterruptedException e) {
                throw new UncheckedIOException(new IOException(e));
            }
        });
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?key=secret");
    }

    /** Answers with a status and nothing more. */
    void status(int status) {
        answer = exchange -> exchange.sendResponseHeaders(status, -1);
    }

    /** Never answers while the sink lives. */
    void hang() {
        answer = exchange -> closing.await();
    }

    /** Sends headers, then nothing of the body that it promised. */
    void drip() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().flush();
            closing.await();
        };
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}

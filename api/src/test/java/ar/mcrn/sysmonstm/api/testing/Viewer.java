package ar.mcrn.sysmonstm.api.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the live feed that reads every frame. */
public final class Viewer implements WebSocket.Listener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WebSocket socket;
    private final StringBuilder text = new StringBuilder();
    private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final List<JsonNode> seen = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    Viewer(HttpClient client, URI address) {
        socket = client.newWebSocketBuilder().buildAsync(address, this).join();
    }

    /** Sends a message. */
    public Viewer send(String message) {
        socket.sendText(message, true).join();
        return this;
    }

    /** The next frame of a type, within 5 s; others are passed over. */
    public JsonNode next(String type) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (true) {
            JsonNode frame = frames.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (frame == null) {
                throw new AssertionError("no frame of type " + type + " within 5 s; seen: " + seen);
            }
            if (frame.path("type").asText().equals(type)) {
                return frame;
            }
        }
    }

    /** Every frame so far. */
    public List<JsonNode> seen() {
        return seen;
    }

    /** Close code, once there. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            try {
                JsonNode frame = JSON.readTree(text.toString());
                seen.add(frame);
                frames.add(frame);
            } catch (JsonProcessingException e) {
                closed.completeExceptionally(e);
            }
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        socket.abort();
    }
}

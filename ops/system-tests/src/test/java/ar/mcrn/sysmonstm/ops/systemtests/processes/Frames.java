package ar.mcrn.sysmonstm.ops.systemtests.processes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A client of {@code /ws}: collects frames. For one thread. */
public final class Frames implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final List<JsonNode> seen = new ArrayList<>();
    private final WebSocket socket;

    private Frames(Http http, URI address) {
        socket = http.client()
                .newWebSocketBuilder()
                .buildAsync(address, new Collecting())
                .join();
    }

    /** Connects to {@code /ws} of an HTTP port and subscribes. */
    public static Frames subscribe(Http http, URI port, String subscription) {
        Frames frames = new Frames(http, URI.create("ws://" + port.getAuthority() + "/ws"));
        frames.socket.sendText(subscription, true).join();
        return frames;
    }

    /**
     * The next frame that fits; all frames on the way are kept.
     *
     * @throws AssertionError when it does not come in time
     */
    public JsonNode await(Predicate<JsonNode> fits, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            String text = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (text == null) {
                throw new AssertionError("the frame waited for did not come; seen: " + seen);
            }
            JsonNode frame = parse(text);
            seen.add(frame);
            if (fits.test(frame)) {
                return frame;
            }
        }
    }

    /** All frames that were looked at, in order. */
    public List<JsonNode> seen() {
        return List.copyOf(seen);
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Collecting implements WebSocket.Listener {
        private final StringBuilder part = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                queue.add(part.toString());
                part.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }
}

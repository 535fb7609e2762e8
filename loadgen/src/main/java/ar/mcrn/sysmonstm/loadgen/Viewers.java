package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * WebSocket clients of the fleet view. For each machine of this run in a delta, the time from its sample's stamp to the
 * arrival of the frame is recorded: both clocks are this process's. A connection that ends is opened again after 1 s.
 * Closing waits for nothing.
 */
final class Viewers implements AutoCloseable {

    private final LoadPlan plan;
    private final URI address;
    private final DeltaStamps stamps;
    private final ExecutorService threads;
    private final ScheduledExecutorService reconnect;
    private final HttpClient client;
    private final Queue<WebSocket> open = new ConcurrentLinkedQueue<>();
    private final Recorder frameMicros = new Recorder(LoadCounters.HIGHEST_MICROS, 3);
    private final Histogram total = new Histogram(LoadCounters.HIGHEST_MICROS, 3);
    private final LongAdder frames = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile boolean closed;

    /** @param plan with an api */
    Viewers(LoadPlan plan) {
        this.plan = plan;
        this.address = webSocket(plan.api().orElseThrow());
        this.stamps = new DeltaStamps(Machine.prefix(plan.seed()));
        this.threads = Executors.newFixedThreadPool(
                2, Thread.ofPlatform().daemon().name("loadgen-viewers-", 0).factory());
        this.reconnect = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("loadgen-viewers-reconnect").factory());
        this.client = HttpClient.newBuilder()
                .executor(threads)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** {@code http://host:port} or {@code ws://host:port} to the address of its {@code /ws}. */
    static URI webSocket(URI api) {
        String scheme = switch (api.getScheme() == null ? "" : api.getScheme()) {
            case "http", "ws" -> "ws";
            case "https", "wss" -> "wss";
            default -> throw new IllegalArgumentException("--api=" + api + " is not http:// or https://");
        };
        String path = api.getRawPath() == null ? "" : api.getRawPath().replaceAll("/+$", "");
        return URI.create(scheme + "://" + api.getRawAuthority() + (path.endsWith("/ws") ? path : path + "/ws"));
    }

    void start() {
        for (int i = 0; i < plan.viewers().count(); i++) {
            connect(i);
        }
    }

    private void connect(int viewer) {
        if (closed) {
            return;
        }
        CompletableFuture<WebSocket> opening = client.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .buildAsync(address, new Viewer(viewer));
        CompletableFuture<WebSocket> _ = opening.whenComplete((socket, failure) -> {
            if (failure != null) {
                again(viewer);
            }
        });
    }

    private void again(int viewer) {
        if (!closed) {
            failures.increment();
            Future<?> _ = reconnect.schedule(() -> connect(viewer), 1, TimeUnit.SECONDS);
        }
    }

    int connected() {
        return open.size();
    }

    long frames() {
        return frames.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    long failures() {
        return failures.sum();
    }

    /** Latencies since the last call, which are added to the total, microseconds. One thread calls this. */
    Histogram window() {
        Histogram window = frameMicros.getIntervalHistogram();
        total.add(window);
        return window;
    }

    /** Latencies up to the last window; null = none. */
    Latency latency() {
        return Latency.ofMicros(total);
    }

    private final class Viewer implements WebSocket.Listener {

        private final int number;
        private final StringBuilder text = new StringBuilder();

        private Viewer(int number) {
            this.number = number;
        }

        @Override
        public void onOpen(WebSocket socket) {
            open.add(socket);
            CompletableFuture<WebSocket> _ =
                    socket.sendText(plan.viewers().subscription(number, plan.seed(), plan.agents()), true);
            socket.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                frames.increment();
                bytes.add(text.length());
                read(text.toString(), System.currentTimeMillis());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            open.remove(socket);
            again(number);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            open.remove(socket);
            again(number);
        }
    }

    /** Records the age of every sample of ours in a delta. */
    private void read(String frame, long nowMillis) {
        try {
            for (long stamp : stamps.read(frame)) {
                frameMicros.recordValue(Math.clamp((nowMillis - stamp) * 1_000, 0, LoadCounters.HIGHEST_MICROS));
            }
        } catch (IOException malformed) {
            failures.increment();
        }
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(WebSocket::abort);
        reconnect.shutdownNow();
        client.shutdownNow();
        threads.shutdownNow();
    }
}

package ar.mcrn.sysmonstm.loadgen;

import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * WebSocket clients that answer pings and never subscribe: what a connection alone costs the api. At most 64 are being opened
 * at a time; one that fails or ends is counted and not opened again. Closing waits for nothing.
 */
final class IdleViewers implements AutoCloseable {

    private static final int UNDER_WAY = 64;
    private static final Duration OPENING = Duration.ofMinutes(2);

    private final URI address;
    private final int asked;
    private final ExecutorService threads;
    private final HttpClient client;
    private final Queue<WebSocket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicReference<String> failure = new AtomicReference<>("");
    private final CountDownLatch left;
    private volatile boolean closed;

    /**
     * How many there were.
     *
     * @param asked of {@code --idle-viewers}
     * @param open when the schedule was over
     * @param failed could not be opened, or ended early
     * @param failure the first reason; empty for none
     */
    record Figures(int asked, int open, int failed, String failure) {

        String text() {
            return "%d of %d open%s"
                    .formatted(open, asked, failed == 0 ? "" : ", " + failed + " failed, first: " + failure);
        }
    }

    private IdleViewers(LoadPlan plan) {
        address = Viewers.webSocket(plan.api().orElseThrow());
        asked = plan.viewers().idle();
        left = new CountDownLatch(asked);
        threads = Executors.newFixedThreadPool(
                2, Thread.ofPlatform().daemon().name("loadgen-idle-", 0).factory());
        client = HttpClient.newBuilder()
                .executor(threads)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /**
     * Opens all, and returns when each is open or has failed, or after 2 min.
     *
     * @param plan with an api
     */
    static IdleViewers open(LoadPlan plan, PrintStream progress) throws InterruptedException {
        IdleViewers idle = new IdleViewers(plan);
        for (int i = 0; i < Math.min(UNDER_WAY, idle.asked); i++) {
            idle.next();
        }
        try {
            if (!idle.left.await(OPENING.toSeconds(), TimeUnit.SECONDS)) {
                progress.println(idle.left.getCount() + " idle viewers are still being opened");
            }
        } catch (InterruptedException e) {
            idle.close();
            throw e;
        }
        progress.println("idle viewers: " + idle.figures().text());
        return idle;
    }

    private void next() {
        if (closed || begun.getAndIncrement() >= asked) {
            return;
        }
        CompletableFuture<WebSocket> opening = client.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .buildAsync(address, new Idle());
        CompletableFuture<WebSocket> _ = opening.whenComplete((socket, thrown) -> {
            if (thrown == null) {
                sockets.add(socket);
            } else {
                failed(String.valueOf(thrown.getMessage()));
            }
            left.countDown();
            next();
        });
    }

    private void failed(String reason) {
        if (!closed) {
            failure.compareAndSet("", reason);
            failed.incrementAndGet();
        }
    }

    Figures figures() {
        return new Figures(asked, open.get(), failed.get(), failure.get());
    }

    private final class Idle implements WebSocket.Listener {

        @Override
        public void onOpen(WebSocket socket) {
            open.incrementAndGet();
            socket.request(Long.MAX_VALUE);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            ended("closed with " + status + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            ended(String.valueOf(error.getMessage()));
        }

        private void ended(String reason) {
            open.decrementAndGet();
            failed(reason);
        }
    }

    @Override
    public void close() {
        closed = true;
        sockets.forEach(WebSocket::abort);
        client.shutdownNow();
        threads.shutdownNow();
    }
}

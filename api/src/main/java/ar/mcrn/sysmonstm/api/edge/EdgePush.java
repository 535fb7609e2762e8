package ar.mcrn.sysmonstm.api.edge;

import ar.mcrn.sysmonstm.api.core.KeySelector;
import ar.mcrn.sysmonstm.api.live.FrameSink;
import ar.mcrn.sysmonstm.api.live.LiveFeed;
import ar.mcrn.sysmonstm.api.live.LiveSubscription;
import ar.mcrn.sysmonstm.ops.runtime.live.SubscribeMessage.View;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import io.dropwizard.lifecycle.Managed;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes the redacted feed to a relay: a client of the live feed like any other, so that a slow or distant relay gets
 * fewer, conflated frames and the feed waits for nothing. With a delay, at most 32 MiB of frames are held; past that they
 * are conflated too. Dials again with full jitter, half a second doubling to 30 s; a
 * relay that has another feed (close 1013, {@code busy}) is asked again every 30 s. Owns two threads; stopping closes the
 * socket and waits for them.
 */
public final class EdgePush implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(EdgePush.class);
    private static final Duration DIAL = Duration.ofSeconds(10);
    private static final long FIRST_MILLIS = 500;
    private static final long LAST_MILLIS = 30_000;
    private static final long KEPT_MILLIS = 1_000;
    private static final long HELD_BYTES = 32L << 20;
    private static final long SEND_SECONDS = 60;
    private static final int BUSY = 1013;
    private static final int ABNORMAL = 1006;
    private static final int GOING_AWAY = 1001;

    private final EdgeSettings settings;
    private final LiveFeed feed;
    private final Dependency dependency;
    private final PublicView view;
    private final LiveSubscription subscription;
    private final ScheduledThreadPoolExecutor delay = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("edge-delay").factory(), new ThreadPoolExecutor.DiscardPolicy());
    private final Thread dialler = Thread.ofVirtual().name("edge-push").unstarted(this::run);
    private final CompletableFuture<Integer> stopped = new CompletableFuture<>();
    private final AtomicLong held = new AtomicLong();

    /**
     * Pushes what the settings make public.
     *
     * @throws IllegalArgumentException naming an alias or field that cannot be read
     */
    public EdgePush(EdgeSettings settings, LiveFeed feed, Dependency dependency) {
        this.settings = settings;
        this.feed = feed;
        this.dependency = dependency;
        this.view = new PublicView(settings);
        this.subscription =
                new LiveSubscription(View.FLEET, new TreeSet<>(), KeySelector.of(settings.fields()), 1_000, view);
    }

    @Override
    public void start() {
        dialler.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopped.complete(0);
        dialler.join();
        delay.shutdownNow();
    }

    private void run() {
        long ceiling = FIRST_MILLIS;
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(DIAL).build()) {
            while (!stopped.isDone()) {
                int code = push(client);
                long pause = ThreadLocalRandom.current().nextLong(ceiling) + 1;
                if (code == BUSY) {
                    pause = LAST_MILLIS;
                } else if (code == 0) {
                    ceiling = Math.min(2 * ceiling, LAST_MILLIS);
                } else {
                    ceiling = FIRST_MILLIS;
                }
                awaits(stopped, pause);
            }
        }
    }

    /** Feeds one connection to its end, and gives its close code; 0 = it was never open. */
    private int push(HttpClient client) {
        Connection connection = new Connection();
        try {
            WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(DIAL);
            if (!settings.token().isEmpty()) {
                builder.header("Authorization", "Bearer " + settings.token().reveal());
            }
            connection.socket = builder.buildAsync(settings.url(), connection).join();
        } catch (CompletionException e) {
            String why = e.getCause() instanceof WebSocketHandshakeException refused
                    ? "relay refuses: HTTP " + refused.getResponse().statusCode()
                    : "relay cannot be reached";
            LOG.debug("edge feed not open: url={}", settings.url(), e);
            dependency.down(why);
            return 0;
        }
        feed.subscribe(connection, subscription);
        CompletableFuture<Object> over = CompletableFuture.anyOf(connection.ended, stopped);
        // One that is busy closes it at once.
        if (!awaits(over, KEPT_MILLIS)) {
            dependency.up();
            LOG.info("edge feed open: url={}", settings.url());
            over.join();
        }
        feed.leave(connection);
        if (stopped.isDone()) {
            connection.close(GOING_AWAY, "api stops");
            return GOING_AWAY;
        }
        int code = connection.ended.join();
        dependency.down(code == BUSY ? "relay is busy with another feed" : "relay closed: code=" + code);
        LOG.debug("edge feed closed: url={}, code={}", settings.url(), code);
        return code;
    }

    /** True once it is done, false where it is not within the time. Leaves nothing behind on what lasts for long. */
    private static boolean awaits(CompletableFuture<?> done, long millis) {
        try {
            done.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException ignored) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("BUG: nobody fails it", e);
        } catch (InterruptedException ignored) {
            // Nobody interrupts the dialler: stop() completes what it waits for.
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** One connection, as the feed sees it and as the JDK's client calls it. */
    private final class Connection implements FrameSink, WebSocket.Listener {
        private final CompletableFuture<Integer> ended = new CompletableFuture<>();
        private volatile WebSocket socket;

        @Override
        public void send(ByteBuffer utf8, Consumer<Boolean> done) {
            boolean room = !settings.delay().isZero() && held.addAndGet(utf8.remaining()) <= HELD_BYTES;
            Future<?> _ = delay.schedule(
                    () -> {
                        boolean sent = write(utf8);
                        if (!settings.delay().isZero()) {
                            held.addAndGet(-utf8.limit());
                        }
                        if (!room) {
                            done.accept(sent);
                        }
                    },
                    settings.delay().toMillis(),
                    TimeUnit.MILLISECONDS);
            if (room) {
                done.accept(true);
            }
        }

        /** On the delay's thread, which may wait: it has nothing else to do. */
        private boolean write(ByteBuffer utf8) {
            if (ended.isDone()) {
                return false;
            }
            try {
                socket.sendText(StandardCharsets.UTF_8.decode(utf8.duplicate()), true)
                        .get(SEND_SECONDS, TimeUnit.SECONDS);
                return true;
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("edge frame not sent: url={}", settings.url(), e);
                ended.complete(ABNORMAL);
                return false;
            } catch (InterruptedException ignored) {
                Thread.currentThread().interrupt(); // only stop interrupts
                return false;
            }
        }

        @Override
        public void close(int code, String reason) {
            CompletableFuture<WebSocket> _ = socket.sendClose(WebSocket.NORMAL_CLOSURE, reason)
                    .orTimeout(1, TimeUnit.SECONDS)
                    .whenComplete((closed, failure) -> socket.abort());
            ended.complete(ABNORMAL);
        }

        @Override
        public String name() {
            return "edge " + settings.url();
        }

        @Override
        public CompletionStage<?> onClose(WebSocket closed, int code, String reason) {
            ended.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket failed, Throwable error) {
            LOG.debug("edge feed failed: url={}", settings.url(), error);
            ended.complete(ABNORMAL);
        }
    }
}

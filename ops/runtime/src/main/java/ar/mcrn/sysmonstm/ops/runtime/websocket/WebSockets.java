package ar.mcrn.sysmonstm.ops.runtime.websocket;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeRequest;
import org.eclipse.jetty.ee10.websocket.server.JettyServerUpgradeResponse;
import org.eclipse.jetty.ee10.websocket.server.config.JettyWebSocketServletContainerInitializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of one path of a Dropwizard application. The upgrade is done by a filter in front of every servlet, so the
 * path works also where Jersey or static files are mounted at {@code /}.
 *
 * <p>Owns one thread, which pings and cuts off peers that do not close; stopping closes every socket with 1001 and waits
 * for none of them. Counts may be read from any thread.
 */
public final class WebSockets implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(WebSockets.class);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    private static final int GOING_AWAY = 1001;

    private final String path;
    private final WebSocketLimits limits;
    private final WebSocketEndpoint endpoint;
    private final Set<JettyPeer> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Executor compressor =
            command -> Thread.ofVirtual().name("websocket-deflate").start(command);
    private final ScheduledExecutorService pinger;

    private WebSockets(String path, WebSocketLimits limits, WebSocketEndpoint endpoint) {
        this.path = path;
        this.limits = limits;
        this.endpoint = endpoint;
        // Discards what comes after the stop: Jetty's own stop cuts off what is left then.
        this.pinger = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform().daemon().name("websocket-ping-" + path).factory(),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /**
     * Serves an endpoint. To be called while the application is built, before its server starts.
     *
     * @param path path of the upgrade, such as {@code /ws}
     */
    public static WebSockets add(
            Environment environment, String path, WebSocketLimits limits, WebSocketEndpoint endpoint) {
        WebSockets sockets = new WebSockets(path, limits, endpoint);
        JettyWebSocketServletContainerInitializer.configure(
                environment.getApplicationContext(),
                (context, container) -> container.addMapping(path, sockets::upgrade));
        environment.lifecycle().manage(sockets);
        return sockets;
    }

    /** Sockets open now. */
    public int open() {
        return count.get();
    }

    /** Upgrades refused since the start: by the endpoint, or over a limit. */
    public long refused() {
        return refused.sum();
    }

    /** Sockets that ended by a failure of protocol or network since the start. */
    public long failures() {
        return failures.sum();
    }

    @Override
    public void start() {
        long millis = limits.pingInterval().toMillis();
        Future<?> _ = pinger.scheduleAtFixedRate(this::ping, millis, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        open.forEach(peer -> peer.close(GOING_AWAY, "server stops"));
        pinger.shutdownNow();
    }

    private void ping() {
        long now = System.nanoTime();
        for (JettyPeer peer : open) {
            try {
                peer.ping(now);
            } catch (RuntimeException e) {
                LOG.warn("ping failed: peer={}", peer, e); // an exception would end the schedule
            }
        }
    }

    // Null where refused: so Jetty's creator wants it.
    private Object upgrade(JettyServerUpgradeRequest asked, JettyServerUpgradeResponse response) throws IOException {
        WebSocketRequest request = request(asked);
        Optional<WebSocketEndpoint.Refusal> refusal = overLimit(request).or(() -> endpoint.refuse(request));
        if (refusal.isPresent()) {
            refused.increment();
            response.sendError(refusal.get().status(), refusal.get().detail());
            return null;
        }
        if (!endpoint.compress(request)) {
            response.setExtensions(List.of());
        }
        return new JettyPeer(this, endpoint, request, compressor);
    }

    private WebSocketRequest request(JettyServerUpgradeRequest asked) {
        InetAddress remote = asked.getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress(); // a Unix socket: the same machine
        return new WebSocketRequest(
                path,
                remote,
                Optional.ofNullable(asked.getHeader("Host")).orElse(""),
                Optional.ofNullable(asked.getHeader("Origin")),
                Optional.ofNullable(asked.getHeader("Authorization")));
    }

    private Optional<WebSocketEndpoint.Refusal> overLimit(WebSocketRequest request) {
        if (count.get() >= limits.maxSockets()) {
            return Optional.of(
                    new WebSocketEndpoint.Refusal(UNAVAILABLE, "all " + limits.maxSockets() + " sockets are taken"));
        }
        if (isCounted(request) && byAddress.getOrDefault(request.remote(), 0) >= limits.maxSocketsPerAddress()) {
            return Optional.of(new WebSocketEndpoint.Refusal(
                    TOO_MANY_REQUESTS, "all " + limits.maxSocketsPerAddress() + " sockets of this address are taken"));
        }
        return Optional.empty();
    }

    private boolean isCounted(WebSocketRequest request) {
        return limits.maxSocketsPerAddress() > 0 && !request.remote().isLoopbackAddress();
    }

    WebSocketLimits limits() {
        return limits;
    }

    /** Counts a socket in; false where a limit was reached since its upgrade. It is counted all the same until it left. */
    boolean entered(JettyPeer peer) {
        open.add(peer);
        int now = count.incrementAndGet();
        int ofAddress =
                isCounted(peer.request()) ? byAddress.merge(peer.request().remote(), 1, Integer::sum) : 0;
        return now <= limits.maxSockets() && ofAddress <= Math.max(limits.maxSocketsPerAddress(), 0);
    }

    void left(JettyPeer peer) {
        if (open.remove(peer)) {
            count.decrementAndGet();
            if (isCounted(peer.request())) {
                byAddress.computeIfPresent(peer.request().remote(), (address, n) -> n > 1 ? n - 1 : null);
            }
        }
    }

    void failed(WebSocketRequest request, Throwable cause) {
        if (!(cause instanceof ClosedChannelException)) {
            failures.increment();
            LOG.debug("socket failed: request={}", request, cause);
        }
    }

    void later(Runnable task, long seconds) {
        Future<?> _ = pinger.schedule(task, seconds, TimeUnit.SECONDS);
    }
}

package ar.mcrn.sysmonstm.ops.runtime.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * One socket. Messages are sent as frames of bytes by Jetty's core session, since its text call would encode the same
 * string again for each peer. Public only because Jetty looks the listener methods up by a public lookup. Jetty calls the listener methods one at a time; sends, closes and pings come from any thread.
 */
public final class JettyPeer implements WebSocketPeer, Session.Listener.AutoDemanding {
    private static final long CLOSE_PATIENCE_SECONDS = 5;
    private static final int REASON_BYTES = 123;

    private final WebSockets sockets;
    private final WebSocketEndpoint endpoint;
    private final WebSocketRequest request;
    private final WebSocketLimits limits;
    private final Executor compressor;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile WebSocketSession session;
    private volatile WebSocketListener listener;
    private volatile boolean compressed;
    private volatile long heardNanos = System.nanoTime();
    private long windowNanos = System.nanoTime();
    private int windowMessages;

    JettyPeer(WebSockets sockets, WebSocketEndpoint endpoint, WebSocketRequest request, Executor compressor) {
        this.sockets = sockets;
        this.endpoint = endpoint;
        this.request = request;
        this.limits = sockets.limits();
        this.compressor = compressor;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = (WebSocketSession) opened;
        opened.setMaxTextMessageSize(limits.maxTextBytes());
        opened.setMaxBinaryMessageSize(limits.maxTextBytes());
        opened.setIdleTimeout(Duration.ZERO); // our own pings watch the peer: Jetty counts what we write as activity
        compressed = session.getCoreSession().isRsv1Used();
        heardNanos = System.nanoTime();
        if (!sockets.entered(this)) {
            close(StatusCode.TRY_AGAIN_LATER, "too many sockets");
            return;
        }
        listener = endpoint.opened(this);
    }

    @Override
    public void onWebSocketText(String message) {
        heardNanos = System.nanoTime();
        if (tooMany(heardNanos)) {
            close(StatusCode.POLICY_VIOLATION, "more than " + limits.maxMessagesPerSecond() + " messages a second");
            return;
        }
        WebSocketListener hears = listener;
        if (hears != null) {
            hears.text(message);
        }
    }

    private boolean tooMany(long now) {
        if (now - windowNanos >= TimeUnit.SECONDS.toNanos(1)) {
            windowNanos = now;
            windowMessages = 0;
        }
        return ++windowMessages > limits.maxMessagesPerSecond();
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, org.eclipse.jetty.websocket.api.Callback callback) {
        callback.succeed();
        close(StatusCode.BAD_DATA, "text messages only");
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        heardNanos = System.nanoTime();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        sockets.failed(request, cause);
    }

    @Override
    public void onWebSocketClose(int code, String reason, org.eclipse.jetty.websocket.api.Callback callback) {
        if (ended.compareAndSet(false, true)) {
            sockets.left(this);
            WebSocketListener hears = listener;
            if (hears != null) {
                hears.closed(code, reason == null ? "" : reason);
            }
        }
        callback.succeed();
    }

    @Override
    public WebSocketRequest request() {
        return request;
    }

    @Override
    public void send(ByteBuffer utf8, Completion done) {
        whenOpen(done, to -> write(to, new Frame(OpCode.TEXT, utf8.asReadOnlyBuffer()), done));
    }

    @Override
    public void send(ByteBuffer head, ByteBuffer body, Completion done) {
        whenOpen(done, to -> {
            // Batched, so that both leave in one write; where it fails the second does too, and says so.
            Frame first = new Frame(OpCode.TEXT, false, head.asReadOnlyBuffer());
            to.getCoreSession().sendFrame(first, Callback.NOOP, true);
            write(to, new Frame(OpCode.CONTINUATION, true, body.asReadOnlyBuffer()), done);
        });
    }

    private void whenOpen(Completion done, Consumer<WebSocketSession> write) {
        WebSocketSession to = session;
        if (to == null || !to.isOpen()) {
            done.done(false);
        } else if (compressed) {
            compressor.execute(() -> write.accept(to));
        } else {
            write.accept(to);
        }
    }

    private static void write(WebSocketSession to, Frame frame, Completion done) {
        to.getCoreSession().sendFrame(frame, Callback.from(() -> done.done(true), failure -> done.done(false)), false);
    }

    /** Pings, and cuts off a peer that was silent for too long. Called by the pinger. */
    void ping(long now) {
        WebSocketSession to = session;
        if (to == null || !to.isOpen()) {
            return;
        }
        if (now - heardNanos > limits.silenceTimeout().toNanos()) {
            to.disconnect();
        } else {
            to.sendPing(ByteBuffer.allocate(0), org.eclipse.jetty.websocket.api.Callback.NOOP);
        }
    }

    @Override
    public void close(int code, String reason) {
        WebSocketSession to = session;
        if (to == null) {
            return;
        }
        sockets.later(to::disconnect, CLOSE_PATIENCE_SECONDS);
        to.close(code, shortened(reason), org.eclipse.jetty.websocket.api.Callback.NOOP);
    }

    private static String shortened(String reason) {
        String text = reason;
        while (text.getBytes(StandardCharsets.UTF_8).length > REASON_BYTES) {
            text = text.substring(0, text.length() - 1);
        }
        return text;
    }

    @Override
    public boolean isOpen() {
        WebSocketSession to = session;
        return to != null && to.isOpen();
    }

    @Override
    public String toString() {
        return "socket " + request;
    }
}

package ar.mcrn.sysmonstm.ops.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import redis.embedded.RedisServer;

/** A real Redis on a free loopback port; without persistence, so that a restart is empty. Closing stops it. */
public final class RedisFixture implements AutoCloseable {
    /** A process that is started elsewhere while the executable is written inherits it for a moment: text file busy. */
    private static final int ATTEMPTS = 5;

    private final int port;
    private RedisServer server;

    private RedisFixture(int port) {
        this.port = port;
        restart();
    }

    /** Starts one. */
    public static RedisFixture start() {
        return new RedisFixture(FreePorts.next());
    }

    /** Its address. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Stops it; {@link #restart()} brings it back, empty, on the same port. */
    public void stop() {
        try {
            if (server != null) {
                server.stop();
            }
            server = null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again on the same port, stopping it before where it runs. */
    public final void restart() {
        stop();
        for (int attempt = 1; server == null; attempt++) {
            try {
                server = started(port);
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Unpacks the executable anew each time; one after the other, see {@link #ATTEMPTS}. */
    private static synchronized RedisServer started(int port) throws IOException {
        RedisServer server = RedisServer.newRedisServer()
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .setting("appendonly no")
                .build();
        server.start();
        return server;
    }

    @Override
    public void close() {
        stop();
    }
}

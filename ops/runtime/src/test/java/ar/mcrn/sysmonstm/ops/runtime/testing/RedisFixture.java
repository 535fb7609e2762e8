package ar.mcrn.sysmonstm.ops.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import redis.embedded.RedisServer;

/** A real Redis on a free loopback port; without persistence, so that a restart is empty. Closing stops it. */
public final class RedisFixture implements AutoCloseable {
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
        try {
            server = RedisServer.newRedisServer()
                    .port(port)
                    .setting("bind 127.0.0.1")
                    .setting("save \"\"")
                    .setting("appendonly no")
                    .build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}

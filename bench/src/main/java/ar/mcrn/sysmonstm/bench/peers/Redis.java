package ar.mcrn.sysmonstm.bench.peers;

import ar.mcrn.sysmonstm.ops.runtime.testing.FreePorts;
import ar.mcrn.sysmonstm.ops.runtime.testing.RedisFixture;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A Redis without persistence on a free loopback port: Debian's where it is installed, else the embedded one. Closing ends it. */
final class Redis implements AutoCloseable {
    private final int port;
    private final long pid;
    private final AutoCloseable server;

    private Redis(int port, long pid, AutoCloseable server) {
        this.port = port;
        this.pid = pid;
        this.server = server;
    }

    static Redis start(Path folder) throws IOException {
        return version().equals("embedded") ? embedded() : debian(folder);
    }

    /** Version of the one that is started. */
    static String version() {
        String debian = Installed.version("redis-server");
        return debian.isEmpty() ? "embedded" : debian;
    }

    private static Redis debian(Path folder) throws IOException {
        int port = FreePorts.next();
        ChildProcess process = ChildProcess.start(
                        "redis",
                        folder,
                        Map.of(),
                        List.of(
                                "redis-server",
                                "--port",
                                Integer.toString(port),
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--appendonly",
                                "no"))
                .awaitPort(port);
        return new Redis(port, process.pid(), process);
    }

    private static Redis embedded() {
        Set<Long> before =
                ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
        RedisFixture redis = RedisFixture.start();
        long pid = ProcessHandle.current()
                .children()
                .map(ProcessHandle::pid)
                .filter(each -> !before.contains(each))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the embedded Redis is no child of this process"));
        return new Redis(URI.create(redis.url()).getPort(), pid, redis);
    }

    int port() {
        return port;
    }

    long pid() {
        return pid;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("redis does not end", e);
        }
    }
}

package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.aggregator.AggregatorApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The real aggregator in a process of its own, which can be killed and started again. There is no Redis: it does without. */
final class AggregatorProcess implements AutoCloseable {
    private final int grpcPort;
    private final int adminPort;
    private final String database;
    private Process process;

    AggregatorProcess(int grpcPort, int adminPort, String database) {
        this.grpcPort = grpcPort;
        this.adminPort = adminPort;
        this.database = database;
        start();
    }

    /** Returns when its gRPC port is open. */
    void start() {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                classPath,
                AggregatorApplication.class.getName()));
        builder.environment()
                .putAll(Map.of(
                        "AGGREGATOR_GRPC_PORT",
                        Integer.toString(grpcPort),
                        "AGGREGATOR_ADMIN_PORT",
                        Integer.toString(adminPort),
                        "TIMESCALE_URL",
                        database,
                        "REDIS_URL",
                        "redis://127.0.0.1:1",
                        "LOG_LEVEL",
                        "WARN"));
        try {
            process = builder.inheritIO().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("aggregator listens").atMost(Duration.ofSeconds(60)).until(this::listens);
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new IllegalStateException("aggregator ended with " + process.exitValue());
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), grpcPort)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL; returns when it is dead. */
    void kill9() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

package ar.mcrn.sysmonstm.aggregator.history;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.awaitility.Awaitility;

/** A real, durable PostgreSQL of the test's own, which can be killed and started again on the same data and port. */
final class TestPostgres implements AutoCloseable {
    private final Path directory;
    private final String fsync;
    private EmbeddedPostgres server;
    private int databases;

    private TestPostgres(String fsync) throws IOException {
        this.fsync = fsync;
        directory = Files.createTempDirectory("sysmonstm-postgres");
        server = start(0);
    }

    static TestPostgres start() throws IOException {
        return new TestPostgres("on");
    }

    /** One whose commits a power cut would take. */
    static TestPostgres startForgetful() throws IOException {
        return new TestPostgres("off");
    }

    private EmbeddedPostgres start(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofSeconds(30))
                .setServerConfig("fsync", fsync)
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on");
        if (port != 0) {
            builder.setPort(port);
        }
        return builder.start();
    }

    /** An empty database of its own. */
    DataSource freshDatabase() throws SQLException {
        String name = "test_" + ++databases;
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return server.getDatabase("postgres", name);
    }

    /** Kills the postmaster as a power cut would; returns when it is gone. */
    void kill9() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid"))
                .getFirst()
                .strip());
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        Awaitility.await("postmaster is gone").atMost(Duration.ofSeconds(10)).until(() -> !process.isAlive());
    }

    /** Starts it again. */
    void restart() throws IOException {
        int port = server.getPort();
        // It is gone; this gives up the lock on its directory.
        server.close();
        server = start(port);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

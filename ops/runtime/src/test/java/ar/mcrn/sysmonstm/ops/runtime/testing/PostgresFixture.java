package ar.mcrn.sysmonstm.ops.runtime.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.awaitility.Awaitility;

/**
 * A real PostgreSQL on a free loopback port, as durable as in production. Closing stops it and deletes its data. Not for
 * several threads.
 */
public final class PostgresFixture implements AutoCloseable {
    private final Path data;
    private final int port;
    private EmbeddedPostgres postgres;

    private PostgresFixture(Path data, int port) {
        this.data = data;
        this.port = port;
        launch();
    }

    /** Starts one, empty. */
    public static PostgresFixture start() {
        try {
            return new PostgresFixture(Files.createTempDirectory("sysmonstm-postgres"), FreePorts.next());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() {
        try {
            postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setPort(port)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("max_connections", "60")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Address of the database that is always there. */
    public String url() {
        return url("postgres");
    }

    private String url(String database) {
        return "postgresql://postgres@127.0.0.1:" + port + "/" + database;
    }

    /** Connections to the database that is always there. */
    public DataSource dataSource() {
        return postgres.getPostgresDatabase();
    }

    /** Connections to one of its databases. */
    public DataSource dataSource(String url) {
        return postgres.getDatabase("postgres", url.substring(url.lastIndexOf('/') + 1));
    }

    /** Makes another database, empty, and returns its address. */
    public String freshDatabase() {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return url(name);
    }

    /** Process id of the server now, from its pid file. */
    public long pid() {
        try {
            return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"))
                    .getFirst()
                    .strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server process at once, as kill -9 does; {@link #restart()} brings it back with its data. */
    public void kill9() {
        ProcessHandle server = ProcessHandle.of(pid()).orElseThrow();
        var children = server.children().toList();
        server.destroyForcibly();
        Awaitility.await("postgres and its children have ended")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !server.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Starts the server again after {@link #kill9()}, on the same port with the same data. */
    public void restart() {
        try {
            // It is gone; this gives up the lock on its directory.
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        launch();
    }

    @Override
    public void close() {
        boolean launched = Files.exists(data.resolve("postmaster.pid"));
        Optional<ProcessHandle> server = launched ? ProcessHandle.of(pid()) : Optional.empty();
        try {
            postgres.close();
            // On a busy machine it still writes when its stop returns.
            server.ifPresent(process -> Awaitility.await("postgres has ended")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !process.isAlive()));
            try (var files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

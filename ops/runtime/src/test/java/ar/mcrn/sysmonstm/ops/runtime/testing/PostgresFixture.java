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
import org.junit.jupiter.api.Assumptions;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL on a free loopback port, as durable as in production. Closing stops it and deletes its data. Not for
 * several threads.
 */
public final class PostgresFixture implements AutoCloseable {
    private final Path data;
    private final int port;
    private final Optional<InstalledPostgres> installed;
    private EmbeddedPostgres postgres;

    private PostgresFixture(Path data, int port, Optional<InstalledPostgres> installed) {
        this.data = data;
        this.port = port;
        this.installed = installed;
        installed.ifPresent(server -> server.initialise(data));
        launch();
    }

    /** Starts one, empty. */
    public static PostgresFixture start() {
        try {
            return new PostgresFixture(
                    Files.createTempDirectory("sysmonstm-postgres"), FreePorts.next(), Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts one that is installed on this machine with TimescaleDB loaded, empty. Where there is none, the tests that ask
     * are skipped, and the summary says why.
     */
    public static PostgresFixture startTimescale() {
        Optional<InstalledPostgres> server = InstalledPostgres.withTimescale();
        Assumptions.assumeTrue(
                server.isPresent(), "no PostgreSQL with TimescaleDB is installed here: mode timescale is not tested");
        try {
            return new PostgresFixture(Files.createTempDirectory("sysmonstm-postgres"), FreePorts.next(), server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts one, empty, with its data in this folder, which is made. */
    public static PostgresFixture start(Path data) {
        try {
            return new PostgresFixture(Files.createDirectories(data), FreePorts.next(), Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Folder of its data. */
    public Path data() {
        return data;
    }

    private void launch() {
        if (installed.isPresent()) {
            installed.get().launch(data, port);
            Awaitility.await("postgres answers").atMost(Duration.ofSeconds(60)).until(this::answers);
            return;
        }
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

    private boolean answers() {
        try (Connection connection = dataSource().getConnection()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
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
        return dataSource(url());
    }

    /** Connections to one of its databases. */
    public DataSource dataSource(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:" + url.replace("postgres@", ""));
        source.setUser("postgres");
        return source;
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
        if (installed.isPresent()) {
            launch();
            return;
        }
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
            if (installed.isPresent()) {
                installed.get().stop();
            } else {
                postgres.close();
            }
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

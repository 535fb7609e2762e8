package ar.mcrn.sysmonstm.ops.standalone.postgres;

import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.database.DatabaseUrl;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of this process' own, as durable as PostgreSQL is: {@code fsync}, {@code synchronous_commit} and {@code
 * full_page_writes} on. It listens on one loopback port, chosen at the first start and kept, and asks for a password that
 * lies in the data folder, readable by its owner only.
 *
 * <p>One left running by a kill -9 of an earlier process is found by its pid file and stopped before another is started. One
 * that ends by itself (a full disk makes PostgreSQL panic) is started again after a pause, for as long as this is open.
 * PostgreSQL refuses to run as root, so that root starts it in a user namespace of its own (unshare(1)).
 *
 * <pre>
 * FOLDER/postgresql-* unpacked programs          FOLDER/password   of the role sysmonstm
 * FOLDER/data         PostgreSQL's own folder    FOLDER/port       the port
 * FOLDER/postgres.log what it said since it was started last
 * </pre>
 */
public final class PostgresServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final String ROLE = "sysmonstm";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(8);
    private static final long RESTART_PAUSE_NANOS = 2_000_000_000L;

    private final Path folder;
    private final Path data;
    private final Path programs;
    private final int port;
    private final Secret password;
    private volatile Process process;
    private volatile boolean closed;

    private PostgresServer(Path folder, Path programs, int port, Secret password) {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.programs = programs;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts the server of a folder, making it first where there is none; returns when it takes connections.
     *
     * @throws IOException naming what failed
     */
    public static PostgresServer start(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Path programs = PostgresBinaries.unpack(folder);
        stopOrphan(folder.resolve("data"));
        PostgresServer server = new PostgresServer(folder, programs, keptPort(folder), keptPassword(folder));
        if (!Files.exists(server.data.resolve("PG_VERSION"))) {
            server.initialise();
        }
        server.launch();
        server.awaitReady();
        Thread.ofVirtual().name("postgres-supervisor").start(server::supervise);
        return server;
    }

    /** A port that was free when first asked for; another one where it has been taken since. */
    private static int keptPort(Path folder) throws IOException {
        Path file = folder.resolve("port");
        int kept = Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
        try (ServerSocket socket = new ServerSocket(kept, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(file, Integer.toString(socket.getLocalPort()));
            return socket.getLocalPort();
        } catch (IOException taken) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                LOG.warn("embedded database moves to another port: taken={}, port={}", kept, socket.getLocalPort());
                Files.writeString(file, Integer.toString(socket.getLocalPort()));
                return socket.getLocalPort();
            }
        }
    }

    private static Secret keptPassword(Path folder) throws IOException {
        Path file = folder.resolve("password");
        if (!Files.exists(file)) {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(random));
        }
        return new Secret(Files.readString(file));
    }

    /** Stops a server that an earlier process left running on this data. */
    private static void stopOrphan(Path data) throws IOException {
        Optional<ProcessHandle> orphan = running(data);
        if (orphan.isEmpty()) {
            return;
        }
        LOG.warn(
                "embedded database was left running by an earlier process, stopping it: pid={}",
                orphan.get().pid());
        // SIGTERM lets PostgreSQL finish; sessions of the dead process end by themselves.
        orphan.get().destroy();
        if (!ended(orphan.get(), STOP_LIMIT)) {
            orphan.get().destroyForcibly();
            if (!ended(orphan.get(), STOP_LIMIT)) {
                throw new IOException("embedded database of an earlier process does not end: pid="
                        + orphan.get().pid());
            }
        }
    }

    /**
     * The server that runs on a data folder now, by its pid file; its command line must name that folder, since the pid may
     * have gone to another program.
     */
    public static Optional<ProcessHandle> running(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d+")) {
            return Optional.empty();
        }
        long pid = Long.parseLong(lines.getFirst().strip());
        Path commandLine = Path.of("/proc", Long.toString(pid), "cmdline");
        boolean ours = Files.exists(commandLine)
                && Files.readString(commandLine).contains(data.toAbsolutePath().toString());
        return ours ? ProcessHandle.of(pid) : Optional.empty();
    }

    /**
     * Address of the server of a folder, with credentials, without starting anything.
     *
     * @throws IOException where the folder holds none
     */
    public static DatabaseUrl kept(Path folder) throws IOException {
        return url(
                Integer.parseInt(Files.readString(folder.resolve("port")).strip()),
                new Secret(Files.readString(folder.resolve("password"))));
    }

    private static DatabaseUrl url(int port, Secret password) {
        return new DatabaseUrl("jdbc:postgresql://127.0.0.1:" + port + "/postgres", ROLE, password);
    }

    private static boolean ended(ProcessHandle process, Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        while (process.isAlive() && System.nanoTime() < until) {
            LockSupport.parkNanos(20_000_000);
        }
        return !process.isAlive();
    }

    private void initialise() throws IOException {
        LOG.info("embedded database is made: folder={}", data);
        List<String> command = command("initdb");
        command.addAll(List.of(
                "--pgdata=" + data.toAbsolutePath(),
                "--username=" + ROLE,
                "--pwfile=" + folder.resolve("password").toAbsolutePath(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C"));
        Path log = folder.resolve("initdb.log");
        Process initdb = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!initdb.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                initdb.destroyForcibly();
                throw new IOException("initdb does not end, see " + log);
            }
        } catch (InterruptedException e) {
            initdb.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while initdb ran", e);
        }
        if (initdb.exitValue() != 0) {
            throw new IOException("embedded database cannot be made: " + lastLine(log));
        }
    }

    private List<String> command(String program) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(programs.resolve("bin").resolve(program).toAbsolutePath().toString());
        return command;
    }

    private void launch() throws IOException {
        List<String> command = command("postgres");
        command.addAll(List.of("-D", data.toAbsolutePath().toString(), "-p", Integer.toString(port)));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "full_page_writes=on",
                "max_connections=40",
                "shared_buffers=64MB",
                "max_wal_size=512MB",
                "checkpoint_timeout=10min",
                "wal_compression=pglz",
                "jit=off",
                "log_min_messages=warning",
                "timezone=UTC")) {
            command.addAll(List.of("-c", setting));
        }
        File log = folder.resolve("postgres.log").toFile();
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
    }

    private void awaitReady() throws IOException {
        long until = System.nanoTime() + START_LIMIT.toNanos();
        SQLException last = null;
        while (System.nanoTime() < until) {
            if (!process.isAlive()) {
                throw new IOException(
                        "embedded database ended at its start: " + lastLine(folder.resolve("postgres.log")));
            }
            try (Connection connection = connect()) {
                LOG.debug(
                        "embedded database is ready: port={}, user={}",
                        port,
                        connection.getMetaData().getUserName());
                return;
            } catch (SQLException e) {
                last = e;
                LockSupport.parkNanos(50_000_000);
            }
        }
        throw new IOException("embedded database does not become ready", last);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url().jdbc() + "?connectTimeout=2", ROLE, password.reveal());
    }

    private void supervise() {
        while (!closed) {
            try {
                int code = process.waitFor();
                if (closed) {
                    return;
                }
                LOG.error(
                        "embedded database ended by itself, it is started again: exitCode={}, said={}",
                        code,
                        lastLine(folder.resolve("postgres.log")));
                LockSupport.parkNanos(RESTART_PAUSE_NANOS);
                restart();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private synchronized void restart() {
        if (closed) {
            return;
        }
        try {
            launch();
        } catch (IOException e) {
            LOG.error("embedded database cannot be started: reason={}", e.getMessage());
            LockSupport.parkNanos(RESTART_PAUSE_NANOS);
        }
    }

    /** Its address, with credentials. */
    public DatabaseUrl url() {
        return url(port, password);
    }

    /** Leaves the server running and unsupervised, as the end of this process by kill -9 does; for tests. */
    void abandon() {
        closed = true;
    }

    /** Process id of the server now. */
    public long pid() {
        return process.pid();
    }

    /** SIGINT ends all sessions at once; SIGTERM, which is all the JDK can send, would wait for them. */
    private void fastShutdown(ProcessHandle server) {
        List<String> command = command("pg_ctl");
        command.addAll(List.of("kill", "INT", Long.toString(server.pid())));
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            LOG.debug("fast shutdown cannot be asked for, waiting for sessions", e);
            server.destroy();
        }
    }

    private static String lastLine(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty() ? "nothing" : lines.getLast();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /**
     * Stops the server: sessions are ended, everything committed is on disk. Waits at most {@code STOP_LIMIT}; what is not
     * stopped by then recovers at the next start.
     */
    @Override
    public synchronized void close() {
        closed = true;
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
        } catch (SQLException ignored) {
            // Only makes the next start quicker.
            LOG.debug("no checkpoint before the stop", ignored);
        }
        ProcessHandle server = process.toHandle();
        fastShutdown(server);
        if (!ended(server, STOP_LIMIT)) {
            LOG.warn(
                    "embedded database does not stop in time, it will recover at its next start: pid={}", server.pid());
            server.destroyForcibly();
            ended(server, STOP_LIMIT);
        }
    }
}

package ar.mcrn.sysmonstm.ops.runtime.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL installed on this machine with the TimescaleDB extension, run from its binaries. Where the tests run as root
 * it runs as user {@code postgres}, since it refuses root.
 */
final class InstalledPostgres {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String USER = "postgres";

    private final Path binaries;
    private Process server;

    private InstalledPostgres(Path binaries) {
        this.binaries = binaries;
    }

    /** The newest one that has the extension; empty where there is none that can be run. */
    static Optional<InstalledPostgres> withTimescale() {
        return candidates()
                .filter(binaries -> Files.isExecutable(binaries.resolve("initdb")))
                .filter(InstalledPostgres::hasTimescale)
                .filter(_ -> !isRoot() || Files.isExecutable(Path.of("/usr/bin/setpriv")))
                .map(InstalledPostgres::new)
                .findFirst();
    }

    private static Stream<Path> candidates() {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.sorted(Comparator.reverseOrder()).forEach(version -> found.add(version.resolve("bin")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "pg_config"))) {
                found.add(Path.of(folder));
            }
        }
        return found.stream();
    }

    /** By the folder of extensions as the installation itself names it. */
    private static boolean hasTimescale(Path binaries) {
        Path config = binaries.resolve("pg_config");
        if (Files.isExecutable(config)) {
            try {
                Process process = new ProcessBuilder(config.toString(), "--sharedir").start();
                String share =
                        new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                return Files.exists(Path.of(share.strip(), "extension", "timescaledb.control"));
            } catch (IOException unusable) {
                return false;
            }
        }
        // Debian has pg_config in a package of its own.
        Path version = binaries.getParent().getFileName();
        return Files.exists(Path.of("/usr/share/postgresql", version.toString(), "extension", "timescaledb.control"));
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("/usr/bin/setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Makes the data directory where it is empty. */
    void initialise(Path data) {
        try {
            if (isRoot()) {
                UserPrincipal owner =
                        data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
                Files.setOwner(data, owner);
            }
            Process initdb = new ProcessBuilder(command(
                            "initdb", "-D", data.toString(), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C"))
                    .redirectErrorStream(true)
                    .directory(new File("/"))
                    .start();
            String said = new String(initdb.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!initdb.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                throw new IllegalStateException("initdb failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts the server; whoever connects waits for it. */
    void launch(Path data, int port) {
        try {
            server = new ProcessBuilder(command(
                            "postgres",
                            "-D",
                            data.toString(),
                            "-p",
                            Integer.toString(port),
                            "-c",
                            "listen_addresses=127.0.0.1",
                            "-c",
                            "unix_socket_directories=",
                            "-c",
                            "shared_preload_libraries=timescaledb",
                            "-c",
                            "timescaledb.telemetry_level=off",
                            "-c",
                            "max_connections=60",
                            "-c",
                            "max_locks_per_transaction=256"))
                    .directory(new File("/"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end at once, writing what it has, and waits. */
    void stop() {
        server.destroy();
        // SIGTERM waits for clients for ever; SIGINT would not, and SIGQUIT leaves recovery to the next start.
        server.descendants().forEach(ProcessHandle::destroy);
        Awaitility.await("postgres has ended").atMost(LIMIT).until(() -> !server.isAlive());
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.browser;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One run of {@code ./sysmon up} as a process of its own, on what the build has packaged. */
final class SingleProcess implements AutoCloseable {
    private final Process process;
    private final Path data;
    private final Path out;
    private final Path errors;
    private final long startedMillis;

    private SingleProcess(Process process, Path data, Path out, Path errors, long startedMillis) {
        this.process = process;
        this.data = data;
        this.out = out;
        this.errors = errors;
        this.startedMillis = startedMillis;
    }

    /**
     * Starts it; returns at once.
     *
     * @param root of the repository
     * @param data its data folder; its output is written beside it
     * @param options beside {@code --data}; ports that are not named are any free ones
     */
    static SingleProcess start(Path root, Path data, String... options) throws IOException {
        Path module = root.resolve("ops/standalone/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "-cp",
                jar(module) + ":" + module.resolve("lib") + "/*",
                "ar.mcrn.sysmonstm.ops.standalone.StandaloneMain",
                "--data",
                data.toString()));
        List<String> given = List.of(options);
        for (String port : List.of("--http", "--grpc", "--admin")) {
            if (!given.contains(port)) {
                command.addAll(List.of(port, "0"));
            }
        }
        command.addAll(given);
        Path out = Files.createTempFile(data.getParent(), "up", ".out");
        Path errors = Files.createTempFile(data.getParent(), "up", ".err");
        long started = System.currentTimeMillis();
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        return new SingleProcess(process, data, out, errors, started);
    }

    private static Path jar(Path target) throws IOException {
        if (!Files.isDirectory(target.resolve("lib"))) {
            throw new IllegalStateException("ops/standalone is not packaged: run mvn verify, not mvn test");
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches("sysmonstm-.*(?<!-tests)\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no jar in " + target));
        }
    }

    /** When it was started, Unix milliseconds. */
    long startedMillis() {
        return startedMillis;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Lines of standard output so far. */
    List<String> out() {
        return lines(out);
    }

    /** The address that it prints, as its only line, when it serves. */
    String address(Duration limit) {
        await().atMost(limit).until(() -> !out().isEmpty() || !isAlive());
        assertThat(out()).as("standard output; standard error was %s", errors()).hasSize(1);
        String line = out().getFirst();
        assertThat(line).matches("http://127\\.0\\.0\\.1:[0-9]+");
        return line;
    }

    /** Lines of standard error so far. */
    List<String> errors() {
        return lines(errors);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends by itself or by a signal sent before; the exit code. */
    int exitCode(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toSeconds(), SECONDS)) {
            throw new AssertionError("still runs after " + limit + ": " + String.join("\n", errors()));
        }
        return process.exitValue();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL, to this process alone, and waits for its end. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Processes that name the data folder on their command line: this one and its database. */
    List<ProcessHandle> processes() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(each -> names(each, data)).toList();
        }
    }

    private static boolean names(ProcessHandle process, Path folder) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .contains(folder.toString());
        } catch (IOException ended) {
            return false;
        }
    }

    /** Leaves nothing running, whatever went wrong. */
    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(20, SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        processes().forEach(ProcessHandle::destroyForcibly);
    }
}

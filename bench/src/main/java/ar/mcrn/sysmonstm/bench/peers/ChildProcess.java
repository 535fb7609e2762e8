package ar.mcrn.sysmonstm.bench.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A program of ours or another's as a child, with what it prints in a file. Closing ends it by its process id; so does the end of this JVM. */
final class ChildProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int STOP_SECONDS = 20;

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread hook;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.hook = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts one in this folder. */
    static ChildProcess start(String name, Path folder, Map<String, String> environment, List<String> command)
            throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ChildProcess(name, builder.start(), log);
    }

    /** Starts a JVM with the class path of this one and the launcher's options; {@code heap} holds those of the part. */
    static ChildProcess java(
            String name,
            Path folder,
            Map<String, String> environment,
            String main,
            List<String> heap,
            List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-cp",
                absolute(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")))));
        command.addAll(heap);
        command.add(main);
        command.addAll(arguments);
        return start(name, folder, environment, command);
    }

    /** It runs in another folder. */
    private static String absolute(String classPath) {
        return String.join(
                ":",
                Stream.of(classPath.split(":", -1))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }

    /** Waits until somebody listens there. */
    ChildProcess awaitPort(int port) {
        try {
            Awaitility.await(name + " listens").atMost(START).until(() -> {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    return socket.isConnected();
                } catch (IOException notYet) {
                    return !process.isAlive();
                }
            });
        } catch (ConditionTimeoutException e) {
            close();
            throw new IllegalStateException(name + " does not listen: " + lastLine(), e);
        }
        if (!process.isAlive()) {
            close();
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ": " + lastLine());
        }
        return this;
    }

    long pid() {
        return process.pid();
    }

    /** Waits for its end; its exit code. */
    int await(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(name + " does not end: " + lastLine());
        }
        return process.exitValue();
    }

    String lastLine() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty() ? "printed nothing" : lines.getLast();
        } catch (IOException unreadable) {
            return "printed nothing";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IllegalStateException ignored) {
            // The JVM is ending.
        }
    }
}

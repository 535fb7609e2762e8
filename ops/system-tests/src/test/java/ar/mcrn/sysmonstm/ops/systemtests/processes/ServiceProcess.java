package ar.mcrn.sysmonstm.ops.systemtests.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One part running in a JVM of its own, as the launcher starts it. It sees no environment but what is given, and the paths to
 * programs and the home. Closing ends it at once, by its own process id; {@link #stop} asks it to end.
 */
public final class ServiceProcess implements AutoCloseable {
    /** On a machine that is busy with many of them. */
    private static final Duration START = Duration.ofMinutes(3);

    private static final List<String> KEPT = List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR");

    private final Part part;
    private final Process process;
    private final OutputLines output;
    private final OutputLines errors;

    private ServiceProcess(Part part, Process process) {
        this.part = part;
        this.process = process;
        this.output = new OutputLines(process.getInputStream(), part + " output");
        this.errors = new OutputLines(process.getErrorStream(), part + " errors");
    }

    /** Starts a process; does not wait for anything. */
    public static ServiceProcess start(
            RepositoryRoot root, Part part, Map<String, String> environment, List<String> arguments) {
        return start(root, part, List.of(), environment, arguments);
    }

    /** Starts a process with further options of its JVM, which win over the part's own. */
    static ServiceProcess start(
            RepositoryRoot root, Part part, List<String> jvm, Map<String, String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC"));
        command.addAll(part.jvm());
        command.addAll(jvm);
        command.addAll(List.of("-cp", root.classPath(part.module()), part.main()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(KEPT);
        builder.environment().putAll(environment);
        try {
            return new ServiceProcess(part, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Process id. */
    public long pid() {
        return process.pid();
    }

    /** Port that it chose and printed. Waits for that. */
    public int port(String name) throws InterruptedException {
        String prefix = name + "=";
        String line = output.await(text -> text.startsWith(prefix), 0, START)
                .orElseThrow(() -> new IllegalStateException("no port " + name + " was printed by " + this));
        return Integer.parseInt(line.substring(prefix.length()));
    }

    /** Addresses of what it serves by HTTP, by name of the port. */
    public Map<String, URI> addresses() throws InterruptedException {
        Map<String, URI> addresses = new LinkedHashMap<>();
        for (String name : part.ports()) {
            if (!name.equals("grpc")) {
                addresses.put(name, address(name));
            }
        }
        return addresses;
    }

    /** Address of one of its HTTP ports, which it chose. */
    public URI address(String port) throws InterruptedException {
        return URI.create("http://127.0.0.1:" + port(port) + "/");
    }

    /** Options that give another process the ports which this one chose. */
    List<String> samePorts() throws InterruptedException {
        List<String> options = new ArrayList<>();
        for (String name : part.ports()) {
            options.addAll(List.of("--" + name, Integer.toString(port(name))));
        }
        return options;
    }

    /** Which part it is. */
    public Part part() {
        return part;
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** All lines on standard error so far. */
    public List<String> errorsSoFar() {
        return errors.all();
    }

    /** Number of lines on standard error so far. */
    public int errorLines() {
        return errors.count();
    }

    /**
     * The first line on standard error from number {@code from} on that fits.
     *
     * @throws IllegalStateException when it does not come in time or the process ends
     */
    public String awaitError(Predicate<String> fits, int from, Duration limit) throws InterruptedException {
        return errors.await(fits, from, limit)
                .orElseThrow(() -> new IllegalStateException(
                        "the line waited for did not come in " + limit.toSeconds() + " s from " + this));
    }

    /** All of standard output, when it has ended. */
    public List<String> output() throws InterruptedException {
        return output.whole(Duration.ofSeconds(10));
    }

    /** All of standard error, when it has ended. */
    public List<String> errors() throws InterruptedException {
        return errors.whole(Duration.ofSeconds(10));
    }

    /** Its exit code, or nothing when it still runs after that time. */
    public OptionalInt awaitExit(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                ? OptionalInt.of(process.exitValue())
                : OptionalInt.empty();
    }

    /** Kill -9; returns when it is gone. */
    public void kill9() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; waits for nothing. */
    public void terminate() {
        process.destroy();
    }

    /**
     * SIGTERM; returns its exit code.
     *
     * @throws IllegalStateException when it does not end within 30 s
     */
    public int stop() throws InterruptedException {
        process.destroy();
        return awaitExit(Duration.ofSeconds(30)).orElseThrow(() -> new IllegalStateException("does not end: " + this));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** With the last lines it printed, for messages of tests that failed. */
    @Override
    public String toString() {
        List<String> all = errors.all();
        String state = process.isAlive() ? "running" : "ended with " + process.exitValue();
        return part + " (pid " + pid() + ", " + state + "), last lines:\n"
                + String.join("\n", all.subList(Math.max(0, all.size() - 30), all.size()));
    }
}

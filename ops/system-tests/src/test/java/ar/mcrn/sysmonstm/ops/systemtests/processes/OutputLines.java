package ar.mcrn.sysmonstm.ops.systemtests.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Everything that a process printed on one of its streams; read by a thread that ends with the stream. Any thread may ask. */
final class OutputLines {
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    OutputLines(InputStream stream, String name) {
        Thread.ofVirtual().name(name).start(() -> read(stream));
    }

    private void read(InputStream stream) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("(output ended: " + e.getMessage() + ")");
        } finally {
            end();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Number of lines so far. */
    synchronized int count() {
        return lines.size();
    }

    /** All lines so far. */
    synchronized List<String> all() {
        return List.copyOf(lines);
    }

    /** All lines, when the stream has ended. */
    synchronized List<String> whole(Duration limit) throws InterruptedException {
        await(line -> false, lines.size(), limit);
        return List.copyOf(lines);
    }

    /** The first line from number {@code from} on that fits; empty when the stream ended or the time is over. */
    synchronized Optional<String> await(Predicate<String> fits, int from, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        int next = from;
        while (true) {
            for (; next < lines.size(); next++) {
                if (fits.test(lines.get(next))) {
                    return Optional.of(lines.get(next));
                }
            }
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (ended || millis <= 0) {
                return Optional.empty();
            }
            wait(millis);
        }
    }
}

package ar.mcrn.sysmonstm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Folder of a benchmark, removed with all that is in it when it is closed, and at the end of this JVM by SIGTERM or SIGINT. Then
 * {@link Children} are being ended at the same time, so that what they still write is removed in another attempt.
 */
public final class TemporaryFolder implements AutoCloseable {
    private static final long ATTEMPTS_NANOS = Duration.ofSeconds(5).toNanos();

    private final Path path;
    private final Thread hook = Thread.ofPlatform().unstarted(this::removeAtEnd);

    /** @param prefix of its name */
    public TemporaryFolder(String prefix) throws IOException {
        path = Files.createTempDirectory(prefix);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    private void remove() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException removed) {
            // By the hook, while the end of this JVM is under way.
        }
    }

    private void removeAtEnd() {
        long begun = System.nanoTime();
        while (Files.exists(path) && System.nanoTime() - begun < ATTEMPTS_NANOS) {
            try {
                remove();
            } catch (IOException | UncheckedIOException changing) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM is ending, and the hook runs anyway.
            return;
        }
        remove();
    }
}

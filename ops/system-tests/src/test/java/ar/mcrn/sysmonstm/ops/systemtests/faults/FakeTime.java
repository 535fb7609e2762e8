package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Wall clock of a process that is not this machine's, by libfaketime; monotonic clocks are left alone. Closing deletes its file. */
public final class FakeTime implements AutoCloseable {
    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/faketime/libfaketimeMT.so.1"));

    private final Path file;

    /** Begins with an offset such as {@code +3600s}. A rate, such as {@code x1.0005}, would make a JVM's waits endless. */
    public FakeTime(String offset) throws IOException {
        file = Files.createTempFile("sysmonstm-time", ".rc");
        set(offset);
    }

    /** From now on another offset, within a second. */
    public void set(String offset) throws IOException {
        Path next = Path.of(file + ".next");
        Files.writeString(next, offset + "\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** From now on another offset, in seconds. */
    public void set(double seconds) throws IOException {
        set(String.format(Locale.ROOT, "%+.6fs", seconds));
    }

    /**
     * For the environment of the process.
     *
     * @throws IllegalStateException where libfaketime is not installed
     */
    public Map<String, String> environment() {
        String library = LIBRARIES.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("needs libfaketime (Debian: apt-get install libfaketime)"))
                .toString();
        return Map.of(
                "LD_PRELOAD", library,
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                // Not with each of the many looks at a clock that a busy process takes.
                "FAKETIME_CACHE_DURATION", "1",
                // Otherwise every wait of limited time ends at once, and what ticks spins.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1");
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}

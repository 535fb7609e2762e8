package ar.mcrn.sysmonstm.bench;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Programs that a benchmark starts. None outlives it: closing ends what still runs, and so does the end of this JVM by SIGTERM or
 * SIGINT, with all descendants and at once. Any thread.
 */
final class Children implements AutoCloseable {
    private static final int STOP_SECONDS = 30;

    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private final Thread hook = Thread.ofPlatform().unstarted(this::kill);

    Children() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        running.add(process);
        return process;
    }

    /** SIGTERM, and after 30 s SIGKILL; returns when it has ended. */
    void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        running.remove(process);
    }

    private void kill() {
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ignored) {
            // The JVM is ending, and the hook runs anyway.
        }
    }
}

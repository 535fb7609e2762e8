package ar.mcrn.sysmonstm.ops.standalone.doctor.compose;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Programs of this host. */
@FunctionalInterface
public interface HostCommands {
    /**
     * What a program said.
     *
     * @param code exit code; 127 = there is no such program, 124 = it took too long
     * @param output standard output, without the last line end
     */
    record Answer(int code, String output) {
        boolean isWell() {
            return code == 0;
        }
    }

    /** Runs it to its end. */
    Answer run(List<String> command);

    /** Real programs; one that takes longer than this is ended. */
    static HostCommands real(Duration limit) {
        return command -> {
            try {
                Process process = new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                CompletableFuture<String> output = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> output.complete(read(process)));
                try {
                    // Ends when the last process that holds it has ended, which may be later than the program.
                    String said = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                    if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                        return new Answer(process.exitValue(), said.stripTrailing());
                    }
                } catch (TimeoutException | ExecutionException late) {
                    // As below.
                }
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return new Answer(124, "");
            } catch (IOException notThere) {
                return new Answer(127, "");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Answer(124, "");
            }
        };
    }

    private static String read(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }
}

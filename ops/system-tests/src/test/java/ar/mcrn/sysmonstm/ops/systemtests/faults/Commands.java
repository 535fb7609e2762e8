package ar.mcrn.sysmonstm.ops.systemtests.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Programs of this machine. */
final class Commands {
    private Commands() {}

    /**
     * Runs one to its end and returns what it printed, stripped.
     *
     * @throws IOException where it fails, with what it said
     */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return said;
    }
}

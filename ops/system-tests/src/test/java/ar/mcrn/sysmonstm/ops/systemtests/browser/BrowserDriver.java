package ar.mcrn.sysmonstm.ops.systemtests.browser;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Chromium behind {@code src/test/browser/driver.mjs}: commands and answers are lines of JSON. For one thread. */
final class BrowserDriver implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    private BrowserDriver(Process process) {
        this.process = process;
        commands = process.outputWriter();
        answers = process.inputReader();
    }

    /**
     * Starts Node and the browser.
     *
     * @param root of the repository
     * @throws IllegalStateException in one line where one of them is missing
     */
    static BrowserDriver start(Path root) throws IOException {
        String browser = BROWSERS.stream()
                .map(BrowserDriver::onPath)
                .filter(path -> path != null)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("the browser test needs Chromium on the PATH; found none of "
                                + String.join(", ", BROWSERS) + " (Debian: apt-get install chromium)"));
        if (!Files.isDirectory(root.resolve("dashboard/node_modules/playwright-core"))) {
            throw new IllegalStateException("dashboard/node_modules has no playwright-core: build the dashboard first");
        }
        return new BrowserDriver(new ProcessBuilder(
                        "node",
                        root.resolve("ops/system-tests/src/test/browser/driver.mjs")
                                .toString(),
                        browser)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private static String onPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
    }

    /**
     * Has one command done and waits for it.
     *
     * @throws AssertionError saying what was not seen in time
     */
    JsonNode ask(String command, Map<String, ?> settings) throws IOException {
        Map<String, Object> message = new HashMap<>(settings);
        message.put("command", command);
        commands.write(JSON.writeValueAsString(message) + "\n");
        commands.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new AssertionError("the browser driver ended during " + command);
        }
        System.out.println(command + " " + line);
        JsonNode answer = JSON.readTree(line);
        if (!answer.path("ok").asBoolean()) {
            throw new AssertionError(answer.path("error").asText());
        }
        return answer;
    }

    /** Ends the browser; by force where it takes longer than 10 s. */
    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (process.waitFor(10, SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}

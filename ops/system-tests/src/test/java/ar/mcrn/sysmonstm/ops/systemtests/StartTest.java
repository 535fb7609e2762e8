package ar.mcrn.sysmonstm.ops.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Starts that cannot be: one line that names what was wrong, and an exit code. */
final class StartTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static ServerSocket taken;

    /**
     * A start that cannot be.
     *
     * @param part started
     * @param environment beside the defaults
     * @param arguments {@code PORT} stands for one in use, {@code DIR} for a folder
     * @param exitCode expected
     * @param named words that the line has to hold
     */
    record Start(Part part, Map<String, String> environment, List<String> arguments, int exitCode, List<String> named) {
        @Override
        public String toString() {
            return part + " " + environment + " " + arguments;
        }
    }

    static Stream<Start> wrongStarts() {
        return Stream.of(
                wrong(Part.API, Map.of(), 1, "--http PORT --admin 0", "PORT", "in use"),
                wrong(Part.RELAY, Map.of(), 1, "--http 0 --admin PORT", "PORT", "in use"),
                wrong(Part.ALERTS, Map.of(), 1, "--admin PORT", "PORT", "in use"),
                wrong(Part.AGGREGATOR, Map.of(), 1, "--admin 0 --grpc PORT", "PORT", "in use"),
                wrong(Part.AGGREGATOR, Map.of(), 1, "--config DIR/unknown.yaml", "nonsense", "not a known key"),
                wrong(Part.API, Map.of(), 1, "--config DIR/absent.yaml", "absent.yaml", "cannot be read"),
                wrong(Part.API, Map.of("API_HTTP_PORT", "70000"), 1, "--admin 0", "API_HTTP_PORT=70000", "65535"),
                wrong(Part.API, Map.of("REDIS_URL", "http://127.0.0.1"), 1, "--admin 0", "REDIS_URL", "rediss://"),
                wrong(
                        Part.ALERTS,
                        Map.of("TIMESCALE_URL", "mysql://127.0.0.1/x"),
                        1,
                        "--admin 0",
                        "TIMESCALE_URL",
                        "postgresql://"),
                wrong(Part.ALERTS, Map.of("ALERT_WEBHOOK_URL", "ftp://sink"), 1, "--admin 0", "ALERT_WEBHOOK_URL"),
                wrong(
                        Part.AGGREGATOR,
                        Map.of("ALERT_RULES_FILE", "DIR/broken.yaml"),
                        1,
                        "--admin 0 --grpc 0",
                        "broken.yaml",
                        "line",
                        "aboove"),
                wrong(Part.RELAY, Map.of(), 1, "--bind 0.0.0.0 --insecure --http 0 --admin 0", "0.0.0.0", "EDGE_TOKEN"),
                wrong(Part.API, Map.of(), 1, "--bind 0.0.0.0 --http 0 --admin 0", "0.0.0.0", "--insecure"),
                wrong(
                        Part.API,
                        Map.of(),
                        1,
                        "--bind 192.0.2.1 --http 0 --admin 0",
                        "--bind=192.0.2.1",
                        "not an address"),
                wrong(Part.API, Map.of("API_ORIGINS", "status.example"), 1, "--http 0 --admin 0", "API_ORIGINS=status"),
                wrong(Part.API, Map.of(), 2, "--grpc 0", "--grpc"),
                wrong(Part.AGGREGATOR, Map.of(), 2, "--http 0", "--http"),
                wrong(Part.API, Map.of(), 2, "--nonsense", "--nonsense"),
                wrong(
                        Part.AGENT,
                        Map.of("COLLECTOR_COLLECTION_INTERVAL", "0"),
                        1,
                        "",
                        "COLLECTOR_COLLECTION_INTERVAL=0",
                        "0.25"),
                wrong(Part.AGENT, Map.of(), 2, "--nonsense", "--nonsense"),
                wrong(Part.LOADGEN, Map.of(), 2, "--agents 0", "agents"));
    }

    private static Start wrong(
            Part part, Map<String, String> environment, int exitCode, String arguments, String... named) {
        List<String> options = arguments.isEmpty() ? List.of() : List.of(arguments.split(" ", -1));
        return new Start(part, environment, options, exitCode, List.of(named));
    }

    @BeforeAll
    static void prepare() throws IOException {
        taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Files.writeString(folder.resolve("unknown.yaml"), "adminPort: 0\nnonsense: 1\n");
        Files.writeString(
                folder.resolve("broken.yaml"), "rules:\n  - {name: high, metric: system.cpu.utilization, aboove: 1}\n");
    }

    @AfterAll
    static void free() throws IOException {
        taken.close();
    }

    @ParameterizedTest
    @MethodSource("wrongStarts")
    @Execution(ExecutionMode.CONCURRENT)
    void isRefusedInOneLine(Start start) throws InterruptedException {
        Map<String, String> environment = new HashMap<>(start.environment());
        environment.replaceAll((name, value) -> filledIn(value));
        List<String> arguments =
                start.arguments().stream().map(StartTest::filledIn).toList();
        try (ServiceProcess process =
                ServiceProcess.start(RepositoryRoot.find(), start.part(), environment, arguments)) {
            assertThat(process.awaitExit(SOON)).as(process.toString()).hasValue(start.exitCode());
            List<String> errors = process.errors();
            assertThat(errors).noneMatch(line -> line.stripLeading().startsWith("at "));
            for (String word : start.named()) {
                assertThat(errors).as("names %s", word).anyMatch(line -> line.contains(filledIn(word)));
            }
            List<String> said = errors.stream()
                    .filter(line -> !line.matches("[0-9T:.Z-]{24} (INFO|WARN) .*"))
                    .toList();
            if (start.exitCode() == 1) {
                assertThat(said).as("one line beside the log: " + errors).hasSize(1);
            }
        }
    }

    private static String filledIn(String text) {
        return text.replaceAll("\\bPORT\\b", Integer.toString(taken.getLocalPort()))
                .replace("DIR", folder.toString());
    }
}

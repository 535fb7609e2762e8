package ar.mcrn.sysmonstm.ops.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that ops/image makes of the agent: its agent starts from the cache, samples, and says goodbye. */
final class AgentImageTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    @TempDir
    private static Path folder;

    private static Path image;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        image = folder.resolve("image");
        Path log = folder.resolve("build.log");
        Process build = start(
                log,
                // What the caller's environment says to agents and aggregators in use is not for this one.
                Map.of(
                        "JAVA_HOME", System.getProperty("java.home"),
                        "COLLECTOR_AGGREGATOR_URL", "127.0.0.1:1",
                        "COLLECTOR_MACHINE_ID", "not this one",
                        "COLLECTOR_HOST_ROOT", "/nowhere",
                        "AGGREGATOR_TOKEN", "a-token-of-others",
                        "LOG_LEVEL", "error"),
                ROOT.resolve("ops/image/build").toString(),
                "agent",
                image.toString());
        try {
            assertThat(build.waitFor(5, TimeUnit.MINUTES)).as(read(log)).isTrue();
            assertThat(build.exitValue()).as(read(log)).isZero();
        } finally {
            build.destroy();
        }
    }

    @Test
    void itsCacheFitsItsJars() throws IOException, InterruptedException {
        Path log = folder.resolve("help.log");
        // Ends the JVM where the cache cannot be used.
        Process help = start(log, Map.of("SYSMON_JAVA_OPTIONS", "-XX:AOTMode=on"), agent(), "--help");
        assertThat(help.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(help.exitValue()).as(read(log)).isZero();
        assertThat(read(log)).contains("--aggregator").doesNotContain("AOT");
    }

    @Test
    void itsAgentSamplesAndEndsOnSigterm() throws IOException, InterruptedException {
        Path log = folder.resolve("agent.log");
        Path spool = folder.resolve("spool");
        Process agent = start(
                log,
                Map.of("AGGREGATOR_URL", "127.0.0.1:1", "MACHINE_ID", "image", "COLLECTOR_SPOOL_DIR", spool.toString()),
                agent());
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> spooled(spool) > 2_000);
            assertThat(agent.isAlive()).isTrue();
        } finally {
            agent.destroy();
            assertThat(agent.waitFor(20, TimeUnit.SECONDS)).as(read(log)).isTrue();
        }
        assertThat(agent.exitValue()).as(read(log)).isZero();
        assertThat(read(log)).contains("agent started").doesNotContain("ClassNotFound", "NoClassDef");
    }

    @Test
    void aFolderThatIsThereIsLeftAlone() throws IOException, InterruptedException {
        Path log = folder.resolve("again.log");
        Process again = start(
                log,
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                ROOT.resolve("ops/image/build").toString(),
                "agent",
                image.toString());
        assertThat(again.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(again.exitValue()).isOne();
        assertThat(read(log)).isEqualTo("image: " + image + " is there already\n");
    }

    private static String agent() {
        return image.resolve("bin/sysmonstm-agent").toString();
    }

    private static long spooled(Path spool) throws IOException {
        if (!Files.isDirectory(spool)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(spool)) {
            return files.filter(file -> file.toString().endsWith(".spool"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static Process start(Path log, Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String read(Path log) throws IOException {
        return Files.readString(log);
    }
}

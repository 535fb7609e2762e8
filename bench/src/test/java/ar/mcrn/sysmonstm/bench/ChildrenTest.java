package ar.mcrn.sysmonstm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ChildrenTest {
    /** A shell with a child of its own. */
    private static final List<String> FAMILY = List.of("/bin/sh", "-c", "sleep 600 & echo $!; wait");

    /** A benchmark that is stopped in the middle: prints its folder and whom it has started, and waits. */
    static final class Stopped {
        private Stopped() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            TemporaryFolder folder = new TemporaryFolder("sysmonstm-stopped");
            Files.writeString(folder.path().resolve("file"), "kept");
            System.out.println(folder.path());
            Children children = new Children();
            Process child = children.start(new ProcessBuilder(FAMILY));
            System.out.println(child.pid());
            try (BufferedReader said = child.inputReader()) {
                System.out.println(said.readLine());
                child.waitFor();
            }
        }
    }

    @Test
    void nothingIsLeftOfABenchmarkThatIsStopped() throws Exception {
        Process benchmark = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Stopped.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = benchmark.inputReader()) {
            Path folder = Path.of(said.readLine());
            ProcessHandle shell =
                    ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
            ProcessHandle sleep =
                    ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
            benchmark.destroy();
            assertThat(benchmark.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(folder).doesNotExist();
            shell.onExit().get(10, TimeUnit.SECONDS);
            sleep.onExit().get(10, TimeUnit.SECONDS);
        } finally {
            benchmark.destroyForcibly();
        }
    }

    @Test
    void closingEndsWhatStillRuns() throws Exception {
        Process child;
        try (Children children = new Children()) {
            child = children.start(new ProcessBuilder(FAMILY));
        }
        assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.browser;

import static ar.mcrn.sysmonstm.ops.systemtests.browser.Patience.stretched;
import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./sysmon up} in a real browser, through a life of three runs on one data folder: the first is stopped, the second
 * killed. Limits are those promised to people on an idle machine, stretched where others run as well.
 */
class LivePageTest {
    private static final Duration LIVE = Duration.ofSeconds(10);
    private static final Duration STOP = Duration.ofSeconds(10);
    /** Two rounds of the agent, and a little. */
    private static final Duration PROCESSES = Duration.ofSeconds(25);

    private static final Duration SEEN = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final Path root = RepositoryRoot.find().path();
    private final List<SingleProcess> runs = new ArrayList<>();

    @AfterEach
    void leaveNothingRunning() {
        for (SingleProcess run : runs) {
            run.close();
        }
    }

    private SingleProcess up(Path data, String... options) throws IOException {
        SingleProcess run = SingleProcess.start(root, data, options);
        runs.add(run);
        return run;
    }

    @Test
    void showsThisMachineLiveAndKeepsItsHistoryThroughStopAndKill() throws Exception {
        Path data = folder.resolve("data");
        try (BrowserDriver browser = BrowserDriver.start(root)) {
            SingleProcess first = up(data);
            Duration limit = stretched(LIVE);
            String url = first.address(limit);
            String machine = live(browser, first, url, limit);
            long firstLive = System.currentTimeMillis();
            movesEverySecond(browser);
            showsTheBurner(browser, url, machine);
            long[] firstSpan = {firstLive, System.currentTimeMillis()};
            JsonNode since = spans(browser, url, machine, List.of(firstSpan), List.of());
            assertThat(since.path("first").asLong())
                    .as("beginning of the history")
                    .isLessThanOrEqualTo(firstLive);
            showsItsProcesses(browser, first, url, machine);
            showsACommandAsTextWhateverItIs(browser, url, machine);
            fitsATelephone(browser, url, machine);
            refusesASecondOneOnTheFolder(first, data);
            assertThat(browser.ask("leave", Map.of()).path("complaints")).isEmpty();
            long stopped = stops(first);

            SingleProcess second = up(data);
            String secondUrl = second.address(stretched(LIVE));
            live(browser, second, secondUrl, stretched(LIVE));
            long secondLive = System.currentTimeMillis();
            movesEverySecond(browser);
            long[] secondSpan = {secondLive, System.currentTimeMillis()};
            JsonNode after = spans(browser, secondUrl, machine, List.of(firstSpan, secondSpan), List.of(stopped));
            assertThat(after.path("gaps").path(0).asText()).startsWith("the agent was stopped");
            assertThat(browser.ask("leave", Map.of()).path("complaints")).isEmpty();
            second.kill();
            long killed = System.currentTimeMillis();
            assertThat(second.processes()).as("the database, orphaned").isNotEmpty();

            SingleProcess third = up(data);
            String thirdUrl = third.address(stretched(LIVE));
            assertThat(third.errors()).anyMatch(line -> line.contains("left running by an earlier process"));
            live(browser, third, thirdUrl, stretched(LIVE));
            spans(browser, thirdUrl, machine, List.of(firstSpan, secondSpan), List.of(stopped, killed));
            assertThat(browser.ask("leave", Map.of()).path("complaints")).isEmpty();
            stops(third);
            assertThat(third.processes())
                    .as("processes left on the data folder")
                    .isEmpty();
        }
    }

    private static String live(BrowserDriver browser, SingleProcess run, String url, Duration limit)
            throws IOException {
        long left = limit.toMillis() - (System.currentTimeMillis() - run.startedMillis());
        String machine = browser.ask("live", Map.of("url", url, "limitMillis", Math.max(left, 1)))
                .path("machine")
                .asText();
        System.out.println("live after " + (System.currentTimeMillis() - run.startedMillis()) + " ms of at most "
                + limit.toMillis());
        return machine;
    }

    private static void movesEverySecond(BrowserDriver browser) throws IOException {
        JsonNode stamps = browser.ask(
                        "moves", Map.of("limitMillis", stretched(SEEN).toMillis() + 2_000))
                .path("stamps");
        assertThat(stamps.get(1).asLong() - stamps.get(0).asLong())
                .as("from stamp to stamp of %s", stamps)
                .isBetween(500L, stretched(Duration.ofSeconds(2)).toMillis());
    }

    private static void showsTheBurner(BrowserDriver browser, String url, String machine) throws IOException {
        browser.ask(
                "burner",
                Map.of(
                        "url",
                        url,
                        "machine",
                        machine,
                        "limitMillis",
                        stretched(SEEN).toMillis()));
    }

    private static void showsItsProcesses(BrowserDriver browser, SingleProcess run, String url, String machine)
            throws IOException {
        JsonNode row = process(browser, url, machine, run.pid());
        assertThat(row.path("name").asText()).isEqualTo("java");
        assertThat(row.path("cpu").asText()).endsWith("%");
        assertThat(row.path("memory").asText()).contains("iB");
        assertThat(row.path("threads").asInt()).isGreaterThan(10);
        assertThat(row.path("pid").asLong()).isEqualTo(run.pid());
    }

    /** A program of that name burns a processor: its name is shown, not run. */
    private static void showsACommandAsTextWhateverItIs(BrowserDriver browser, String url, String machine)
            throws IOException, InterruptedException {
        String name = "<b>x\n</b>";
        Process burner =
                new ProcessBuilder("sh", "-c", "printf '<b>x\\n</b>' > /proc/$$/comm; while :; do :; done").start();
        try {
            JsonNode row = process(browser, url, machine, burner.pid());
            assertThat(row.path("name").asText()).isEqualTo(name.replace('\n', '\uFFFD'));
        } finally {
            burner.destroyForcibly().waitFor();
        }
    }

    private static JsonNode process(BrowserDriver browser, String url, String machine, long pid) throws IOException {
        return browser.ask(
                "process",
                Map.of(
                        "url",
                        url,
                        "machine",
                        machine,
                        "pid",
                        pid,
                        "limitMillis",
                        stretched(PROCESSES).toMillis()));
    }

    private static JsonNode spans(
            BrowserDriver browser, String url, String machine, List<long[]> measured, List<Long> silent)
            throws IOException {
        return browser.ask(
                "spans",
                Map.of(
                        "url", url,
                        "machine", machine,
                        "measured", measured,
                        "silent", silent,
                        "limitMillis", stretched(LIVE).toMillis()));
    }

    private static void fitsATelephone(BrowserDriver browser, String url, String machine) throws IOException {
        JsonNode widths = browser.ask(
                "narrow",
                Map.of(
                        "url",
                        url,
                        "machine",
                        machine,
                        "limitMillis",
                        stretched(LIVE).toMillis()));
        for (String page : List.of("fleet", "machine")) {
            assertThat(widths.path(page).get(0).asInt())
                    .as("width of the %s page", page)
                    .isLessThanOrEqualTo(widths.path(page).get(1).asInt());
        }
    }

    private void refusesASecondOneOnTheFolder(SingleProcess holder, Path data) throws Exception {
        SingleProcess other = up(data);
        assertThat(other.exitCode(stretched(LIVE))).isEqualTo(1);
        assertThat(other.errors()).singleElement().asString().contains("is in use by process " + holder.pid());
        assertThat(other.out()).isEmpty();
    }

    /** Stops it as Ctrl-C does; when that was done, Unix milliseconds. */
    private static long stops(SingleProcess run) throws InterruptedException {
        run.terminate();
        assertThat(run.exitCode(stretched(STOP))).isZero();
        assertThat(run.out()).hasSize(1);
        return System.currentTimeMillis();
    }

    @Test
    void refusesAPortInUse() throws Exception {
        for (String option : List.of("--http", "--grpc")) {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                SingleProcess run = up(folder.resolve("unused"), option, Integer.toString(taken.getLocalPort()));
                assertThat(run.exitCode(stretched(LIVE))).isEqualTo(1);
                assertThat(run.errors())
                        .singleElement()
                        .asString()
                        .contains(Integer.toString(taken.getLocalPort()))
                        .contains(option);
                assertThat(run.out()).isEmpty();
            }
        }
    }
}

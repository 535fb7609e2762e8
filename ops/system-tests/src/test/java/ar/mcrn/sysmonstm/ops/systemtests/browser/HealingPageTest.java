package ar.mcrn.sysmonstm.ops.systemtests.browser;

import static ar.mcrn.sysmonstm.ops.systemtests.browser.Patience.stretched;
import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.loadgen.FaultProxy;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.RepositoryRoot;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real agent behind a link that is cut: a page that stays open shows the gap, and without being touched shows what the agent
 * kept meanwhile when the link is back.
 */
class HealingPageTest {
    private static final String MACHINE = "healing-1";
    private static final Duration LIVE = Duration.ofSeconds(10);
    private static final Duration CUT = Duration.ofSeconds(10);
    /** An agent tries again sooner than the outage lasted; then the page looks every 5 to 20 s. */
    private static final Duration HEALED = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void showsAGapAndThenWhatTheAgentKeptMeanwhile() throws Exception {
        RepositoryRoot root = RepositoryRoot.find();
        int grpc = freePort();
        try (SingleProcess up = SingleProcess.start(
                        root.path(), folder.resolve("data"), "--no-agent", "--grpc", Integer.toString(grpc));
                FaultProxy link = FaultProxy.inFrontOf(grpc, 1);
                BrowserDriver browser = BrowserDriver.start(root.path())) {
            String url = up.address(stretched(LIVE));
            Map<String, String> settings = Map.of(
                    "COLLECTOR_AGGREGATOR_URL",
                    "127.0.0.1:" + link.port(),
                    "COLLECTOR_MACHINE_ID",
                    MACHINE,
                    "COLLECTOR_SPOOL_DIR",
                    folder.resolve("spool").toString());
            try (ServiceProcess agent = ServiceProcess.start(root, Part.AGENT, settings, List.of())) {
                seesTheGapHeal(browser, link, url);
                assertThat(agent.isAlive()).isTrue();
            }
        }
    }

    private static void seesTheGapHeal(BrowserDriver browser, FaultProxy link, String url) throws IOException {
        browser.ask("live", Map.of("url", url, "limitMillis", stretched(LIVE).toMillis()));
        browser.ask("moves", Map.of("limitMillis", stretched(LIVE).toMillis()));
        link.refuse(true);
        assertThat(link.cut(1)).as("connections cut").isPositive();
        long begin = System.currentTimeMillis();
        long end = begin + CUT.toMillis();
        JsonNode hole = browser.ask(
                "hole",
                Map.of(
                        "url", url,
                        "machine", MACHINE,
                        "from", begin,
                        "to", end,
                        "limitMillis", CUT.plus(stretched(LIVE)).toMillis()));
        assertThat(hole.path("texts")).isNotEmpty();
        link.heal();
        JsonNode healed = browser.ask(
                "heals",
                Map.of(
                        "from",
                        begin,
                        "to",
                        end,
                        "limitMillis",
                        stretched(HEALED).toMillis()));
        assertThat(healed.path("measured").asInt()).as("points drawn").isPositive();
        assertThat(browser.ask("leave", Map.of()).path("complaints")).isEmpty();
    }
}

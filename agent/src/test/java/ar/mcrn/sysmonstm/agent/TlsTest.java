package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.agent.send.ScriptedAggregator;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a program of its own against an aggregator that speaks TLS, by the authorities of its JVM. */
class TlsTest {
    @TempDir
    private Path folder;

    private SelfSigned server;

    @BeforeEach
    void makeKeys() throws IOException, InterruptedException {
        server = new SelfSigned(Files.createDirectory(folder.resolve("server")));
    }

    private ScriptedAggregator aggregator() throws IOException, GeneralSecurityException {
        ScriptedAggregator aggregator = new ScriptedAggregator(0, server.credentials());
        aggregator.acknowledgeAll();
        return aggregator;
    }

    private Process agent(String url, SelfSigned authority) throws IOException, GeneralSecurityException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djavax.net.ssl.trustStore=" + authority.trustStore(),
                        "-Djavax.net.ssl.trustStorePassword=" + SelfSigned.PASSWORD,
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentMain.class.getName(),
                        "--aggregator",
                        url)
                .redirectError(log().toFile());
        builder.environment().put("COLLECTOR_SPOOL_DIR", folder.resolve("spool").toString());
        builder.environment().put("COLLECTOR_TOKEN", "the-token");
        return builder.start();
    }

    private Path log() {
        return folder.resolve("log");
    }

    /** The first line that says so. */
    private String said(String message) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(log()).contains(message));
        try (var lines = Files.lines(log())) {
            return lines.filter(line -> line.contains(message)).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void stop(Process agent) throws InterruptedException {
        agent.destroy();
        assertThat(agent.waitFor()).isZero();
    }

    @Test
    void streamsToOneWhoseAuthorityIsTrusted() throws Exception {
        try (ScriptedAggregator aggregator = aggregator()) {
            Process agent = agent("https://localhost:" + aggregator.port(), server);
            try {
                said("connected");
                await().atMost(Duration.ofSeconds(30)).until(() -> aggregator.count(AgentMessage::hasSamples) >= 2);
                assertThat(aggregator.received().getFirst().getHello().getCredential())
                        .isEqualTo("the-token");
            } finally {
                stop(agent);
            }
        }
    }

    @Test
    void saysThatTheAuthorityIsNotTrusted() throws Exception {
        SelfSigned other = new SelfSigned(Files.createDirectory(folder.resolve("other")));
        try (ScriptedAggregator aggregator = aggregator()) {
            Process agent = agent("https://localhost:" + aggregator.port(), other);
            try {
                assertThat(said("aggregator cannot be reached"))
                        .contains("unable to find valid certification path to requested target");
                assertThat(aggregator.streamsSeen()).isZero();
            } finally {
                stop(agent);
            }
        }
    }

    @Test
    void saysThatTheCertificateIsOfAnotherHost() throws Exception {
        try (ScriptedAggregator aggregator = aggregator()) {
            Process agent = agent("https://127.0.0.1:" + aggregator.port(), server);
            try {
                assertThat(said("aggregator cannot be reached"))
                        .contains("127.0.0.1")
                        .containsIgnoringCase("hostname");
                assertThat(aggregator.streamsSeen()).isZero();
            } finally {
                stop(agent);
            }
        }
    }

    @Test
    void saysThatTheAggregatorSpeaksNoTls() throws Exception {
        try (ScriptedAggregator aggregator = new ScriptedAggregator()) {
            Process agent = agent("https://localhost:" + aggregator.port(), server);
            try {
                assertThat(said("aggregator cannot be reached")).containsIgnoringCase("ssl");
            } finally {
                stop(agent);
            }
        }
    }
}

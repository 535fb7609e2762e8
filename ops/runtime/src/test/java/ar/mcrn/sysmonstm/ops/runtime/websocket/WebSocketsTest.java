package ar.mcrn.sysmonstm.ops.runtime.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real Jetty, with Jersey at the root, and the JDK's WebSocket client or a plain socket. */
class WebSocketsTest {
    private static final WebSocketLimits LIMITS =
            new WebSocketLimits(3, 50, 64 * 1024, 20, Duration.ofMillis(100), Duration.ofMillis(600));

    private final Echo echo = new Echo();
    private DropwizardTestSupport<Configuration> support;
    private WebSockets sockets;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        App app = new App(echo);
        support = new DropwizardTestSupport<>(App.class, (String) null, ConfigOverride.randomPorts()) {
            @Override
            public Application<Configuration> newApplication() {
                return app;
            }
        };
        support.before();
        sockets = app.sockets;
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        client.close();
        support.after();
    }

    @Test
    void passesItsPathWhileJerseyServesTheRoot() throws Exception {
        Hears hears = new Hears();
        WebSocket socket = connect(hears);
        socket.sendText("{\"a\":1}", true).join();
        await().untilAsserted(() -> assertThat(hears.texts).containsExactly("{\"a\":1}"));

        HttpResponse<String> page = client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + support.getLocalPort() + "/elsewhere"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(page.body()).isEqualTo("root");
        socket.abort();
        await().untilAsserted(() -> assertThat(sockets.open()).isZero());
    }

    @Test
    void refusesForeignOrigin() {
        assertThatThrownBy(() -> client.newWebSocketBuilder()
                        .header("Origin", "https://evil.example")
                        .buildAsync(address(), new Hears())
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
        assertThat(sockets.refused()).isEqualTo(1);
    }

    @Test
    void refusesSocketsBeyondTheLimit() {
        List<WebSocket> open = List.of(connect(new Hears()), connect(new Hears()), connect(new Hears()));
        await().untilAsserted(() -> assertThat(sockets.open()).isEqualTo(3));
        assertThatThrownBy(() -> connect(new Hears()))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        e -> assertThat(e.getResponse().statusCode()).isEqualTo(503));
        open.forEach(WebSocket::abort);
        await().untilAsserted(() -> assertThat(sockets.open()).isZero());
        connect(new Hears()).abort();
    }

    @Test
    void closesOnBinary() {
        Hears hears = new Hears();
        connect(hears).sendBinary(ByteBuffer.wrap(new byte[] {1}), true).join();
        assertThat(hears.closed.join()).isEqualTo(1003);
    }

    @Test
    void closesOnMessageTooBig() {
        Hears hears = new Hears();
        connect(hears).sendText("x".repeat(LIMITS.maxTextBytes() + 1), true).join();
        assertThat(hears.closed.join()).isEqualTo(1009);
    }

    @Test
    void closesOnFlood() throws Exception {
        try (Socket flood = handshake("")) {
            flood.setSoTimeout(30_000);
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int i = 0; i < 5 * LIMITS.maxMessagesPerSecond(); i++) {
                frames.writeBytes(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'x'}); // text, masked by zeros
            }
            // At once: what is still on its way when the server closes would reset the connection before it is read.
            flood.getOutputStream().write(frames.toByteArray());
            DataInputStream in = new DataInputStream(flood.getInputStream());
            while (in.readUnsignedByte() != 0x88) {
                in.readFully(new byte[in.readUnsignedByte()]);
            }
            in.readUnsignedByte();
            assertThat(in.readUnsignedShort()).isEqualTo(1008);
        }
    }

    @Test
    void pingsAndCutsOffWhoDoesNotAnswer() throws Exception {
        Hears hears = new Hears();
        WebSocket answers = connect(hears);
        try (Socket silent = handshake("")) {
            InputStream in = silent.getInputStream();
            silent.setSoTimeout(30_000);
            assertThat(in.read()).isEqualTo(0x89); // FIN and opcode ping
            long begun = System.nanoTime();
            while (in.read() >= 0) {
                assertThat(System.nanoTime() - begun)
                        .isLessThan(Duration.ofSeconds(30).toNanos());
            }
        }
        await().untilAsserted(() -> assertThat(hears.pings.get()).isGreaterThan(3));
        assertThat(answers.isInputClosed()).isFalse();
        answers.abort();
    }

    @Test
    void grantsDeflateOnlyWhereTheEndpointSaysSo() throws Exception {
        try (Socket _ = handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
            assertThat(echo.answered.get()).doesNotContainIgnoringCase("permessage-deflate");
        }
        echo.compress = true;
        try (Socket deflated = handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
            assertThat(echo.answered.get()).containsIgnoringCase("permessage-deflate");
            await().untilAsserted(() -> assertThat(echo.peers).hasSize(2));
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            byte[] text = "0123456789".repeat(1_000).getBytes(StandardCharsets.UTF_8);
            echo.peers.getLast().send(ByteBuffer.wrap(text), done::complete);
            assertThat(done.get()).isTrue();
            InputStream in = deflated.getInputStream();
            int first = in.read();
            while (first == 0x89) {
                in.read(); // empty ping
                first = in.read();
            }
            assertThat(first).isEqualTo(0xc1); // FIN, RSV1 = compressed, opcode text
            assertThat(in.read()).isLessThan(126);
        }
    }

    @Test
    void aMessageInTwoPartsArrivesAsOne() throws Exception {
        Hears hears = new Hears();
        WebSocket socket = connect(hears);
        await().untilAsserted(() -> assertThat(echo.peers).hasSize(1));
        String body = "é".repeat(20_000);
        sendInTwoParts("one:", body);
        sendInTwoParts("two:", body);
        await().untilAsserted(() -> assertThat(hears.texts).containsExactly("one:" + body, "two:" + body));
        socket.abort();
    }

    @Test
    void aMessageInTwoPartsIsCompressedAsOne() throws Exception {
        echo.compress = true;
        try (Socket deflated = handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
            await().untilAsserted(() -> assertThat(echo.peers).hasSize(1));
            String body = "0123456789".repeat(2_000);
            sendInTwoParts("one:", body);
            sendInTwoParts("two:", body);
            Inflater inflater = new Inflater(true);
            assertThat(inflated(new DataInputStream(deflated.getInputStream()), inflater))
                    .isEqualTo("one:" + body);
            assertThat(inflated(new DataInputStream(deflated.getInputStream()), inflater))
                    .isEqualTo("two:" + body);
            inflater.end();
        }
    }

    private void sendInTwoParts(String head, String body) throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        echo.peers
                .getFirst()
                .send(
                        ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8)),
                        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)),
                        done::complete);
        assertThat(done.get()).isTrue();
    }

    /** One message of RFC 7692, section 7.2.2, from its frames of less than 64 KiB. */
    private static String inflated(DataInputStream in, Inflater inflater) throws Exception {
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        int first;
        do {
            first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            byte[] payload = new byte[length == 126 ? in.readUnsignedShort() : length];
            in.readFully(payload);
            if ((first & 0x08) == 0) { // no ping
                deflated.write(payload);
            }
        } while ((first & 0x88) != 0x80);
        deflated.write(new byte[] {0, 0, (byte) 0xff, (byte) 0xff});
        inflater.setInput(deflated.toByteArray());
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] buffer = new byte[65_536];
        for (int n = inflater.inflate(buffer); n > 0; n = inflater.inflate(buffer)) {
            text.write(buffer, 0, n);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    @Test
    void tellsWhenASlowPeerHasTakenAMessageAndWhenItIsGone() throws Exception {
        try (Socket slow = handshake("")) {
            await().untilAsserted(() -> assertThat(echo.peers).hasSize(1));
            WebSocketPeer peer = echo.peers.getFirst();
            byte[] big = new byte[16 * 1024 * 1024];
            java.util.Arrays.fill(big, (byte) 'x');
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            peer.send(ByteBuffer.wrap(big), done::complete);
            assertThat(done).isNotDone();
            assertThat(slow.getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);
            slow.shutdownInput();
            slow.shutdownOutput();
            assertThat(done.join()).isFalse();
            await().untilAsserted(() -> assertThat(peer.isOpen()).isFalse());
            CompletableFuture<Boolean> after = new CompletableFuture<>();
            peer.send(ByteBuffer.wrap(new byte[] {'x'}), after::complete);
            assertThat(after.join()).isFalse();
        }
    }

    @Test
    void closesWithGoingAwayWhenTheServerStops() {
        Hears hears = new Hears();
        connect(hears);
        await().untilAsserted(() -> assertThat(sockets.open()).isEqualTo(1));
        support.after();
        assertThat(hears.closed.join()).isEqualTo(1001);
    }

    @Test
    void tellsOwnPagesFromForeignOnes() {
        assertThat(asking("monitor.example:8000", "http://monitor.example:8000").isForeign(Set.of()))
                .isFalse();
        assertThat(asking("monitor.example", "https://MONITOR.example").isForeign(Set.of()))
                .isFalse();
        assertThat(asking("monitor.example", "https://monitor.example.evil").isForeign(Set.of()))
                .isTrue();
        assertThat(asking("monitor.example", "null").isForeign(Set.of())).isTrue();
        assertThat(asking("monitor.example", "https://wall.example").isForeign(Set.of("https://wall.example")))
                .isFalse();
    }

    private static WebSocketRequest asking(String host, String origin) {
        return new WebSocketRequest(
                "/ws", java.net.InetAddress.getLoopbackAddress(), host, Optional.of(origin), Optional.empty());
    }

    private URI address() {
        return URI.create("ws://localhost:" + support.getLocalPort() + "/ws");
    }

    private WebSocket connect(Hears hears) {
        return client.newWebSocketBuilder().buildAsync(address(), hears).join();
    }

    /** A client that only reads when told, and answers no ping. */
    private Socket handshake(String headers) throws IOException {
        Socket socket = new Socket("localhost", support.getLocalPort());
        socket.setReceiveBufferSize(16 * 1024);
        OutputStream out = socket.getOutputStream();
        out.write(("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + headers
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        echo.answered.set(head.toString());
        assertThat(head).startsWith("HTTP/1.1 101");
        return socket;
    }

    /** Jersey at the root beside the sockets. */
    public static final class App extends Application<Configuration> {
        private final Echo echo;
        private WebSockets sockets;

        private App(Echo echo) {
            this.echo = echo;
        }

        @Override
        public void run(Configuration configuration, Environment environment) {
            environment.jersey().register(new Root());
            sockets = WebSockets.add(environment, "/ws", LIMITS, echo);
        }
    }

    /** Answers each message with itself. */
    private static final class Echo implements WebSocketEndpoint {
        private final List<WebSocketPeer> peers = new CopyOnWriteArrayList<>();
        private final java.util.concurrent.atomic.AtomicReference<String> answered =
                new java.util.concurrent.atomic.AtomicReference<>("");
        private volatile boolean compress;

        @Override
        public Optional<Refusal> refuse(WebSocketRequest request) {
            return request.isForeign(Set.of()) ? Optional.of(new Refusal(403, "foreign origin")) : Optional.empty();
        }

        @Override
        public boolean compress(WebSocketRequest request) {
            return compress;
        }

        @Override
        public WebSocketListener opened(WebSocketPeer peer) {
            peers.add(peer);
            return new WebSocketListener() {
                @Override
                public void text(String message) {
                    peer.send(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)), sent -> {});
                }

                @Override
                public void closed(int code, String reason) {}
            };
        }
    }

    /** What a client saw. */
    private static final class Hears implements WebSocket.Listener {
        private final List<String> texts = new CopyOnWriteArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private final AtomicInteger pings = new AtomicInteger();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            pings.incrementAndGet();
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }
    }

    /** Takes every path. */
    @Path("/{any: .*}")
    public static final class Root {
        @GET
        public String get() {
            return "root";
        }
    }
}

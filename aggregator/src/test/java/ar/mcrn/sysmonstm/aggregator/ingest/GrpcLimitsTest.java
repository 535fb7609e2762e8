package ar.mcrn.sysmonstm.aggregator.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.aggregator.IngestHouse;
import ar.mcrn.sysmonstm.aggregator.MemoryHistory;
import ar.mcrn.sysmonstm.aggregator.RecordingHotState;
import ar.mcrn.sysmonstm.v1.Lane;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits of the port, seen by a peer that speaks HTTP/2 by hand (RFC 9113), and not always well. */
class GrpcLimitsTest {
    private static final int SETTINGS = 4;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_HEADER_LIST_SIZE = 6;
    private static final int RST_STREAM = 3;
    private static final int GOAWAY = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    private IngestHouse house;

    @BeforeEach
    void open() throws Exception {
        house = new IngestHouse(new RecordingHotState(), new MemoryHistory(), (slot, sequence, end) -> {}, "", 100);
    }

    @AfterEach
    void close() throws Exception {
        house.close();
    }

    /** One connection. */
    private final class Peer implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), house.port());
        private final DataInputStream in = new DataInputStream(socket.getInputStream());
        private final DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        private final long beganNanos = System.nanoTime();

        Peer() throws IOException {
            socket.setSoTimeout(60_000);
        }

        Peer greet() throws IOException {
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
            send(SETTINGS, 0, 0, new byte[0]);
            return this;
        }

        void send(int type, int flags, int stream, byte[] payload) throws IOException {
            out.writeByte(payload.length >> 16);
            out.writeShort(payload.length);
            out.writeByte(type);
            out.writeByte(flags);
            out.writeInt(stream);
            out.write(payload);
            out.flush();
        }

        /** Payload of the next frame of a type; null when the connection ends before. */
        byte[] next(int type) throws IOException {
            try {
                while (true) {
                    int length = (in.readUnsignedByte() << 16) + in.readUnsignedShort();
                    int found = in.readUnsignedByte();
                    in.readUnsignedByte();
                    in.readInt();
                    byte[] payload = in.readNBytes(length);
                    if (found == type) {
                        return payload;
                    }
                }
            } catch (EOFException | SocketException ended) {
                return null;
            }
        }

        /** Reads until the other side closes; how long that took from the connection on. */
        Duration closedAfter() {
            try {
                while (in.read() >= 0) {
                    // Whatever it says is not answered.
                }
            } catch (IOException reset) {
                // Closed, too.
            }
            return Duration.ofNanos(System.nanoTime() - beganNanos);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void tellsItsLimits() throws Exception {
        try (Peer peer = new Peer().greet()) {
            ByteBuffer settings = ByteBuffer.wrap(peer.next(SETTINGS));
            Map<Integer, Integer> values = new HashMap<>();
            while (settings.hasRemaining()) {
                values.put((int) settings.getShort(), settings.getInt());
            }
            assertThat(values)
                    .containsEntry(MAX_CONCURRENT_STREAMS, 4)
                    .containsEntry(INITIAL_WINDOW_SIZE, 65_536)
                    .containsEntry(MAX_HEADER_LIST_SIZE, 8_192);
        }
    }

    /** A peer that connects and says nothing (10 s), and one that vanished without a word after it had greeted (F16, 40 s). */
    @Test
    void closesWhoeverSaysNothing() throws Exception {
        try (Peer mute = new Peer();
                Peer vanished = new Peer().greet()) {
            CompletableFuture<Duration> muteClosed = CompletableFuture.supplyAsync(mute::closedAfter);
            Duration vanishedClosed = vanished.closedAfter();
            assertThat(muteClosed.get()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
            assertThat(vanishedClosed).isBetween(Duration.ofSeconds(35), Duration.ofSeconds(45));
        }
    }

    @Test
    void sendsAwayWhoOpensAndResetsWithoutEnd() throws Exception {
        RawAgent neighbour = new RawAgent(house.port()).greet("neighbour", 1);
        try (Peer peer = new Peer().greet()) {
            byte[] headers = headers();
            try {
                for (int i = 0; i < 300; i++) {
                    peer.send(1, 4, 1 + 2 * i, headers);
                    peer.send(RST_STREAM, 0, 1 + 2 * i, new byte[] {0, 0, 0, 8});
                }
            } catch (SocketException ended) {
                // Sent away in the middle of it.
            }
            byte[] goAway = peer.next(GOAWAY);
            if (goAway != null) {
                assertThat(goAway[7] & 0xff).isEqualTo(ENHANCE_YOUR_CALM);
            }
            assertThat(peer.closedAfter()).isLessThan(Duration.ofSeconds(10));
        }
        neighbour.send(new RandomSamples(3).samples(Lane.LANE_LIVE, 1, 1, 1, System.currentTimeMillis()));
        await().atMost(Duration.ofSeconds(10)).until(() -> neighbour.acknowledged() == 1);
        await().atMost(Duration.ofSeconds(10)).until(() -> house.server.streams() == 1);
        neighbour.close();
    }

    /** A call of the service, by HPACK literals (RFC 7541, section 6.2.2). */
    private static byte[] headers() throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x83);
        block.write(0x86);
        block.write(0x04);
        text(block, "/sysmonstm.v1.Ingest/Stream");
        block.write(0x01);
        text(block, "localhost");
        block.write(new byte[] {0x0f, 0x10});
        text(block, "application/grpc");
        block.write(0x00);
        text(block, "te");
        text(block, "trailers");
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String value) throws IOException {
        block.write(value.length());
        block.write(value.getBytes(US_ASCII));
    }
}

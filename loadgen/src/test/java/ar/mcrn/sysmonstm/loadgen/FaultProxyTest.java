package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ar.mcrn.sysmonstm.loadgen.FaultProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets on loopback; the target sends back what it receives. */
final class FaultProxyTest {

    private static final int SEED = 11;

    private final LongAdder received = new LongAdder();
    private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
    private ServerSocket target;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        target = new ServerSocket(0, 2_000, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = target.accept();
                    accepted.add(socket);
                    Thread.ofVirtual().start(() -> echo(socket));
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        proxy = FaultProxy.inFrontOf(target.getLocalPort(), SEED);
    }

    private void echo(Socket socket) {
        byte[] buffer = new byte[16_384];
        try {
            for (int read = socket.getInputStream().read(buffer);
                    read >= 0;
                    read = socket.getInputStream().read(buffer)) {
                received.add(read);
                socket.getOutputStream().write(buffer, 0, read);
            }
            socket.shutdownOutput();
        } catch (IOException gone) {
            // What the client saw is what is looked at.
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        target.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** A connection that has gone all the way to the target and back. */
    private Socket connected() throws IOException {
        Socket socket = connect();
        assertThat(exchange(socket, new byte[] {42})).containsExactly(42);
        return socket;
    }

    private static byte[] exchange(Socket socket, byte[] bytes) throws IOException {
        Thread writing = Thread.ofVirtual().start(() -> write(socket, bytes));
        byte[] answer = socket.getInputStream().readNBytes(bytes.length);
        join(writing);
        return answer;
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> {
                    byte[] _ = socket.getInputStream().readAllBytes();
                })
                .isInstanceOf(SocketException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void passesBytesAndTheEndOfAStreamUnchanged() throws Exception {
        byte[] bytes = random(3_000_000);
        try (Socket socket = connect()) {
            assertThat(Arrays.equals(exchange(socket, bytes), bytes)).isTrue();
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        Awaitility.await("connection forgotten").until(() -> proxy.counts().open() == 0);
        FaultProxy.Counts counts = proxy.counts();
        assertThat(counts.bytesToTarget()).isEqualTo(3_000_000);
        assertThat(counts.bytesToClient()).isEqualTo(3_000_000);
        assertThat(counts.connections()).isEqualTo(1);
        assertThat(counts.cut() + counts.bytesSwallowed() + counts.bytesCorrupted() + counts.bytesWaiting())
                .isZero();
    }

    @Test
    void delaysBothWaysWithoutLimitingTheRate() throws Exception {
        try (Socket socket = connected()) {
            proxy.apply(LinkFault.NONE.delayed(Duration.ofMillis(150)));
            byte[] bytes = random(200_000);
            long begin = System.nanoTime();
            assertThat(Arrays.equals(exchange(socket, bytes), bytes)).isTrue();
            long millis = (System.nanoTime() - begin) / 1_000_000;
            // One delay each way, not one for each of the 25 pieces it is read in.
            assertThat(millis).isBetween(300L, 3_000L);
        }
    }

    @Test
    void limitsTheRateOfOneDirection() throws Exception {
        try (Socket socket = connected()) {
            proxy.apply(Direction.TO_CLIENT, LinkFault.NONE.limited(100_000), 1);
            long begin = System.nanoTime();
            assertThat(exchange(socket, random(60_000))).isEqualTo(random(60_000));
            assertThat((System.nanoTime() - begin) / 1_000_000).isGreaterThanOrEqualTo(550);
        }
    }

    @Test
    void cutsWithAResetAndTakesNewConnections() throws Exception {
        try (Socket socket = connected()) {
            assertThat(proxy.cut(1)).isEqualTo(1);
            assertReset(socket);
            assertReset(accepted.take());
        }
        connected().close();
        assertThat(proxy.counts().cut()).isEqualTo(1);
    }

    @Test
    void aShareOfTheConnectionsFollowsFromTheSeed() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sockets.add(connected());
        }
        int half = proxy.cut(0.5);
        assertThat(half).isBetween(30, 70);
        int expected = 0;
        for (int i = 0; i < 100; i++) {
            expected += (Mix.mix(SEED, i) >>> 11) * 0x1p-53 < 0.5 ? 1 : 0;
        }
        assertThat(half).isEqualTo(expected);
        Awaitility.await("the others stay").until(() -> proxy.counts().open() == 100 - half);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void oneWaySwallowsAnswersAndCutsWhatLostBytesWhenHealed() throws Exception {
        try (Socket socket = connected()) {
            proxy.apply(Direction.TO_CLIENT, LinkFault.NONE.swallowed(), 1);
            socket.getOutputStream().write(random(5_000));
            Awaitility.await("the target receives").until(() -> received.sum() == 5_001);
            Awaitility.await("answers vanish").until(() -> proxy.counts().bytesSwallowed() == 5_000);
            assertThat(socket.getInputStream().available()).isZero();
            proxy.heal();
            assertReset(socket);
        }
        connected().close();
        assertThat(proxy.counts().cut()).isEqualTo(1);
    }

    @Test
    void healingLeavesConnectionsThatLostNothing() throws Exception {
        try (Socket socket = connected()) {
            proxy.apply(LinkFault.NONE.swallowed());
            proxy.heal();
            assertThat(exchange(socket, random(100))).isEqualTo(random(100));
        }
    }

    @Test
    void heldBytesArriveWhenTheHoldIsOver() throws Exception {
        try (Socket socket = connected()) {
            proxy.apply(Direction.TO_TARGET, LinkFault.NONE.held(), 1);
            socket.getOutputStream().write(random(5_000));
            Awaitility.await("bytes wait").until(() -> proxy.counts().bytesWaiting() == 5_000);
            assertThat(received.sum()).isEqualTo(1);
            proxy.heal();
            assertThat(socket.getInputStream().readNBytes(5_000)).isEqualTo(random(5_000));
        }
        assertThat(proxy.counts().cut()).isZero();
    }

    @Test
    void whatIsHeldIsBoundedAndThenFeltByTheSender() throws Exception {
        try (Socket socket = connected()) {
            proxy.apply(Direction.TO_TARGET, LinkFault.NONE.held(), 1);
            byte[] bytes = random(20_000_000);
            Thread writing = Thread.ofVirtual().start(() -> write(socket, bytes));
            Awaitility.await("the proxy is full")
                    .until(() -> proxy.counts().bytesWaiting() > ProxyPipe.QUEUE_BYTES - 20_000);
            assertThat(writing.join(Duration.ofMillis(300))).isFalse();
            assertThat(proxy.counts().bytesWaiting()).isLessThanOrEqualTo(ProxyPipe.QUEUE_BYTES);
            proxy.heal();
            assertThat(Arrays.equals(socket.getInputStream().readNBytes(bytes.length), bytes))
                    .isTrue();
            writing.join();
        }
    }

    @Test
    void peerThatVanishesIsNotNoticedUntilTheLinkIsBack() throws Exception {
        try (Socket socket = connected()) {
            proxy.apply(LinkFault.NONE.swallowed());
            accepted.take().close();
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            assertReset(socket);
        }
    }

    @Test
    void flipsBitsAtPlacesThatFollowFromTheSeed() throws Exception {
        byte[] bytes = random(100_000);
        byte[] first;
        try (Socket socket = connect()) {
            proxy.apply(Direction.TO_CLIENT, LinkFault.NONE.corrupted(1_000), 1);
            first = exchange(socket, bytes);
        }
        int flipped = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (first[i] != bytes[i]) {
                flipped++;
                assertThat(Integer.bitCount((first[i] ^ bytes[i]) & 0xff)).isEqualTo(1);
            }
        }
        assertThat(flipped).isBetween(50, 200);
        assertThat(proxy.counts().bytesCorrupted()).isEqualTo(flipped);
        try (FaultProxy again = FaultProxy.inFrontOf(target.getLocalPort(), SEED);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), again.port())) {
            again.apply(Direction.TO_CLIENT, LinkFault.NONE.corrupted(1_000), 1);
            assertThat(Arrays.equals(exchange(socket, bytes), first)).isTrue();
        }
    }

    @Test
    void halfCloseEndsOneDirectionAndTheOtherGoesOn() throws Exception {
        try (Socket socket = connected()) {
            Socket there = accepted.take();
            proxy.halfClose(Direction.TO_CLIENT, 1);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            socket.getOutputStream().write(random(1_000));
            Awaitility.await("the target still receives").until(() -> received.sum() == 1_001);
            Awaitility.await("its answer vanishes").until(() -> proxy.counts().bytesSwallowed() == 1_000);
            assertThat(there.isClosed()).isFalse();
            assertThat(proxy.counts().halfClosed()).isEqualTo(1);
        }
    }

    @Test
    void refusesNewConnectionsAndLeavesOldOnes() throws Exception {
        try (Socket old = connected()) {
            proxy.refuse(true);
            try (Socket refused = connect()) {
                assertReset(refused);
            } catch (SocketException resetAtOnce) {
                // As good.
            }
            assertThat(exchange(old, random(10))).isEqualTo(random(10));
            assertThat(proxy.counts().refused()).isEqualTo(1);
            proxy.refuse(false);
            connected().close();
        }
    }

    @Test
    void flapsUntilHealed() throws Exception {
        try (Socket socket = connected()) {
            proxy.flap(Duration.ofMillis(20), Duration.ofMillis(20));
            assertReset(socket);
            Awaitility.await("it goes down again").until(() -> proxy.counts().flaps() >= 3);
        }
        proxy.heal();
        long flaps = proxy.counts().flaps();
        try (Socket socket = connected()) {
            assertThat(exchange(socket, random(10))).isEqualTo(random(10));
        }
        assertThat(proxy.counts().flaps()).isEqualTo(flaps);
    }

    @Test
    void targetThatDoesNotListenIsAReset() throws Exception {
        // Bound, so that nobody else has the port, and not listening.
        try (Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            proxy.close();
            proxy = FaultProxy.inFrontOf(deaf.getLocalPort(), SEED);
            try (Socket socket = connect()) {
                assertReset(socket);
            }
            assertThat(proxy.counts().unreachable()).isEqualTo(1);
        }
    }

    @Test
    void carriesAThousandConnections() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sockets.add(connect());
        }
        for (Socket socket : sockets) {
            socket.getOutputStream().write(7);
        }
        for (Socket socket : sockets) {
            assertThat(socket.getInputStream().read()).isEqualTo(7);
        }
        assertThat(proxy.counts().open()).isEqualTo(1_000);
        for (Socket socket : sockets) {
            socket.close();
        }
        Awaitility.await("all are forgotten")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> proxy.counts().open() == 0);
    }
}

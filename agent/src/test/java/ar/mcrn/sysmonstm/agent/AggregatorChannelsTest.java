package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.agent.send.MemorySpool;
import ar.mcrn.sysmonstm.agent.send.ScriptedAggregator;
import ar.mcrn.sysmonstm.agent.send.Uplink;
import ar.mcrn.sysmonstm.agent.send.UplinkListener;
import ar.mcrn.sysmonstm.agent.send.UplinkSettings;
import ar.mcrn.sysmonstm.contract.MachineId;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AggregatorChannelsTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("the-timer").factory());
    private ScriptedAggregator aggregator;
    private AggregatorChannels channels;

    @BeforeEach
    void start() throws IOException {
        aggregator = new ScriptedAggregator();
        channels = new AggregatorChannels(AggregatorAddress.parse("127.0.0.1:" + aggregator.port()), timer);
    }

    @AfterEach
    void stop() {
        channels.close();
        aggregator.close();
        timer.shutdownNow();
    }

    @Test
    void connectsAheadAndGivesThatChannelOnce() {
        channels.connectAhead();
        ManagedChannel first = channels.next();
        ManagedChannel second = channels.next();
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> first.getState(false) == ConnectivityState.READY);
            assertThat(second).isNotSameAs(first);
            assertThat(second.getState(false)).isEqualTo(ConnectivityState.IDLE);
        } finally {
            first.shutdownNow();
            second.shutdownNow();
        }
    }

    @Test
    void connectsNoMoreOnceClosed() {
        channels.close();
        channels.connectAhead();
        ManagedChannel channel = channels.next();
        assertThat(channel.getState(false)).isEqualTo(ConnectivityState.IDLE);
        channel.shutdownNow();
    }

    @Test
    void givesUpAPeerThatSaysNothingToTls() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            attemptEnds("https://127.0.0.1:" + silent.getLocalPort());
        }
    }

    @Test
    void givesUpAPeerThatDoesNotEvenAccept() throws IOException {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assumeThat(fill(full, waiting))
                    .as("the system drops what does not fit into the backlog")
                    .isTrue();
            attemptEnds("127.0.0.1:" + full.getLocalPort());
        } finally {
            for (Socket each : waiting) {
                each.close();
            }
        }
    }

    /** Connects until nobody answers any more; false where somebody always does. */
    private static boolean fill(ServerSocket server, List<Socket> waiting) throws IOException {
        for (int i = 0; i < 16; i++) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), 500);
            } catch (SocketTimeoutException e) {
                return true;
            }
        }
        return false;
    }

    /** Of an attempt that was given up no thread is left once the limits are over. */
    private void attemptEnds(String url) {
        await("threads of other tests").atMost(Duration.ofSeconds(20)).until(() -> connectionThreads() == 0);
        try (AggregatorChannels limited = new AggregatorChannels(
                AggregatorAddress.parse(url), timer, Duration.ofSeconds(2), Duration.ofSeconds(2))) {
            ManagedChannel channel = limited.next();
            channel.getState(true);
            await("threads of the attempt").atMost(Duration.ofSeconds(20)).until(() -> connectionThreads() > 0);
            channel.shutdownNow();
            await("end of the attempt's threads").atMost(Duration.ofSeconds(15)).until(() -> connectionThreads() == 0);
        }
    }

    private static long connectionThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("grpc-okhttp"))
                .count();
    }

    @Test
    void isHeardOnTheTimerAlone() {
        AtomicReference<String> thread = new AtomicReference<>();
        Uplink uplink = new Uplink(
                new UplinkSettings(new MachineId("m"), 7, 1, "test", "", "install", Duration.ofSeconds(1)),
                new MemorySpool(),
                new RunClock(System::nanoTime, System.currentTimeMillis() * 1_000, 0, 0),
                channels::next,
                timer,
                new Random(1),
                new UplinkListener() {
                    @Override
                    public void connected() {
                        thread.set(Thread.currentThread().getName());
                    }
                });
        uplink.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> thread.get() != null);
        uplink.close("test is over", Duration.ofSeconds(5));
        assertThat(thread).hasValue("the-timer");
    }
}

package ar.mcrn.sysmonstm.agent;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.time.Duration;
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

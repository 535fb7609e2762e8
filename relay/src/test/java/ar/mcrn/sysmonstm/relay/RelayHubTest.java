package ar.mcrn.sysmonstm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the hub holds for its viewers, with peers that take frames when they are told to. */
final class RelayHubTest {
    private static final int MEBIBYTE = 1 << 20;

    private final AtomicLong underWay = new AtomicLong();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T10:00:00Z"));
    private RelayHub hub;

    @BeforeEach
    void start() {
        hub = new RelayHub(
                new Mirror(10, 64L << 20),
                new RelayMetrics(new Telemetry("relay")),
                new Readiness().dependency("origin", false),
                now::get);
        hub.start();
        hub.feedFrame("""
                {"type":"snapshot","sequence":1,"time":1,"view":"fleet","machines":{"web-1":{"time":1,"state":"up"}},
                "inventories":{"web-1":{"id":"web-1","os":"%s"}},"sparklines":{},"alerts":[],
                "status":{"degraded":[],"staleSince":null,"public":true}}
                """.formatted("x".repeat(MEBIBYTE)));
    }

    @AfterEach
    void stop() {
        hub.stop();
    }

    @Test
    void aCrowdGetsItsSnapshotsOneAfterTheOther() {
        List<Peer> crowd = Stream.generate(Peer::new).limit(30).toList();
        crowd.forEach(this::subscribe);
        await().until(() -> underWay.get() >= 8 * MEBIBYTE);

        await().until(() -> {
            assertThat(underWay.get()).as("bytes under way").isLessThan(10L * MEBIBYTE);
            crowd.forEach(Peer::takeOne);
            return crowd.stream().allMatch(peer -> peer.got.contains("snapshot"));
        });
        assertThat(crowd).allSatisfy(peer -> assertThat(peer.got.getFirst()).isEqualTo("snapshot"));
    }

    @Test
    void viewersThatLeaveMakeRoomForOthers() {
        List<Peer> rude = Stream.generate(Peer::new).limit(20).toList();
        rude.forEach(this::subscribe);
        await().until(() -> underWay.get() >= 8 * MEBIBYTE);
        Peer polite = new Peer();
        subscribe(polite);
        rude.forEach(hub::leave);

        await().until(() -> {
            polite.takeOne();
            return polite.got.contains("snapshot");
        });
    }

    @Test
    void aSnapshotTellsTheTimeThoughNothingChanges() {
        hub.feedClosed(1006, "gone");
        Peer first = new Peer();
        subscribe(first);
        await().until(() -> first.frames.size() == 1);
        now.set(now.get().plusSeconds(3_600));
        Peer later = new Peer();
        subscribe(later);
        await().until(() -> later.frames.size() == 1);
        assertThat(later.frames.getFirst()).contains("\"time\":" + now.get().toEpochMilli());
    }

    private void subscribe(Peer peer) {
        hub.subscribe(peer, ViewerSubscription.parse("{\"type\":\"subscribe\",\"view\":\"fleet\"}"));
    }

    /** Keeps what it is sent until it is told to take it. */
    private final class Peer implements WebSocketPeer {
        final List<String> got = new CopyOnWriteArrayList<>();
        final List<String> frames = new CopyOnWriteArrayList<>();
        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

        void takeOne() {
            Runnable next = waiting.poll();
            if (next != null) {
                next.run();
            }
        }

        @Override
        public WebSocketRequest request() {
            throw new UnsupportedOperationException("nobody asks here");
        }

        @Override
        public void send(ByteBuffer utf8, Completion done) {
            int size = utf8.remaining();
            String frame = StandardCharsets.UTF_8.decode(utf8.duplicate()).toString();
            String type = frame.split("\"", 5)[3];
            frames.add(frame);
            underWay.addAndGet(size);
            waiting.add(() -> {
                got.add(type);
                underWay.addAndGet(-size);
                done.done(true);
            });
        }

        @Override
        public void close(int code, String reason) {}

        @Override
        public boolean isOpen() {
            return true;
        }
    }
}

package ar.mcrn.sysmonstm.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.ops.runtime.readiness.Readiness;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketPeer;
import ar.mcrn.sysmonstm.ops.runtime.websocket.WebSocketRequest;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the hub holds for its viewers, with peers that take frames when they are told to. */
final class RelayHubTest {
    private static final int MEBIBYTE = 1 << 20;

    /** Bodies that are on their way to somebody, each once, with how many they go to. */
    private final IdentityHashMap<byte[], Integer> underWay = new IdentityHashMap<>();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-20T10:00:00Z"));
    private final AtomicInteger others = new AtomicInteger();
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
    void aCrowdSharesOneSnapshot() {
        List<Peer> crowd = Stream.generate(Peer::new).limit(30).toList();
        crowd.forEach(this::subscribe);
        await().until(() -> crowd.stream().allMatch(peer -> peer.frames.size() == 1));
        assertThat(bytesUnderWay()).isBetween(1L * MEBIBYTE, 2L * MEBIBYTE);
    }

    @Test
    void aCrowdThatAsksForDifferentThingsGetsItsSnapshotsOneAfterTheOther() {
        List<Peer> crowd = Stream.generate(Peer::new).limit(30).toList();
        crowd.forEach(this::subscribeAlone);
        await().until(() -> bytesUnderWay() >= 8 * MEBIBYTE);

        await().until(() -> {
            assertThat(bytesUnderWay()).as("bytes under way").isLessThan(10L * MEBIBYTE);
            crowd.forEach(Peer::takeOne);
            return crowd.stream().allMatch(peer -> peer.got.contains("snapshot"));
        });
        assertThat(crowd).allSatisfy(peer -> assertThat(peer.got.getFirst()).isEqualTo("snapshot"));
    }

    @Test
    void viewersThatAreBehindShareWhatTheyAreTold() {
        List<Peer> slow = Stream.generate(Peer::new).limit(30).toList();
        slow.forEach(this::subscribe);
        await().until(() -> slow.stream().allMatch(peer -> peer.frames.size() == 1));
        Peer quick = new Peer();
        subscribe(quick);
        await().until(() -> quick.frames.size() == 1);
        quick.takeOne();
        for (int i = 2; i < 5; i++) {
            int value = i;
            hub.feedFrame("{\"type\":\"delta\",\"sequence\":" + i + ",\"machines\":{\"web-1\":{\"time\":" + i
                    + (i == 2 ? ",\"system.uptime\":7" : "") + "}},\"removed\":[]}");
            await().until(() -> quick.frames.size() == value);
            quick.takeOne();
        }
        hub.feedFrame("{\"type\":\"inventory\",\"machines\":{\"web-1\":{\"id\":\"web-1\",\"os\":\"new\"}}}");
        await().until(() -> {
            quick.takeOne();
            return quick.got.contains("inventory");
        });

        slow.forEach(Peer::takeOne);
        await().until(() -> slow.stream().allMatch(peer -> peer.frames.size() == 2));
        slow.forEach(Peer::takeOne);
        await().until(() -> slow.stream().allMatch(peer -> peer.frames.size() == 3));
        assertThat(slow).allSatisfy(peer -> {
            assertThat(peer.frames.get(1)).contains("\"type\":\"inventory\"").contains("\"os\":\"new\"");
            assertThat(peer.frames.get(2)).contains("\"type\":\"delta\"").contains("\"time\":4,\"system.uptime\":7");
        });
        synchronized (underWay) {
            assertThat(underWay.values()).containsExactly(30);
        }
    }

    @Test
    void whoIsBehindASnapshotOfTheFeedGetsASnapshot() {
        Peer slow = new Peer();
        subscribe(slow);
        await().until(() -> slow.frames.size() == 1);
        hub.feedFrame("{\"type\":\"delta\",\"sequence\":2,\"machines\":{\"web-1\":{\"time\":2}},\"removed\":[]}");
        hub.feedFrame(
                "{\"type\":\"snapshot\",\"sequence\":1,\"time\":3,\"view\":\"fleet\",\"machines\":{\"db-1\":{\"time\":3}},"
                        + "\"inventories\":{},\"sparklines\":{},\"alerts\":[],\"status\":{\"degraded\":[],\"staleSince\":null,\"public\":true}}");
        slow.takeOne();
        await().until(() -> slow.frames.size() == 2);
        assertThat(slow.frames.get(1))
                .contains("\"type\":\"snapshot\"")
                .contains("db-1")
                .doesNotContain("web-1");
    }

    @Test
    void whoIsBehindAMachineThatWasGoneAndIsBackKeepsNothingOfTheOldOne() {
        Peer slow = new Peer();
        subscribe(slow);
        Peer often = new Peer();
        subscribe(often);
        Peer seldom = new Peer();
        hub.subscribe(
                seldom,
                ViewerSubscription.parse("{\"type\":\"subscribe\",\"view\":\"fleet\",\"intervalMillis\":60000}"));
        List.of(slow, often, seldom).forEach(peer -> await().until(() -> peer.frames.size() == 1));
        often.takeOne();
        seldom.takeOne();
        delta(2, "\"web-1\":{\"time\":2,\"system.uptime\":7}", "");
        await().until(() -> often.frames.size() == 2 && seldom.frames.size() == 2);
        often.takeOne();
        seldom.takeOne();
        delta(3, "", "\"web-1\"");
        await().until(() -> often.frames.size() == 3);
        often.takeOne();
        delta(4, "\"web-1\":{\"time\":4}", "");
        slow.takeOne();

        await().until(() -> Stream.of(slow, often, seldom)
                .allMatch(peer -> peer.frames.getLast().contains("\"time\":4")));
        assertThat(often.frames.getLast()).as("knows that it was gone").contains("\"type\":\"delta\"");
        assertThat(List.of(slow, seldom))
                .allSatisfy(peer -> assertThat(peer.frames.getLast())
                        .contains("\"type\":\"snapshot\"")
                        .doesNotContain("system.uptime"));
    }

    @Test
    void aSnapshotIsLetGoWhereTheFeedEnds() {
        Peer peer = new Peer();
        subscribe(peer);
        await().until(() -> peer.frames.size() == 1);
        WeakReference<byte[]> body;
        synchronized (underWay) {
            body = new WeakReference<>(underWay.keySet().iterator().next());
        }
        peer.takeOne();
        hub.leave(peer);
        now.set(now.get().plusSeconds(2));
        await().until(() -> {
            System.gc();
            return body.refersTo(null);
        });
    }

    @Test
    void viewersThatLeaveMakeRoomForOthers() {
        List<Peer> rude = Stream.generate(Peer::new).limit(20).toList();
        rude.forEach(this::subscribeAlone);
        await().until(() -> bytesUnderWay() >= 8 * MEBIBYTE);
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

    private void delta(int sequence, String machines, String removed) {
        hub.feedFrame("{\"type\":\"delta\",\"sequence\":%d,\"machines\":{%s},\"removed\":[%s]}"
                .formatted(sequence, machines, removed));
    }

    private void subscribe(Peer peer) {
        hub.subscribe(peer, ViewerSubscription.parse("{\"type\":\"subscribe\",\"view\":\"fleet\"}"));
    }

    /** With a subscription that nobody else has. */
    private void subscribeAlone(Peer peer) {
        hub.subscribe(
                peer,
                ViewerSubscription.parse("{\"type\":\"subscribe\",\"view\":\"fleet\",\"fields\":[\"of."
                        + others.incrementAndGet() + "\"]}"));
    }

    private long bytesUnderWay() {
        synchronized (underWay) {
            return underWay.keySet().stream().mapToLong(body -> body.length).sum();
        }
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
            throw new UnsupportedOperationException("every frame has a head of its own");
        }

        @Override
        public void send(ByteBuffer head, ByteBuffer body, Completion done) {
            String frame = StandardCharsets.UTF_8.decode(head)
                    + StandardCharsets.UTF_8.decode(body.duplicate()).toString();
            String type = frame.split("\"", 5)[3];
            assertThat(body.arrayOffset()).isZero();
            byte[] bytes = body.array();
            synchronized (underWay) {
                underWay.merge(bytes, 1, Integer::sum);
            }
            waiting.add(() -> {
                got.add(type);
                synchronized (underWay) {
                    underWay.computeIfPresent(bytes, (_, n) -> n > 1 ? n - 1 : null);
                }
                done.done(true);
            });
            frames.add(frame);
        }

        @Override
        public void close(int code, String reason) {}

        @Override
        public boolean isOpen() {
            return true;
        }
    }
}

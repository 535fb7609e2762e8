package ar.mcrn.sysmonstm.ops.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.EventStream;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.v1.Inventory;
import ar.mcrn.sysmonstm.v1.LiveSample;
import ar.mcrn.sysmonstm.v1.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What both implementations of hot state and event bus hold to. */
public abstract class HotStateContract {
    private static final MachineId WEB = new MachineId("web-1");
    private static final MachineId SPACED = new MachineId("büro (2)");

    /** Hot state under test, empty. */
    protected abstract HotState hot();

    /** Event bus under test, which the hot state publishes on. */
    protected abstract EventBus bus();

    private static HotState.Entry entry(MachineId machine, long sequence, Optional<Inventory> inventory, long seen) {
        LiveSample sample = LiveSample.newBuilder()
                .setMachine(machine.value())
                .setSample(Sample.newBuilder().setSequence(sequence))
                .build();
        return new HotState.Entry(machine, sample.toByteArray(), inventory.map(Inventory::toByteArray), seen);
    }

    @Test
    void keepsTheNewestSampleAndTheInventoryUntilAnotherComes() throws Exception {
        long now = System.currentTimeMillis();
        Inventory inventory =
                Inventory.newBuilder().setNumber(1).setHostName("host").build();
        hot().write(
                        List.of(entry(WEB, 1, Optional.of(inventory), now), entry(SPACED, 7, Optional.empty(), now)),
                        new byte[0]);
        hot().write(List.of(entry(WEB, 2, Optional.empty(), now + 5)), new byte[0]);

        HotState.HotMachine web = hot().read(WEB).orElseThrow();
        assertThat(web.sample().orElseThrow().getSample().getSequence()).isEqualTo(2);
        assertThat(web.inventory()).contains(inventory);
        assertThat(web.lastSeenMillis()).isEqualTo(now + 5);
        assertThat(hot().readAll().keySet()).containsExactlyInAnyOrder(WEB, SPACED);
        assertThat(hot().readAll().get(SPACED).inventory()).isEmpty();
        assertThat(hot().lastSeen()).containsEntry(SPACED, now).containsEntry(WEB, now + 5);
    }

    @Test
    void restoresMachinesThatItDoesNotKnow() throws Exception {
        long now = System.currentTimeMillis();
        hot().write(List.of(entry(WEB, 1, Optional.empty(), now)), new byte[0]);
        hot().restore(new TreeMap<>(Map.of(WEB, now - 60_000, SPACED, now - 90_000)));
        hot().restore(new TreeMap<>());
        assertThat(hot().lastSeen()).containsEntry(WEB, now).containsEntry(SPACED, now - 90_000);
        assertThat(hot().readAll().get(WEB).sample()).isPresent();
        assertThat(hot().read(SPACED))
                .contains(new HotState.HotMachine(SPACED, now - 90_000, Optional.empty(), Optional.empty()));

        hot().write(List.of(entry(SPACED, 2, Optional.empty(), now + 1)), new byte[0]);
        assertThat(hot().read(SPACED).orElseThrow().lastSeenMillis()).isEqualTo(now + 1);
        assertThat(hot().read(SPACED).orElseThrow().sample()).isPresent();
    }

    @Test
    void forgetsARemovedMachineAndKnowsNothingOfOthers() throws Exception {
        hot().write(List.of(entry(WEB, 1, Optional.empty(), 5)), new byte[0]);
        hot().writeAlertState(WEB, new byte[] {1, 2});
        assertThat(hot().readAlertState(WEB))
                .hasValueSatisfying(s -> assertThat(s).containsExactly(1, 2));
        hot().remove(WEB);
        assertThat(hot().read(WEB)).isEmpty();
        assertThat(hot().readAlertState(WEB)).isEmpty();
        assertThat(hot().read(new MachineId("never-seen"))).isEmpty();
        assertThat(hot().readAll()).isEmpty();
    }

    @Test
    void publishesEachTickToEveryListenerInOrder() throws Exception {
        BlockingQueue<byte[]> first = new LinkedBlockingQueue<>();
        BlockingQueue<byte[]> second = new LinkedBlockingQueue<>();
        CountDownLatch connected = new CountDownLatch(2);
        try (Subscription a = bus().subscribe(Channel.LIVE, listener(first, connected));
                Subscription b = bus().subscribe(Channel.LIVE, listener(second, connected))) {
            assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
            hot().write(List.of(), new byte[] {1});
            hot().write(List.of(), new byte[] {2});
            bus().publish(Channel.RULES, new byte[] {9});
            for (BlockingQueue<byte[]> heard : List.of(first, second)) {
                assertThat(heard.poll(10, TimeUnit.SECONDS)).containsExactly(1);
                assertThat(heard.poll(10, TimeUnit.SECONDS)).containsExactly(2);
            }
            assertThat(a).isNotSameAs(b);
        }
        assertThat(first).isEmpty();
    }

    private static EventBus.Listener listener(BlockingQueue<byte[]> heard, CountDownLatch connected) {
        return new EventBus.Listener() {
            @Override
            public void message(byte[] message) {
                heard.add(message);
            }

            @Override
            public void connected() {
                connected.countDown();
            }
        };
    }

    @Test
    void givesAStreamToAGroupInOrderAndAgainWhatItsConsumerRefused() throws Exception {
        for (byte i = 0; i < 5; i++) {
            bus().append(EventStream.ALERT_TRANSITIONS, new byte[] {i});
        }
        AtomicInteger calls = new AtomicInteger();
        List<Byte> taken = new ArrayList<>();
        try (Subscription consuming = bus().consume(EventStream.ALERT_TRANSITIONS, "g", "m", message -> {
            if (message[0] == 2 && calls.incrementAndGet() < 3) {
                throw new IllegalStateException("not now");
            }
            synchronized (taken) {
                taken.add(message[0]);
            }
        })) {
            await().until(() -> {
                synchronized (taken) {
                    return taken.size() == 5;
                }
            });
            assertThat(taken).contains((byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4);
            assertThat(consuming).isNotNull();
        }
        bus().append(EventStream.ALERT_TRANSITIONS, new byte[] {5});
        try (Subscription again = bus().consume(EventStream.ALERT_TRANSITIONS, "g", "m", message -> {
            synchronized (taken) {
                taken.add(message[0]);
            }
        })) {
            await().until(() -> {
                synchronized (taken) {
                    return taken.size() == 6;
                }
            });
            assertThat(taken.getLast()).isEqualTo((byte) 5);
            assertThat(again).isNotNull();
        }
    }
}

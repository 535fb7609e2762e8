package ar.mcrn.sysmonstm.ops.runtime.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ar.mcrn.sysmonstm.contract.Channel;
import ar.mcrn.sysmonstm.contract.EventBus;
import ar.mcrn.sysmonstm.contract.HotState;
import ar.mcrn.sysmonstm.contract.Subscription;
import ar.mcrn.sysmonstm.ops.runtime.HotStateContract;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InProcessTest extends HotStateContract {
    private final InProcessEventBus bus = new InProcessEventBus();
    private final HotState hot = new InProcessHotState(bus);

    @AfterEach
    void close() {
        bus.close();
    }

    @Override
    protected HotState hot() {
        return hot;
    }

    @Override
    protected EventBus bus() {
        return bus;
    }

    @Test
    void aListenerThatHangsLosesTheOldestAndHoldsNobodyUp() {
        CountDownLatch hang = new CountDownLatch(1);
        Subscription hanging = bus.subscribe(Channel.LIVE, message -> {
            try {
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (int i = 0; i < Listening.QUEUE + 100; i++) {
            bus.publish(Channel.LIVE, new byte[0]);
        }
        await().untilAsserted(() -> assertThat(bus.dropped()).isBetween(99L, 100L));
        hang.countDown();
        hanging.close();
    }
}

package ar.mcrn.sysmonstm.aggregator.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class HotExchangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HotExchange exchange = new HotExchange();

    @Test
    void wakesTheHandlerThatFoundTheSenderBusy() throws InterruptedException {
        HotBatch first = exchange.first();
        HotBatch second = exchange.swap(first);
        assertThat(second).isNotNull();
        CountDownLatch busy = new CountDownLatch(1);
        Thread handler = new Thread(() -> {
            while (exchange.swap(second) == null) {
                busy.countDown();
                LockSupport.park(exchange);
            }
        });
        handler.setDaemon(true);
        handler.start();
        assertThat(busy.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(exchange.take(0)).isSameAs(first);
        exchange.giveBack(first);
        assertThat(handler.join(LIMIT)).isTrue();
        assertThat(exchange.take(0)).isSameAs(second);
    }

    @Test
    void losesNoWakeUpHoweverTheTwoMeet() throws InterruptedException {
        int rounds = 200_000;
        Thread handler = new Thread(() -> {
            HotBatch batch = exchange.first();
            for (int i = 0; i < rounds; i++) {
                HotBatch next;
                while ((next = exchange.swap(batch)) == null) {
                    LockSupport.park(exchange);
                }
                batch = next;
            }
        });
        handler.setDaemon(true);
        handler.start();
        for (int i = 0; i < rounds; i++) {
            long begin = System.nanoTime();
            HotBatch batch = exchange.take(LIMIT.toNanos());
            while (batch == null) { // woken for what it took before
                assertThat(System.nanoTime() - begin).as("round %d", i).isLessThan(LIMIT.toNanos());
                batch = exchange.take(LIMIT.toNanos());
            }
            exchange.giveBack(batch);
        }
        assertThat(handler.join(LIMIT)).isTrue();
    }
}

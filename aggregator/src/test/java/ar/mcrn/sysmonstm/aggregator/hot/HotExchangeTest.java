package ar.mcrn.sysmonstm.aggregator.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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
        busy.await();
        assertThat(exchange.take(0)).isSameAs(first);
        exchange.giveBack(first);
        assertThat(handler.join(LIMIT)).isTrue();
        assertThat(exchange.take(0)).isSameAs(second);
    }
}

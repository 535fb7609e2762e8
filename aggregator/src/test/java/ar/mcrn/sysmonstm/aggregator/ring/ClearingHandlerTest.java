package ar.mcrn.sysmonstm.aggregator.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClearingHandlerTest {
    private final ClearingHandler clearing = new ClearingHandler(
            new PayloadPool(() -> {}),
            () -> 3,
            new HandlerSleep(Beat.of(Duration.ofMillis(20)), Duration.ofMillis(240), () -> false));

    @Test
    void oneWaiterThatIsGoneCostsTheOthersNothing() {
        AtomicInteger called = new AtomicInteger();
        clearing.await(() -> {
            throw new RejectedExecutionException("event loop has ended");
        });
        clearing.await(() -> {
            throw new IllegalStateException("defect");
        });
        clearing.await(called::incrementAndGet);
        clearing.onBatchStart(1, 1);
        assertThat(called).hasValue(1);
        assertThat(clearing.waiters()).isZero();
    }
}

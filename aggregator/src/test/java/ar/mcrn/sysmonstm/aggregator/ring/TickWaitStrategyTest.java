package ar.mcrn.sysmonstm.aggregator.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TickWaitStrategyTest {
    private static final long LIMIT_SECONDS = 10;
    private static final Duration LONG = Duration.ofHours(2);

    private final Sequence cursor = new Sequence(-1);
    private final Sequence dependent = new Sequence(-1);
    private final TickWaitStrategy strategy = new TickWaitStrategy();
    private final SequenceBarrier barrier =
            RingBuffer.createSingleProducer(Object::new, 8, strategy).newBarrier();

    @Test
    void sleepsLongOnceABeatBroughtNothing() throws Exception {
        HandlerSleep sleep = sleepWithBeat(Duration.ofMillis(1));
        onHandlerThread(sleep, this::timesOut);
        assertThat(sleep.isLong()).isTrue();
    }

    @Test
    void keepsItsBeatWhenItIsWokenForNothing() throws Exception {
        HandlerSleep sleep = sleepWithBeat(Duration.ofHours(1));
        onHandlerThread(sleep, () -> {
            LockSupport.unpark(Thread.currentThread());
            timesOut();
        });
        assertThat(sleep.isLong()).isFalse();
    }

    @Test
    void keepsItsBeatWhileOthersHandleWhatIsThere() throws Exception {
        HandlerSleep sleep = sleepWithBeat(Duration.ofMillis(1));
        cursor.set(0);
        onHandlerThread(sleep, this::timesOut);
        assertThat(sleep.isLong()).isFalse();
    }

    @Test
    void takesWhatIsThereAtOnceAndKeepsItsBeat() throws Exception {
        HandlerSleep sleep = sleepWithBeat(Duration.ofMillis(1));
        onHandlerThread(sleep, () -> {
            timesOut();
            cursor.set(5);
            dependent.set(5);
            assertThat(strategy.waitFor(0, cursor, dependent, barrier)).isEqualTo(5);
        });
        assertThat(sleep.isLong()).isFalse();
    }

    private void timesOut() {
        assertThatThrownBy(() -> strategy.waitFor(0, cursor, dependent, barrier))
                .isInstanceOf(TimeoutException.class);
    }

    private static HandlerSleep sleepWithBeat(Duration period) {
        return new HandlerSleep(Beat.of(period), LONG, () -> false);
    }

    private static void onHandlerThread(HandlerSleep sleep, Checked task) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        new HandlerThread(
                        () -> {
                            try {
                                task.run();
                                done.complete(null);
                            } catch (Throwable e) {
                                done.completeExceptionally(e);
                            }
                        },
                        sleep)
                .start();
        done.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private interface Checked {
        void run() throws Exception;
    }
}

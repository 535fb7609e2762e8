package ar.mcrn.sysmonstm.aggregator.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.aggregator.ring.Beat;
import io.grpc.netty.shaded.io.netty.channel.IoHandle;
import io.grpc.netty.shaded.io.netty.channel.IoHandler;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.IoRegistration;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a {@link GatheringIoHandler} gathers: over sockets and a clock that do as they are told. */
@Timeout(10)
class GatheringTest {
    private static final long PERIOD = Duration.ofHours(1).toNanos();

    private long now;
    private int ready;
    private long waited;
    private boolean taskWaits;
    private int asked;
    private final GatheringIoHandler handler =
            new GatheringIoHandler(new ToldSockets(), Beat.of(Duration.ofHours(1)), () -> now);

    private boolean gathers(int readyNow) {
        int before = asked;
        ready = readyNow;
        assertThat(handler.run(new WokenAtOnce())).isEqualTo(readyNow);
        return asked > before;
    }

    @Test
    void gathersFromTheThirdEventOfAPeriod() {
        assertThat(gathers(1)).isFalse();
        assertThat(gathers(1)).isFalse();
        assertThat(gathers(1)).isFalse();
        assertThat(gathers(0)).isTrue();
    }

    @Test
    void gathersInThePeriodAfterOneWithManyAndNotInTheNext() {
        gathers(GatheringIoHandler.MANY);
        now += PERIOD;
        assertThat(gathers(GatheringIoHandler.MANY - 1)).isTrue();
        now += PERIOD;
        assertThat(gathers(0)).isFalse();
    }

    @Test
    void forgetsWhatCameBeforeAPeriodWithNothing() {
        gathers(GatheringIoHandler.MANY);
        now += 2 * PERIOD;
        assertThat(gathers(0)).isFalse();
    }

    @Test
    void countsWhatItWaitedForInThePeriodInWhichItCame() {
        waited = 3 * PERIOD;
        gathers(GatheringIoHandler.MANY);
        waited = 0;
        assertThat(gathers(0)).isTrue();
    }

    @Test
    void doesNotSleepWhileATaskWaits() {
        gathers(GatheringIoHandler.MANY);
        taskWaits = true;
        assertThat(gathers(0)).isTrue();
    }

    private final class WokenAtOnce implements IoHandlerContext {
        /** A task may come before this is answered, or, at the worst, just after: then whoever brings it wakes the handler. */
        @Override
        public boolean canBlock() {
            asked++;
            if (!taskWaits) {
                handler.wakeup();
            }
            return !taskWaits;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return Long.MAX_VALUE;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }

    private final class ToldSockets implements IoHandler {
        @Override
        public int run(IoHandlerContext context) {
            now += waited;
            return ready;
        }

        @Override
        public void wakeup() {}

        @Override
        public void destroy() {}

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return true;
        }
    }
}

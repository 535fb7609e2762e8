package ar.mcrn.sysmonstm.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PacedFleetTest {
    private record Sending(int hosts, Action action) implements PacedFleet.Sender {
        @Override
        public int phaseMillis() {
            return 5;
        }

        @Override
        public void send(long sequence) throws Exception {
            action.send(sequence);
        }
    }

    private interface Action {
        void send(long sequence) throws Exception;
    }

    @Test
    void everySampleOfEveryHostIsSentOnce() throws InterruptedException {
        try (PacedFleet fleet = new PacedFleet(List.of(new Sending(1, _ -> {}), new Sending(7, _ -> {})), 2, 0)) {
            fleet.start();
            fleet.finish();
            assertThat(fleet.due()).isEqualTo(16);
            assertThat(fleet.accepted()).isEqualTo(16);
            assertThat(fleet.failures()).isEmpty();
        }
    }

    @Test
    void whatFailsIsNotAcceptedAndSaid() throws InterruptedException {
        Action second = sequence -> {
            if (sequence == 2) {
                throw new IOException("refused");
            }
        };
        try (PacedFleet fleet = new PacedFleet(List.of(new Sending(1, second)), 2, 0)) {
            fleet.start();
            fleet.finish();
            assertThat(fleet.accepted()).isEqualTo(1);
            assertThat(fleet.failures()).contains("1 sends failed", "refused");
        }
    }

    @Test
    void whoDoesNotAnswerHasAcceptedLessWhenTheScheduleEnds() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        try (PacedFleet fleet =
                new PacedFleet(List.of(new Sending(1, _ -> never.await()), new Sending(1, _ -> {})), 1, 0)) {
            fleet.start();
            fleet.finish();
            assertThat(fleet.due()).isEqualTo(2);
            assertThat(fleet.accepted()).isEqualTo(1);
        }
    }
}

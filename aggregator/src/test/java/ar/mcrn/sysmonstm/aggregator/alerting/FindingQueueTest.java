package ar.mcrn.sysmonstm.aggregator.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FindingQueueTest {
    private final AlertingMetrics metrics = new AlertingMetrics(new Telemetry("test"));
    private final FindingQueue queue = new FindingQueue(metrics);

    @Test
    @Timeout(60)
    void aWakeEndsTheWaitAndIsNoFinding() throws InterruptedException {
        queue.wake();
        assertThat(queue.poll(Duration.ofHours(1).toMillis())).isNull();
        assertThat(metrics.found.value()).isZero();
    }

    @Test
    void whatWasFoundBeforeItComesFirst() throws InterruptedException {
        Finding found = new Finding.Judged(List.of());
        queue.offer(found);
        queue.wake();
        assertThat(queue.poll(0)).isSameAs(found);
        assertThat(queue.poll(0)).isNull();
        assertThat(queue.size()).isZero();
    }
}

package ar.mcrn.sysmonstm.agent.send;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.v1.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue queue = new EventQueue(4);

    private void append(long... numbers) {
        for (long number : numbers) {
            queue.append(Event.newBuilder().setRun(7).setEventSequence(number).build());
        }
    }

    private List<Long> kept() {
        return queue.all().stream().map(Event::getEventSequence).toList();
    }

    @Test
    void isHalfFullBeforeOneIsPushedOut() {
        append(1, 2);
        assertThat(queue.isHalfFull()).isFalse();
        append(3);
        assertThat(queue.isHalfFull()).isTrue();
    }

    @Test
    void theOldestGoesWhenThereAreTooMany() {
        append(1, 2, 3, 4, 5);
        assertThat(kept()).containsExactly(2L, 3L, 4L, 5L);
        // What is under way is the oldest, even where its outcome may still come.
        assertThat(queue.take(2)).hasSize(2);
        append(6);
        assertThat(kept()).containsExactly(3L, 4L, 5L, 6L);
        assertThat(queue.settle(new SequenceRange(7, 2, 3))).isEqualTo(1);
    }
}

package ar.mcrn.sysmonstm.loadgen;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.Range;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AgentEventsTest {

    private final AgentEvents events = new AgentEvents(7);
    private final List<Long> first = new ArrayList<>();

    private List<Event> send() {
        List<Event> sent = new ArrayList<>();
        events.unsent((number, event) -> first.add(number), sent::add);
        return sent;
    }

    private static Range range(long first, long last) {
        return Range.newBuilder().setRun(7).setFirst(first).setLast(last).build();
    }

    @Test
    void whatWasSentOnceIsSentAgainUnchanged() {
        events.dropped(1, 1_000);
        events.dropped(2, 2_000);
        List<Event> before = send();
        assertThat(before)
                .singleElement()
                .satisfies(event -> assertThat(event.getLastSequence()).isEqualTo(2));
        events.streamEnded();
        assertThat(events.dropped(3, 3_000)).isTrue();
        assertThat(send()).startsWith(before.getFirst()).hasSize(2);
        assertThat(first).containsExactly(1L, 2L);
        assertThat(events.sent()).hasSize(2);
    }

    @Test
    void everyDropIsNamedHoweverManyAreOut() {
        for (int i = 1; i <= Limits.EVENTS; i++) {
            events.dropped(2L * i, 1_000);
            send();
        }
        events.dropped(1_000, 1_000);
        events.dropped(2_000, 2_000);
        assertThat(send()).as("as many are out as may be").isEmpty();
        events.acknowledged(range(1, 1));
        assertThat(send()).singleElement().satisfies(event -> {
            assertThat(event.getFirstSequence()).isEqualTo(1_000);
            assertThat(event.getLastSequence()).isEqualTo(2_000);
        });
    }

    @Test
    void anOutcomeIsNewsOnce() {
        events.started(5_000);
        events.dropped(1, 6_000);
        send();
        assertThat(events.acknowledged(range(1, 1))).isEqualTo(1);
        assertThat(events.acknowledged(range(1, 1))).isZero();
        assertThat(events.pending()).isEqualTo(1);
        assertThat(events.refused(range(2, 2))).isEqualTo(1);
        assertThat(events.pending()).isZero();
        assertThat(events.acknowledged().cardinality()).isEqualTo(1);
    }
}

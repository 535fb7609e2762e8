package ar.mcrn.sysmonstm.bench;

import ar.mcrn.sysmonstm.v1.Ack;
import ar.mcrn.sysmonstm.v1.Clock;
import ar.mcrn.sysmonstm.v1.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one stream is still to be told, gathered by the aggregator's rule: the first at once, then when 64 samples wait or the
 * oldest has waited for 4 s, along with a message; all of it at a Goodbye. One thread at a time.
 */
final class GatheredAcks {
    private static final int MOST = 64;
    private static final long WAIT_NANOS = Duration.ofSeconds(4).toNanos();

    private final List<Range> samples = new ArrayList<>();
    private final List<Range> events = new ArrayList<>();
    private long waiting;
    private long oldestNanos;
    private boolean toldBefore;

    /** Takes samples with consecutive numbers; says what is to be told now. */
    Optional<Ack> samples(Range range, Clock clock, long nowNanos) {
        waited(nowNanos);
        add(samples, range);
        waiting += range.getLast() - range.getFirst() + 1;
        return due(nowNanos) ? Optional.of(all().setClock(clock).build()) : Optional.empty();
    }

    /** Takes an event; says what is to be told now. */
    Optional<Ack> event(Range range, long nowNanos) {
        waited(nowNanos);
        add(events, range);
        return due(nowNanos) ? Optional.of(all().build()) : Optional.empty();
    }

    /** All that waits; empty for nothing. */
    Optional<Ack> rest() {
        return samples.isEmpty() && events.isEmpty() ? Optional.empty() : Optional.of(all().build());
    }

    private void waited(long nowNanos) {
        if (samples.isEmpty() && events.isEmpty()) {
            oldestNanos = nowNanos;
        }
    }

    private boolean due(long nowNanos) {
        return !toldBefore || waiting >= MOST || nowNanos - oldestNanos >= WAIT_NANOS;
    }

    private static void add(List<Range> ranges, Range range) {
        Range before = ranges.isEmpty() ? null : ranges.getLast();
        if (before != null && before.getRun() == range.getRun() && before.getLast() + 1 == range.getFirst()) {
            ranges.set(
                    ranges.size() - 1,
                    before.toBuilder().setLast(range.getLast()).build());
        } else {
            ranges.add(range);
        }
    }

    private Ack.Builder all() {
        Ack.Builder ack = Ack.newBuilder().addAllSamples(samples).addAllEvents(events);
        samples.clear();
        events.clear();
        waiting = 0;
        toldBefore = true;
        return ack;
    }
}

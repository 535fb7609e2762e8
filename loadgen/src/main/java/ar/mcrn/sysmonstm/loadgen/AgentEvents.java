package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Range;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Events of one simulated agent until their outcome: start of the run, and ranges that its spool dropped. Sent again after the
 * end of a stream, as they were: what was sent once never changes. At most 64 are out at a time; where as many wait, drops widen
 * the newest one that nobody has had. One thread.
 */
final class AgentEvents {

    private final long run;
    private final TreeMap<Long, Event> waiting = new TreeMap<>();
    private final TreeMap<Long, SentEvent> sent = new TreeMap<>();
    private final BitSet acknowledged = new BitSet();
    private long newest;
    private long sentUpTo;

    AgentEvents(long run) {
        this.run = run;
    }

    /** The run began. */
    void started(long startMillis) {
        add(
                EventKind.EVENT_KIND_RUN_START,
                Event.newBuilder()
                        .setTimeMillis(startMillis)
                        .setFromMillis(startMillis - 3_600_000)
                        .setToMillis(startMillis));
    }

    /** The spool dropped this sample; ranges that touch become one event while it was never sent. True where it is a new one. */
    boolean dropped(long sequence, long stampMillis) {
        Map.Entry<Long, Event> last = waiting.lastEntry();
        boolean grows = last != null
                && !sent.containsKey(last.getKey())
                && last.getValue().getKind() == EventKind.EVENT_KIND_SPOOL_DROP
                && (last.getValue().getLastSequence() + 1 == sequence || waiting.size() >= Limits.EVENTS);
        if (grows) {
            waiting.put(
                    last.getKey(),
                    last.getValue().toBuilder()
                            .setLastSequence(sequence)
                            .setToMillis(stampMillis)
                            .build());
            return false;
        }
        add(
                EventKind.EVENT_KIND_SPOOL_DROP,
                Event.newBuilder()
                        .setTimeMillis(stampMillis)
                        .setFromMillis(stampMillis)
                        .setToMillis(stampMillis)
                        .setFirstSequence(sequence)
                        .setLastSequence(sequence));
        return true;
    }

    private void add(EventKind kind, Event.Builder event) {
        newest++;
        waiting.put(
                newest,
                event.setKind(kind)
                        .setDetail(SentEvent.detail(kind))
                        .setRun(run)
                        .setEventSequence(newest)
                        .build());
    }

    /**
     * Hands over what this stream has not had yet and may have.
     *
     * @param first hears of an event before it is sent for the first time
     */
    void unsent(EventSent first, Consumer<Event> send) {
        int out = waiting.headMap(sentUpTo, true).size();
        for (Event event : waiting.tailMap(sentUpTo, false).values()) {
            if (out == Limits.EVENTS) {
                return;
            }
            out++;
            sentUpTo = event.getEventSequence();
            SentEvent content = SentEvent.of(event);
            if (sent.put(sentUpTo, content) == null) {
                first.sent(sentUpTo, content);
            }
            send.accept(event);
        }
    }

    /** Hears of events that are sent for the first time. */
    @FunctionalInterface
    interface EventSent {
        void sent(long number, SentEvent event);
    }

    /** These are committed, all of them known; returns for how many that is news. */
    long acknowledged(Range range) {
        long news = settle(range);
        acknowledged.set((int) range.getFirst(), (int) range.getLast() + 1);
        return news;
    }

    /** These are finally refused; returns for how many that is news. */
    long refused(Range range) {
        return settle(range);
    }

    private long settle(Range range) {
        Map<Long, Event> settled = waiting.subMap(range.getFirst(), true, range.getLast(), true);
        long news = settled.size();
        settled.clear();
        return news;
    }

    /** Number of the newest one; 0 where there is none. */
    long newest() {
        return newest;
    }

    /** Those without an outcome. */
    int pending() {
        return waiting.size();
    }

    /** Numbers of the events acknowledged so far. */
    BitSet acknowledged() {
        return (BitSet) acknowledged.clone();
    }

    /** All that was ever sent, by number. */
    Map<Long, SentEvent> sent() {
        return new TreeMap<>(sent);
    }

    void streamEnded() {
        sentUpTo = 0;
    }
}

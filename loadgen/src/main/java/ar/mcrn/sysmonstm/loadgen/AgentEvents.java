package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.AgentMessage;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import ar.mcrn.sysmonstm.v1.Range;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Events of one simulated agent that wait for their outcome: start of the run, and ranges that its spool dropped. Sent
 * again after the end of a stream. At most 64 wait; a drop that finds no room widens the newest one. One thread.
 */
final class AgentEvents {

    private final long run;
    private final TreeMap<Long, Event> waiting = new TreeMap<>();
    private final BitSet acknowledged = new BitSet();
    private long newest;
    private long sentUpTo;

    AgentEvents(long run) {
        this.run = run;
    }

    /** The run began. */
    void started(long startMillis) {
        add(Event.newBuilder()
                .setKind(EventKind.EVENT_KIND_RUN_START)
                .setTimeMillis(startMillis)
                .setFromMillis(startMillis - 3_600_000)
                .setToMillis(startMillis)
                .setDetail("simulated"));
    }

    /** The spool dropped this sample; ranges that touch become one event while it is not sent. */
    void dropped(long sequence, long stampMillis) {
        Map.Entry<Long, Event> last = waiting.lastEntry();
        boolean grows = last != null
                && last.getKey() > sentUpTo
                && last.getValue().getKind() == EventKind.EVENT_KIND_SPOOL_DROP
                && (last.getValue().getLastSequence() + 1 == sequence || waiting.size() >= Limits.EVENTS);
        if (grows) {
            last.setValue(last.getValue().toBuilder()
                    .setLastSequence(sequence)
                    .setToMillis(stampMillis)
                    .build());
        } else if (waiting.size() < Limits.EVENTS) {
            add(Event.newBuilder()
                    .setKind(EventKind.EVENT_KIND_SPOOL_DROP)
                    .setTimeMillis(stampMillis)
                    .setFromMillis(stampMillis)
                    .setToMillis(stampMillis)
                    .setFirstSequence(sequence)
                    .setLastSequence(sequence));
        }
    }

    private void add(Event.Builder event) {
        newest++;
        waiting.put(newest, event.setRun(run).setEventSequence(newest).build());
    }

    /** Hands over what this stream has not had yet. */
    void unsent(Consumer<AgentMessage> send) {
        for (Event event : waiting.tailMap(sentUpTo, false).values()) {
            sentUpTo = event.getEventSequence();
            send.accept(AgentMessage.newBuilder().setEvent(event).build());
        }
    }

    /** Committed. */
    void acknowledged(Range range) {
        if (range.getFirst() >= 1 && range.getLast() <= newest && range.getFirst() <= range.getLast()) {
            acknowledged.set((int) range.getFirst(), (int) range.getLast() + 1);
        }
        refused(range);
    }

    /** Finally refused. */
    void refused(Range range) {
        waiting.subMap(range.getFirst(), true, Math.max(range.getFirst(), range.getLast()), true)
                .clear();
    }

    /** Numbers of the events acknowledged so far. */
    BitSet acknowledged() {
        return (BitSet) acknowledged.clone();
    }

    void streamEnded() {
        sentUpTo = 0;
    }
}

package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.v1.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/** Events in memory, in order, each under way or not. Bounded: the oldest goes when one more comes. Guarded by its owner. */
final class EventQueue {
    private final int capacity;
    private final Deque<Event> unsent = new ArrayDeque<>();
    private final Deque<Event> underWay = new ArrayDeque<>();

    EventQueue(int capacity) {
        this.capacity = capacity;
    }

    void append(Event event) {
        if (size() >= capacity && underWay.pollFirst() == null) {
            unsent.pollFirst();
        }
        unsent.addLast(event);
    }

    List<Event> take(int limit) {
        List<Event> taken = new ArrayList<>();
        while (underWay.size() < limit && !unsent.isEmpty()) {
            Event event = unsent.pollFirst();
            underWay.addLast(event);
            taken.add(event);
        }
        return taken;
    }

    int settle(SequenceRange range) {
        int before = size();
        settle(underWay.iterator(), range);
        settle(unsent.iterator(), range);
        return before - size();
    }

    private static void settle(Iterator<Event> events, SequenceRange range) {
        while (events.hasNext()) {
            Event event = events.next();
            if (event.getRun() == range.run()
                    && event.getEventSequence() >= range.first()
                    && event.getEventSequence() <= range.last()) {
                events.remove();
            }
        }
    }

    void streamEnded() {
        while (!underWay.isEmpty()) {
            unsent.addFirst(underWay.pollLast());
        }
    }

    int size() {
        return unsent.size() + underWay.size();
    }
}

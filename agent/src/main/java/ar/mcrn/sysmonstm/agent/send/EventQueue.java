package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.v1.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events in memory, in order, each under way or not. Bounded: the oldest goes when one more comes, and the log says so. Guarded by
 * its owner.
 */
public final class EventQueue {
    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

    private final int capacity;
    private final Deque<Event> unsent = new ArrayDeque<>();
    private final Deque<Event> underWay = new ArrayDeque<>();
    private long pushedOut;

    /** An empty one for that many. */
    public EventQueue(int capacity) {
        this.capacity = capacity;
    }

    /** One more, unsent. */
    public void append(Event event) {
        if (size() >= capacity) {
            Event oldest = underWay.isEmpty() ? unsent.pollFirst() : underWay.pollFirst();
            pushedOut++;
            if (Long.bitCount(pushedOut) == 1) {
                LOG.warn(
                        "event given up, more wait than can be kept: kind={}, run={}, number={}, givenUp={}",
                        oldest.getKind(),
                        oldest.getRun(),
                        oldest.getEventSequence(),
                        pushedOut);
            }
        }
        unsent.addLast(event);
    }

    /** Unsent ones, as long as no more than {@code limit} are under way; they are under way then. */
    public List<Event> take(int limit) {
        List<Event> taken = new ArrayList<>();
        while (underWay.size() < limit && !unsent.isEmpty()) {
            Event event = unsent.pollFirst();
            underWay.addLast(event);
            taken.add(event);
        }
        return taken;
    }

    /** Forgets those of a range; returns how many were there. */
    public int settle(SequenceRange range) {
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

    /** Those under way are unsent again. */
    public void streamEnded() {
        while (!underWay.isEmpty()) {
            unsent.addFirst(underWay.pollLast());
        }
    }

    /** All of them, in order. */
    public List<Event> all() {
        List<Event> all = new ArrayList<>(underWay);
        all.addAll(unsent);
        return all;
    }

    /** True where more than half of the room is taken. */
    public boolean isHalfFull() {
        return size() > capacity / 2;
    }

    /** How many there are. */
    public int size() {
        return unsent.size() + underWay.size();
    }
}

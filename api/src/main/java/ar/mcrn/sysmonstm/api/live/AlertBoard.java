package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.api.AlertView;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Open alerts as last heard, from the channel and from the database. Any thread may read; at most 10,000, further ones are
 * left to the database.
 */
public final class AlertBoard {
    private static final int CAPACITY = 10_000;

    private final Map<String, AlertView> open = new ConcurrentHashMap<>();

    /** Takes a changed alert; false where it says nothing new. */
    public boolean put(AlertView alert) {
        if (!alert.open()) {
            open.remove(alert.id());
            return true;
        }
        if (open.size() >= CAPACITY && !open.containsKey(alert.id())) {
            return false;
        }
        return !alert.equals(open.put(alert.id(), alert));
    }

    /** Open alerts, newest start first. */
    public List<AlertView> open() {
        Collection<AlertView> all = open.values();
        return all.stream()
                .sorted(Comparator.comparingLong(AlertView::startedAt)
                        .reversed()
                        .thenComparing(AlertView::id))
                .toList();
    }
}

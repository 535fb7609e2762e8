package ar.mcrn.sysmonstm.relay;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * All viewers with an equal subscription: a change is encoded once for those who are up to date. Belongs to the hub's
 * thread.
 */
final class ViewerGroup {
    private static final int REMEMBERED_KEYS = 10_000;

    final ViewerSubscription subscription;
    final Set<Viewer> viewers = new LinkedHashSet<>();
    final Changes pending = new Changes();
    final ChangeLog log = new ChangeLog();
    /** Bodies of the newest version, by the version that their viewers were told before. */
    private final Map<Long, byte[]> deltas = new HashMap<>();

    private final Map<Long, byte[]> inventories = new HashMap<>();
    private final Map<String, Boolean> shown = new HashMap<>();
    private long toldNanos;

    ViewerGroup(ViewerSubscription subscription, long nowNanos) {
        this.subscription = subscription;
        this.toldNanos = nowNanos - intervalNanos();
    }

    boolean shows(String key) {
        if (shown.size() > REMEMBERED_KEYS) {
            shown.clear();
        }
        return shown.computeIfAbsent(key, subscription::shows);
    }

    /** Notes the part of the changes that this subscription shows. */
    void changed(Changes changes) {
        Changes mine = new Changes();
        changes.machines.forEach((id, keys) -> {
            if (subscription.watches(id)) {
                Set<String> visible = new LinkedHashSet<>();
                keys.stream().filter(this::shows).forEach(visible::add);
                if (!visible.isEmpty()) {
                    mine.machines.put(id, visible);
                }
            }
        });
        changes.inventories.stream().filter(subscription::watches).forEach(mine.inventories::add);
        changes.removed.stream().filter(subscription::watches).forEach(mine.removed::add);
        mine.whole = changes.whole;
        pending.add(mine);
    }

    /** Whether there is something to tell and its time has come. */
    boolean isDue(long nowNanos) {
        return !pending.isEmpty() && (pending.whole || nowNanos - toldNanos >= intervalNanos());
    }

    /** What is pending becomes the newest version. */
    void publish(long nowNanos) {
        toldNanos = nowNanos;
        log.add(pending);
        pending.clear();
        deltas.clear();
        inventories.clear();
    }

    /** Body of a delta since a version; empty where nothing is to be told. */
    byte[] delta(long told, RelayFrames frames) {
        return deltas.computeIfAbsent(told, from -> {
            Changes changes = log.since(from);
            return changes.isEmpty() ? new byte[0] : frames.delta(changes);
        });
    }

    /** Body of the inventories that changed since a version. */
    byte[] inventory(long told, RelayFrames frames) {
        return inventories.computeIfAbsent(told, from -> frames.inventory(log.inventoriesSince(from)));
    }

    /** Feeds tick with a little jitter: up to a second, what comes is told as it comes. */
    private long intervalNanos() {
        return subscription.intervalMillis() <= 1_000 ? 0 : subscription.intervalMillis() * 1_000_000;
    }
}

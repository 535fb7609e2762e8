package ar.mcrn.sysmonstm.relay;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a group was told, as names with the version of the newest change to each: a viewer that is behind keeps one number, and
 * all that are behind by as much get one body. Holds nothing of before the last snapshot for all, and nothing while nobody is
 * behind; never more names than the fleet has. Belongs to the hub's thread.
 */
final class ChangeLog {
    private static final int REMOVED = 10_000;

    private final Map<String, Map<String, Long>> machines = new LinkedHashMap<>();
    private final Map<String, Long> inventories = new LinkedHashMap<>();
    private final Map<String, Long> removed = new LinkedHashMap<>();
    private long version;
    private long wholeAt;
    private long inventoriesAt;

    /** Of the newest change. */
    long version() {
        return version;
    }

    /** Of the newest change to an inventory. */
    long inventoriesAt() {
        return inventoriesAt;
    }

    /** Who was told less than this is told by a snapshot alone. */
    long wholeAt() {
        return wholeAt;
    }

    void add(Changes changes) {
        version++;
        if (changes.whole || removed.size() > REMOVED) {
            forget();
            wholeAt = version;
            return;
        }
        changes.machines.forEach((id, keys) -> {
            Map<String, Long> known = machines.computeIfAbsent(id, _ -> new HashMap<>());
            keys.forEach(key -> known.put(key, version));
            Long goneAt = removed.remove(id);
            if (goneAt != null) {
                // Who was not told that it was gone still has keys that it may lack now.
                wholeAt = Math.max(wholeAt, goneAt);
            }
        });
        for (String id : changes.inventories) {
            inventories.put(id, version);
            inventoriesAt = version;
        }
        for (String id : changes.removed) {
            machines.remove(id);
            inventories.remove(id);
            removed.put(id, version);
        }
    }

    /** Values and removals since a version; inventories are {@link #inventoriesSince}. */
    Changes since(long told) {
        Changes changes = new Changes();
        machines.forEach((id, keys) -> keys.forEach((key, at) -> {
            if (at > told) {
                changes.machines.computeIfAbsent(id, _ -> new LinkedHashSet<>()).add(key);
            }
        }));
        removed.forEach((id, at) -> {
            if (at > told) {
                changes.removed.add(id);
            }
        });
        return changes;
    }

    Set<String> inventoriesSince(long told) {
        Set<String> ids = new LinkedHashSet<>();
        inventories.forEach((id, at) -> {
            if (at > told) {
                ids.add(id);
            }
        });
        return ids;
    }

    /** Everybody is told everything up to the newest version. */
    void forget() {
        machines.clear();
        inventories.clear();
        removed.clear();
    }
}

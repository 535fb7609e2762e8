package ar.mcrn.sysmonstm.relay;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What changed, as names: what a frame has to tell, or what a slow viewer has not been told. The values are looked up when
 * a frame is encoded, so any number of changes to one value takes one entry: never more than the fleet has. Belongs to the
 * hub's thread.
 */
final class Changes {
    /** Changed keys by machine. */
    final Map<String, Set<String>> machines = new LinkedHashMap<>();

    final Set<String> inventories = new LinkedHashSet<>();
    final Set<String> removed = new LinkedHashSet<>();
    /** Everything was replaced, or a machine is back of which keys may be gone: only a snapshot tells it. */
    boolean whole;

    boolean isEmpty() {
        return machines.isEmpty() && inventories.isEmpty() && removed.isEmpty() && !whole;
    }

    void add(Changes later) {
        whole |= later.whole;
        later.machines.forEach((id, keys) -> {
            machines.computeIfAbsent(id, _ -> new LinkedHashSet<>()).addAll(keys);
            whole |= removed.remove(id);
        });
        inventories.addAll(later.inventories);
        for (String id : later.removed) {
            machines.remove(id);
            inventories.remove(id);
            removed.add(id);
        }
    }

    void clear() {
        machines.clear();
        inventories.clear();
        removed.clear();
        whole = false;
    }
}

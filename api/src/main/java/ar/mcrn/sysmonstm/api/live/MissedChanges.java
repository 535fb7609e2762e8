package ar.mcrn.sysmonstm.api.live;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which series of which machines changed: what a frame has to tell, or what a slow client has not been told. Holds no
 * values, so that any number of changes to one series takes one bit; the newest value is looked up when a frame is encoded.
 * That is the bound: a bit per series watched. A changed make of a machine cannot be expressed in bits of the old one: a
 * client that missed it needs a snapshot.
 */
final class MissedChanges {
    final Map<String, OfMachine> machines = new LinkedHashMap<>();
    final Set<String> inventories = new LinkedHashSet<>();
    final Set<String> removed = new LinkedHashSet<>();
    boolean remade;

    boolean isEmpty() {
        return machines.isEmpty() && inventories.isEmpty() && removed.isEmpty();
    }

    OfMachine of(String id) {
        return machines.computeIfAbsent(id, _ -> new OfMachine());
    }

    void add(MissedChanges later) {
        remade |= later.remade;
        later.machines.forEach((id, change) -> {
            OfMachine mine = of(id);
            mine.series.or(change.series);
            mine.state |= change.state;
            mine.processes |= change.processes;
            removed.remove(id);
        });
        inventories.addAll(later.inventories);
        for (String id : later.removed) {
            machines.remove(id);
            inventories.remove(id);
            removed.add(id);
        }
    }

    /** Changes of one machine: bits by position among the series picked, and whether its state and its processes changed. */
    static final class OfMachine {
        final BitSet series = new BitSet();
        final List<byte[]> vanished = new ArrayList<>();
        boolean state;
        boolean processes;
    }
}

package ar.mcrn.sysmonstm.alerts.rules;

import ar.mcrn.sysmonstm.contract.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The instances of all rules on one column of one machine or device. While none is active and the value breaches no rule, one
 * comparison with the nearest limit on either side stands for all of them: what an instance has seen is then kept here and
 * carried over when it matters. So a sample costs by the columns watched, not by the rules.
 */
final class ColumnAlerts {
    final Column column;
    final AlertInstance[] instances;
    private final boolean delta;
    /** Nearest limits of rules above and below. */
    private final double lowestAbove;

    private final double highestBelow;
    /** No instance is active, and what they have seen since is only noted here. */
    private boolean quiet;

    private long lastMillis;
    private long valueWire;
    private int valueMillis = 1;

    private ColumnAlerts(Column column, AlertInstance[] instances) {
        this.column = column;
        this.instances = instances;
        double above = Double.POSITIVE_INFINITY;
        double below = Double.NEGATIVE_INFINITY;
        boolean deltas = false;
        for (AlertInstance instance : instances) {
            SeriesTest test = instance.test;
            deltas = test.delta;
            if (test.above) {
                above = Math.min(above, test.limit);
            } else {
                below = Math.max(below, test.limit);
            }
        }
        delta = deltas;
        lowestAbove = above;
        highestBelow = below;
    }

    /** Instances by column, in the order in which columns come up. */
    static ColumnAlerts[] group(List<AlertInstance> instances) {
        Map<Column, List<AlertInstance>> byColumn = new LinkedHashMap<>();
        for (AlertInstance instance : instances) {
            byColumn.computeIfAbsent(instance.test.column, _ -> new ArrayList<>())
                    .add(instance);
        }
        return byColumn.entrySet().stream()
                .map(entry -> new ColumnAlerts(entry.getKey(), entry.getValue().toArray(AlertInstance[]::new)))
                .toArray(ColumnAlerts[]::new);
    }

    /** True where the observation changes no instance: it is noted, and that is all. */
    boolean passes(long wire, long endMillis, int durationMillis) {
        if (!quiet || endMillis <= lastMillis) {
            return false;
        }
        double value = SeriesTest.comparable(delta, wire);
        double factor = SeriesTest.factor(delta, durationMillis);
        if (value > lowestAbove * factor || value < highestBelow * factor) {
            return false;
        }
        lastMillis = endMillis;
        valueWire = wire;
        valueMillis = durationMillis;
        return true;
    }

    /** Before instances are looked at or changed one by one: they get what was only noted here. */
    void settle() {
        if (quiet) {
            quiet = false;
            for (AlertInstance instance : instances) {
                instance.saw(valueWire, lastMillis, valueMillis);
            }
        }
    }

    /** After all instances were offered an observation: quiet where none is active and all have seen the same. */
    void observed() {
        AlertInstance first = instances[0];
        for (AlertInstance instance : instances) {
            if (instance.isActive() || instance.lastMillis() != first.lastMillis()) {
                return;
            }
        }
        quiet = true;
        lastMillis = first.lastMillis();
        valueWire = first.valueWire();
        valueMillis = first.valueMillis();
    }

    /** The pending and firing ones. */
    void forEachActive(Consumer<AlertInstance> action) {
        if (quiet) {
            return;
        }
        for (AlertInstance instance : instances) {
            if (instance.isActive()) {
                action.accept(instance);
            }
        }
    }

    /** End of the newest interval seen, Unix milliseconds. */
    long lastMillis() {
        if (quiet) {
            return lastMillis;
        }
        long newest = 0;
        for (AlertInstance instance : instances) {
            newest = Math.max(newest, instance.lastMillis());
        }
        return newest;
    }
}

package ar.mcrn.sysmonstm.relay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The newest that the feed said: for each machine its values as JSON scalars, its inventory and its last 5 minutes; open
 * alerts; the origin's status. Applies the frames of {@code /ws}: a snapshot replaces everything, a delta changes.
 *
 * <p>Bounded by machines and by bytes of names and values; what is beyond is left out and counted. Of machines beyond the
 * first 2,000 no sparkline is kept. Belongs to the hub's thread.
 */
final class Mirror {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SPARKLINES = 2_000;
    private static final int ALERTS = 1_000;
    /** What an entry of a map costs beside its text, about. */
    private static final int ENTRY_BYTES = 48;

    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private final Map<String, String> alerts = new LinkedHashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private final int mostMachines;
    private final long mostBytes;
    private long bytes;
    private int sparklines;
    private long refused;
    private long originStale;
    private List<String> degraded = List.of();

    Mirror(int mostMachines, long mostBytes) {
        this.mostMachines = mostMachines;
        this.mostBytes = mostBytes;
    }

    /** One machine. */
    static final class Machine {
        final Map<String, String> values = new LinkedHashMap<>();
        String inventory = "";
        SparkRing sparkline;

        private double number(String key) {
            String value = values.get(key);
            try {
                return value == null ? Double.NaN : Double.parseDouble(value);
            } catch (NumberFormatException notANumber) {
                return Double.NaN;
            }
        }
    }

    /**
     * What a frame of the feed did.
     *
     * @param changes names of what changed
     * @param alertId alert that it told; empty = none
     * @param alert that alert as JSON
     */
    record Applied(Changes changes, String alertId, String alert) {}

    /**
     * Applies one frame.
     *
     * @param began false where only a snapshot can begin
     * @throws IllegalArgumentException when this is no frame of a feed, saying why
     */
    Applied apply(String text, boolean began) {
        JsonNode frame;
        try {
            frame = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("feed frame is not JSON: " + e.getOriginalMessage(), e);
        }
        String type = frame.path("type").asText("");
        if (!began && !type.equals("snapshot")) {
            throw new IllegalArgumentException("feed does not begin with a snapshot");
        }
        Changes changes = new Changes();
        JsonNode alert = frame.path("alert");
        switch (type) {
            case "snapshot" -> snapshot(frame, changes);
            case "delta" -> delta(frame, changes);
            case "inventory" -> inventories(frame.path("machines"), changes);
            case "alert" -> alert(alert);
            case "status" -> status(frame);
            default -> throw new IllegalArgumentException("feed frame of unknown type");
        }
        return new Applied(changes, alert.path("id").asText(""), alert.toString());
    }

    private void snapshot(JsonNode frame, Changes changes) {
        Map<String, SparkRing> rings = new HashMap<>();
        machines.forEach((id, machine) -> rings.put(id, machine.sparkline));
        machines.clear();
        alerts.clear();
        names.clear();
        bytes = 0;
        sparklines = 0;
        machines(frame.path("machines"), new Changes(), rings);
        inventories(frame.path("inventories"), new Changes());
        frame.path("sparklines").properties().forEach(each -> sparkline(each.getKey(), each.getValue()));
        for (JsonNode each : frame.path("alerts")) {
            alert(each);
        }
        status(frame.path("status"));
        changes.whole = true;
    }

    private void delta(JsonNode frame, Changes changes) {
        machines(frame.path("machines"), changes, Map.of());
        for (JsonNode id : frame.path("removed")) {
            Machine gone = machines.remove(id.asText());
            if (gone != null) {
                gone.values.forEach((key, value) -> bytes -= cost(key, value));
                bytes -= gone.inventory.length();
                sparklines -= gone.sparkline == null ? 0 : 1;
                changes.removed.add(id.asText());
            }
        }
    }

    private void machines(JsonNode all, Changes changes, Map<String, SparkRing> rings) {
        all.properties().forEach(each -> {
            Machine machine = machines.get(each.getKey());
            if (machine == null) {
                if (machines.size() >= mostMachines || bytes > mostBytes) {
                    refused++;
                    return;
                }
                machine = new Machine();
                if (sparklines < SPARKLINES) {
                    SparkRing kept = rings.get(each.getKey());
                    machine.sparkline = kept == null ? new SparkRing() : kept;
                    sparklines++;
                }
                machines.put(each.getKey(), machine);
            }
            Set<String> changed = new HashSet<>();
            values(machine, each.getValue(), changed);
            point(machine);
            changes.machines.put(each.getKey(), changed);
        });
    }

    private void values(Machine machine, JsonNode values, Set<String> changed) {
        values.properties().forEach(each -> {
            String key = names.computeIfAbsent(each.getKey(), name -> name);
            if (each.getValue().isContainerNode()) {
                refused++;
                return;
            }
            String value = each.getValue().isNull() ? null : each.getValue().toString();
            String before = value == null ? machine.values.remove(key) : machine.values.get(key);
            if (before != null) {
                bytes -= cost(key, before);
            }
            if (value != null) {
                if (before == null && bytes > mostBytes) {
                    refused++;
                    return;
                }
                machine.values.put(key, value);
                bytes += cost(key, value);
            }
            changed.add(key);
        });
    }

    private static int cost(String key, String value) {
        return key.length() + value.length() + ENTRY_BYTES;
    }

    private static void point(Machine machine) {
        double time = machine.number("time");
        if (machine.sparkline != null && time > 0) {
            double[] point = new double[SparkRing.KEYS.size()];
            for (int i = 0; i < point.length; i++) {
                point[i] = machine.number(SparkRing.KEYS.get(i));
            }
            machine.sparkline.add((long) time, point);
        }
    }

    private void inventories(JsonNode all, Changes changes) {
        all.properties().forEach(each -> {
            Machine machine = machines.get(each.getKey());
            String inventory = each.getValue().toString();
            if (machine == null || bytes + inventory.length() > mostBytes) {
                refused++;
                return;
            }
            bytes += inventory.length() - machine.inventory.length();
            machine.inventory = inventory;
            changes.inventories.add(each.getKey());
        });
    }

    /** Takes the origin's 5 minutes in the place of ours, which began later. */
    private void sparkline(String id, JsonNode lines) {
        Machine machine = machines.get(id);
        if (machine == null || machine.sparkline == null) {
            return;
        }
        machine.sparkline = new SparkRing();
        JsonNode times = lines.path("times");
        for (int i = 0; i < times.size(); i++) {
            double[] point = new double[SparkRing.KEYS.size()];
            for (int key = 0; key < point.length; key++) {
                point[key] = lines.path(SparkRing.KEYS.get(key)).path(i).asDouble(Double.NaN);
            }
            machine.sparkline.add(times.get(i).asLong(), point);
        }
        point(machine);
    }

    private void alert(JsonNode alert) {
        String id = alert.path("id").asText("");
        if (alert.path("state").asText("").equals("resolved")) {
            alerts.remove(id);
        } else if (!id.isEmpty() && (alerts.size() < ALERTS || alerts.containsKey(id))) {
            alerts.put(id, alert.toString());
        } else {
            refused++;
        }
    }

    private void status(JsonNode status) {
        originStale = status.path("staleSince").asLong(0);
        List<String> names = new ArrayList<>();
        status.path("degraded").forEach(name -> names.add(name.asText()));
        degraded = names;
    }

    Machine machine(String id) {
        return machines.get(id);
    }

    Map<String, Machine> machines() {
        return machines;
    }

    Collection<String> alerts() {
        return alerts.values();
    }

    /** Since when the origin itself hears nothing, Unix milliseconds; 0 = it does. */
    long originStale() {
        return originStale;
    }

    List<String> degraded() {
        return degraded;
    }

    long bytes() {
        return bytes;
    }

    /** Machines, values, inventories and alerts left out since the start. */
    long refused() {
        return refused;
    }
}

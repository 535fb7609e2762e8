package ar.mcrn.sysmonstm.relay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a viewer watches, as the subscribe message of {@code /ws} says. Equal subscriptions share their frames.
 *
 * @param machineView true for the view of machines, false for that of the fleet
 * @param machines names watched; empty = all
 * @param fields keys, {@code *} standing for any text; empty = all that the feed has
 * @param intervalMillis least time between two frames with values, 250 to 60,000
 */
record ViewerSubscription(boolean machineView, Set<String> machines, Set<String> fields, long intervalMillis) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MACHINES = 1_000;
    private static final int MACHINES_OF_VIEW_MACHINE = 20;
    private static final int FIELDS = 100;
    private static final int TEXT = 512;

    private static final Set<String> FLEET_FIELDS = Set.of(
            "system.cpu.utilization",
            "system.memory.utilization",
            "system.paging.utilization{state=used}",
            "system.cpu.load_average.1m",
            "system.filesystem.utilization.max",
            "system.disk.io{direction=read}",
            "system.disk.io{direction=write}",
            "system.network.io{direction=receive}",
            "system.network.io{direction=transmit}",
            "system.linux.pressure{resource=cpu,stall=some}",
            "system.process.count",
            "system.uptime");

    /** What is shown whatever the fields. */
    private static final Set<String> ALWAYS = Set.of("time", "state", "lastSeen");

    /** @throws IllegalArgumentException saying what is wrong, for the viewer */
    static ViewerSubscription parse(String message) {
        JsonNode json;
        try {
            json = JSON.readTree(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        if (!json.path("type").asText("").equals("subscribe")) {
            throw new IllegalArgumentException("type must be subscribe");
        }
        boolean machineView = switch (json.path("view").asText("fleet")) {
            case "fleet" -> false;
            case "machine" -> true;
            default -> throw new IllegalArgumentException("view must be fleet or machine");
        };
        Set<String> machines = texts(json, "machines", machineView ? MACHINES_OF_VIEW_MACHINE : MACHINES);
        if (machineView && machines.isEmpty()) {
            throw new IllegalArgumentException("view machine needs machines");
        }
        Set<String> fields = texts(json, "fields", FIELDS);
        JsonNode interval = json.path("intervalMillis");
        if (!interval.isMissingNode() && !interval.isNumber()) {
            throw new IllegalArgumentException("intervalMillis must be a number");
        }
        return new ViewerSubscription(
                machineView,
                machines,
                fields.isEmpty() && !machineView ? FLEET_FIELDS : fields,
                Math.clamp(interval.asLong(1_000), 250, 60_000));
    }

    private static Set<String> texts(JsonNode json, String name, int most) {
        JsonNode node = json.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Set.of();
        }
        if (!node.isArray() || node.size() > most) {
            throw new IllegalArgumentException(name + " must be a list of at most " + most);
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : node) {
            if (!each.isTextual() || each.asText().length() > TEXT) {
                throw new IllegalArgumentException(name + " must hold texts of at most " + TEXT + " characters");
            }
            texts.add(each.asText());
        }
        return new TreeSet<>(texts);
    }

    boolean watches(String machine) {
        return machines.isEmpty() || machines.contains(machine);
    }

    /** Whether a key is shown. */
    boolean shows(String key) {
        return fields.isEmpty()
                || ALWAYS.contains(key)
                || fields.contains(key)
                || fields.stream().anyMatch(field -> field.indexOf('*') >= 0 && matches(field, key));
    }

    /** Whether text fits a pattern whose stars stand for any text: goes back to the last star only, so at worst n x m. */
    static boolean matches(String glob, String text) {
        int g = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                mark = t;
            } else if (g < glob.length() && glob.charAt(g) == text.charAt(t)) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }
}

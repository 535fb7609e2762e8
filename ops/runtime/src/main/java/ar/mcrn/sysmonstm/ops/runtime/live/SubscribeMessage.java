package ar.mcrn.sysmonstm.ops.runtime.live;

import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.ops.runtime.live.SubscribeMessage.View;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a browser wants to see: {@code {"type":"subscribe","view":"fleet","machines":[],"fields":[],"intervalMillis":1000}}, of
 * which the type alone must be there.
 *
 * @param view fleet or machine
 * @param machines names watched, at most 1,000, of the view machine 1 to 20; empty = all
 * @param fields keys and globs of them, at most 100 and without order; empty = all, which of the view machine is the default
 * @param intervalMillis least time between two frames with values of one machine, 250 to 60,000
 */
public record SubscribeMessage(View view, SortedSet<String> machines, SortedSet<String> fields, long intervalMillis) {
    /** Series of the fleet view where none are named. */
    public static final List<String> FLEET_FIELDS = List.of(
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

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MACHINES = 1_000;
    private static final int MACHINES_OF_VIEW_MACHINE = 20;
    private static final int FIELDS = 100;
    private static final int TEXT = 512;
    private static final long DEFAULT_INTERVAL = 1_000;
    private static final long LEAST_INTERVAL = 250;
    private static final long GREATEST_INTERVAL = 60_000;

    /** Two kinds of view. */
    public enum View {
        /** Few series of many machines, with sparklines. */
        FLEET,
        /** Many series of few machines, with their devices. */
        MACHINE
    }

    /**
     * Reads a message. Fields come sorted, so that equal wishes are equal.
     *
     * @throws IllegalArgumentException saying what is wrong, for whoever sent it
     */
    public static SubscribeMessage parse(String message) {
        JsonNode json;
        try {
            json = JSON.readTree(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        String type = json.path("type").asText("");
        if (!type.equals("subscribe")) {
            throw new IllegalArgumentException("type must be subscribe: " + shortened(type));
        }
        View view = view(json.path("view"));
        SortedSet<String> machines = texts(json, "machines", view == View.FLEET ? MACHINES : MACHINES_OF_VIEW_MACHINE);
        if (view == View.MACHINE && machines.isEmpty()) {
            throw new IllegalArgumentException("view machine needs machines");
        }
        SortedSet<String> fields = texts(json, "fields", FIELDS);
        return new SubscribeMessage(
                view,
                machines,
                fields.isEmpty() && view == View.FLEET ? new TreeSet<>(FLEET_FIELDS) : fields,
                interval(json.path("intervalMillis")));
    }

    private static View view(JsonNode node) {
        String view = node.asText("fleet");
        return switch (view) {
            case "fleet" -> View.FLEET;
            case "machine" -> View.MACHINE;
            default -> throw new IllegalArgumentException("view must be fleet or machine: " + shortened(view));
        };
    }

    private static long interval(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return DEFAULT_INTERVAL;
        }
        if (!node.isNumber()) {
            throw new IllegalArgumentException("intervalMillis must be a number: " + shortened(node.asText()));
        }
        return Math.clamp(node.asLong(), LEAST_INTERVAL, GREATEST_INTERVAL);
    }

    private static SortedSet<String> texts(JsonNode json, String name, int most) {
        SortedSet<String> texts = new TreeSet<>();
        JsonNode node = json.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return texts;
        }
        if (!node.isArray() || node.size() > most) {
            throw new IllegalArgumentException(name + " must be a list of at most " + most);
        }
        for (JsonNode each : node) {
            if (!each.isTextual() || each.asText().length() > TEXT) {
                throw new IllegalArgumentException(name + " must hold texts of at most " + TEXT + " characters");
            }
            texts.add(each.asText());
        }
        return texts;
    }

    private static String shortened(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "..." : text;
    }

    /** Whether a machine of this name is watched. */
    public boolean watches(String machine) {
        return machines.isEmpty() || machines.contains(machine);
    }

    /** Whether a field is this key, or a glob over the whole of it. */
    public boolean shows(String key) {
        return fields.isEmpty()
                || fields.contains(key)
                || fields.stream().anyMatch(field -> new Glob(field).matches(key));
    }
}

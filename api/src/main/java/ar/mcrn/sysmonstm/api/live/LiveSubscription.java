package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.core.KeySelector;
import ar.mcrn.sysmonstm.api.core.Visibility;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one client watches. Equal subscriptions share a group, and so their frames.
 *
 * @param view fleet or machine
 * @param machines ids watched; empty = all
 * @param fields series watched
 * @param intervalMillis least time between two updates of one machine, 250 to 60,000
 * @param visibility what the client may see
 */
public record LiveSubscription(
        View view, SortedSet<String> machines, KeySelector fields, long intervalMillis, Visibility visibility) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MACHINES = 1_000;
    private static final int MACHINES_OF_VIEW_MACHINE = 20;
    private static final int FIELDS = 100;
    private static final int TEXT = 512;
    private static final long LEAST_INTERVAL = 250;
    private static final long GREATEST_INTERVAL = 60_000;
    private static final long DEFAULT_INTERVAL = 1_000;

    /** Series of the fleet view where none are named. */
    public static final KeySelector FLEET_FIELDS = KeySelector.of(List.of(
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
            "system.uptime"));

    /** Two kinds of view. */
    public enum View {
        /** Few series of many machines, with sparklines. */
        FLEET,
        /** Many series of few machines, with their devices. */
        MACHINE
    }

    /** The fleet view of all machines and its usual series. */
    public static LiveSubscription fleet(Visibility visibility) {
        return new LiveSubscription(View.FLEET, new TreeSet<>(), FLEET_FIELDS, DEFAULT_INTERVAL, visibility);
    }

    /**
     * Reads {@code {"type":"subscribe",...}}.
     *
     * @throws IllegalArgumentException saying what is wrong, for the client
     */
    static LiveSubscription parse(String message, Visibility visibility) {
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
        View view = switch (json.path("view").asText("fleet")) {
            case "fleet" -> View.FLEET;
            case "machine" -> View.MACHINE;
            default ->
                throw new IllegalArgumentException("view must be fleet or machine: "
                        + shortened(json.path("view").asText()));
        };
        SortedSet<String> machines =
                new TreeSet<>(texts(json, "machines", view == View.FLEET ? MACHINES : MACHINES_OF_VIEW_MACHINE));
        if (view == View.MACHINE && machines.isEmpty()) {
            throw new IllegalArgumentException("view machine needs machines");
        }
        List<String> fields = texts(json, "fields", FIELDS);
        KeySelector selector;
        if (fields.isEmpty()) {
            selector = view == View.FLEET ? FLEET_FIELDS : KeySelector.all();
        } else {
            selector = KeySelector.of(fields);
        }
        return new LiveSubscription(view, machines, selector, interval(json.path("intervalMillis")), visibility);
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

    private static List<String> texts(JsonNode json, String name, int most) {
        JsonNode node = json.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
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
        return texts;
    }

    private static String shortened(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "..." : text;
    }

    /** Whether processes are told: to who watches all there is of a few machines, inside. */
    boolean showsProcesses() {
        return view == View.MACHINE && visibility.isInside() && fields.equals(KeySelector.all());
    }

    boolean watches(String shownName) {
        return machines.isEmpty() || machines.contains(shownName);
    }
}

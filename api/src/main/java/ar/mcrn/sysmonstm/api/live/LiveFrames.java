package ar.mcrn.sysmonstm.api.live;

import ar.mcrn.sysmonstm.api.api.AlertView;
import ar.mcrn.sysmonstm.api.api.MachineView;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.api.hot.LiveFleet;
import ar.mcrn.sysmonstm.api.hot.LiveMachine;
import ar.mcrn.sysmonstm.api.hot.MachineViews;
import ar.mcrn.sysmonstm.api.hot.Sparkline;
import ar.mcrn.sysmonstm.ops.runtime.live.SubscribeMessage.View;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;

/**
 * Frames as JSON. A body is what follows the sequence, which alone differs between the clients of a group:
 *
 * <pre>
 * {"type":"delta","sequence":7,   per client
 * "machines":{...}}               the body, encoded once
 * </pre>
 *
 * Belongs to the feed's thread.
 */
final class LiveFrames {
    /** Sparkline points of one snapshot over all machines, about: 300 each up to 100 machines, 30 each at 1,000. */
    private static final int POINTS = 30_000;

    private static final int POINTS_PER_MACHINE = 300;

    private final ObjectMapper json = new ObjectMapper();
    private final JsonBuffer buffer = new JsonBuffer();

    byte[] delta(LiveGroup group, MissedChanges changes) {
        buffer.clear().raw("\"machines\":{");
        changes.machines.forEach((id, change) -> {
            LiveGroup.Watched watched = group.watched(id);
            if (watched == null) {
                return;
            }
            buffer.comma().string(watched.name).raw(":{\"time\":").number(watched.time);
            if (change.state) {
                state(watched);
            }
            for (byte[] name : change.vanished) {
                buffer.raw(",").raw(name).raw("null");
            }
            for (int i = change.series.nextSetBit(0); i >= 0; i = change.series.nextSetBit(i + 1)) {
                buffer.raw(",").raw(watched.table.jsonName(watched.picked[i])).number(watched.told[i]);
            }
            if (change.processes) {
                processes(watched);
            }
            buffer.raw("}");
        });
        buffer.raw("},\"removed\":[");
        Visibility visibility = group.subscription.visibility();
        changes.removed.forEach(
                id -> visibility.name(id).ifPresent(name -> buffer.comma().string(name)));
        return buffer.raw("]}").copy();
    }

    byte[] inventory(LiveGroup group, LiveFleet fleet, Collection<String> ids) {
        buffer.clear().raw("\"machines\":{");
        ids.forEach(id -> inventory(group, fleet, id));
        return buffer.raw("}}").copy();
    }

    byte[] snapshot(LiveGroup group, LiveFleet fleet, Collection<AlertView> alerts, LiveStatus status, long nowMillis) {
        boolean overview = group.subscription.view() == View.FLEET;
        buffer.clear().raw("\"time\":").number(nowMillis);
        buffer.raw(",\"view\":").string(overview ? "fleet" : "machine").raw(",\"machines\":{");
        for (LiveGroup.Watched watched : group.watched().values()) {
            buffer.comma().string(watched.name).raw(":{\"time\":").number(watched.time);
            state(watched);
            for (int i = 0; i < watched.picked.length; i++) {
                if (!Double.isNaN(watched.told[i])) {
                    buffer.raw(",")
                            .raw(watched.table.jsonName(watched.picked[i]))
                            .number(watched.told[i]);
                }
            }
            if (watched.processes.time() > 0) {
                processes(watched);
            }
            buffer.raw("}");
        }
        buffer.raw("},\"inventories\":{");
        group.watched().keySet().forEach(id -> inventory(group, fleet, id));
        buffer.raw("}");
        if (overview) {
            sparklines(group, fleet, nowMillis);
        }
        buffer.raw(",\"alerts\":[");
        if (group.subscription.visibility().isInside()) {
            alerts.forEach(alert -> buffer.comma().raw(json(alert)));
        }
        buffer.raw("],\"status\":{");
        status(group.subscription.visibility(), status);
        return buffer.raw("}}").copy();
    }

    byte[] alert(AlertView alert) {
        return buffer.clear().raw("\"alert\":").raw(json(alert)).raw("}").copy();
    }

    byte[] status(LiveGroup group, LiveStatus status) {
        buffer.clear();
        status(group == null ? Visibility.EVERYTHING : group.subscription.visibility(), status);
        return buffer.raw("}").copy();
    }

    byte[] error(String detail) {
        return buffer.clear().raw("\"detail\":").string(detail).raw("}").copy();
    }

    /** Head and body put together. */
    static byte[] frame(String type, long sequence, byte[] body) {
        byte[] head = ("{\"type\":\"" + type + "\",\"sequence\":" + sequence + ",").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[head.length + body.length];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(body, 0, frame, head.length, body.length);
        return frame;
    }

    private void state(LiveGroup.Watched watched) {
        buffer.raw(",\"state\":\"")
                .raw(watched.state.json())
                .raw("\",\"lastSeen\":")
                .number(watched.lastSeen);
    }

    private void processes(LiveGroup.Watched watched) {
        buffer.raw(",\"processesTime\":").number(watched.processes.time());
        buffer.raw(",\"processes\":[");
        watched.processes.rows().forEach(row -> buffer.comma().raw(json(row)));
        buffer.raw("]");
    }

    private void status(Visibility visibility, LiveStatus status) {
        buffer.raw("\"degraded\":[");
        if (visibility.isInside()) {
            status.degraded().forEach(name -> buffer.comma().string(name));
        }
        buffer.raw("],\"staleSince\":");
        if (status.staleSince() == 0) {
            buffer.raw("null");
        } else {
            buffer.number(status.staleSince());
        }
        buffer.raw(",\"public\":").raw(visibility.isInside() ? "false" : "true");
    }

    private void inventory(LiveGroup group, LiveFleet fleet, String id) {
        Optional<LiveMachine> machine = fleet.machine(id);
        LiveGroup.Watched watched = group.watched(id);
        if (machine.isEmpty() || watched == null) {
            return;
        }
        MachineView view = group.subscription.view() == View.FLEET
                ? MachineViews.summary(machine.get())
                : MachineViews.detail(machine.get());
        buffer.comma().string(watched.name).raw(":");
        buffer.raw(json(group.subscription.visibility().inventory(view)));
    }

    private void sparklines(LiveGroup group, LiveFleet fleet, long nowMillis) {
        Visibility visibility = group.subscription.visibility();
        int machines = Math.max(group.watched().size(), 1);
        int points = Math.clamp(POINTS / machines, 10, POINTS_PER_MACHINE);
        int every = (POINTS_PER_MACHINE + points - 1) / points;
        buffer.raw(",\"sparklines\":{");
        group.watched()
                .forEach((id, watched) -> fleet.sparkline(id).ifPresent(sparkline -> {
                    Sparkline.Points line = sparkline.points(every, nowMillis);
                    buffer.comma().string(watched.name).raw(":{\"times\":[");
                    for (long time : line.times()) {
                        buffer.comma().number(time);
                    }
                    buffer.raw("]");
                    for (int c = 0; c < line.values().length; c++) {
                        if (!visibility.shows(Sparkline.KEYS.get(c))) {
                            continue;
                        }
                        buffer.raw(",").string(Sparkline.KEYS.get(c).toString()).raw(":[");
                        for (double value : line.values()[c]) {
                            buffer.comma().number(fourDigits(visibility.value(Sparkline.KEYS.get(c), value)));
                        }
                        buffer.raw("]");
                    }
                    buffer.raw("}");
                }));
        buffer.raw("}");
    }

    /** A sparkline shows no more: ratios to a basis point, rates to a whole number. */
    private static double fourDigits(double value) {
        return Math.abs(value) >= 10 ? Math.rint(value) : Math.rint(value * 1e4) / 1e4;
    }

    private byte[] json(Object value) {
        try {
            return json.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("BUG: a view is no JSON", e);
        }
    }
}

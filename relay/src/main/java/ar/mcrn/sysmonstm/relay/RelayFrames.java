package ar.mcrn.sysmonstm.relay;

import java.util.Set;

/**
 * Bodies of the frames that viewers get: what follows type and sequence, which alone differ between viewers of a group.
 * Belongs to the hub's thread.
 */
final class RelayFrames {
    /** Sparkline points of one snapshot over all machines, about. */
    private static final int POINTS = 30_000;

    private static final int POINTS_PER_MACHINE = 300;

    private final FrameText frame = new FrameText();
    private final Mirror mirror;

    RelayFrames(Mirror mirror) {
        this.mirror = mirror;
    }

    byte[] delta(Changes changes) {
        frame.clear().raw("\"machines\":{");
        changes.machines.forEach((id, keys) -> {
            Mirror.Machine machine = mirror.machine(id);
            if (machine == null) {
                return;
            }
            frame.comma().string(id).raw(":{\"time\":").raw(machine.values.getOrDefault("time", "0"));
            for (String key : keys) {
                if (!key.equals("time")) {
                    frame.raw(",").string(key).raw(":").raw(machine.values.getOrDefault(key, "null"));
                }
            }
            frame.raw("}");
        });
        frame.raw("},\"removed\":[");
        changes.removed.forEach(id -> frame.comma().string(id));
        return frame.raw("]}").utf8();
    }

    byte[] inventory(Set<String> ids) {
        frame.clear().raw("\"machines\":{");
        ids.forEach(this::inventoryOf);
        return frame.raw("}}").utf8();
    }

    byte[] alert(String alert) {
        return frame.clear().raw("\"alert\":").raw(alert).raw("}").utf8();
    }

    byte[] error(String detail) {
        return frame.clear().raw("\"detail\":").string(detail).raw("}").utf8();
    }

    byte[] status(long staleSince) {
        frame.clear();
        statusFields(staleSince);
        return frame.raw("}").utf8();
    }

    byte[] snapshot(ViewerGroup group, long staleSince, long nowMillis) {
        ViewerSubscription subscription = group.subscription;
        frame.clear().raw("\"time\":").raw(Long.toString(nowMillis));
        frame.raw(",\"view\":")
                .string(subscription.machineView() ? "machine" : "fleet")
                .raw(",\"machines\":{");
        mirror.machines().forEach((id, machine) -> {
            if (subscription.watches(id)) {
                frame.comma().string(id).raw(":{");
                machine.values.forEach((key, value) -> {
                    if (group.shows(key)) {
                        frame.comma().string(key).raw(":").raw(value);
                    }
                });
                frame.raw("}");
            }
        });
        frame.raw("},\"inventories\":{");
        mirror.machines().keySet().stream().filter(subscription::watches).forEach(this::inventoryOf);
        frame.raw("},\"sparklines\":{");
        sparklines(subscription, nowMillis);
        frame.raw("},\"alerts\":[");
        mirror.alerts().forEach(alert -> frame.comma().raw(alert));
        frame.raw("],\"status\":{");
        statusFields(staleSince);
        return frame.raw("}}").utf8();
    }

    private void sparklines(ViewerSubscription subscription, long nowMillis) {
        int machines =
                Math.max(1, subscription.machineView() ? 1 : mirror.machines().size());
        int points = Math.clamp(POINTS / machines, 10, POINTS_PER_MACHINE);
        int every = (POINTS_PER_MACHINE + points - 1) / points;
        mirror.machines().forEach((id, machine) -> {
            if (machine.sparkline != null && subscription.watches(id)) {
                frame.comma().string(id).raw(":");
                machine.sparkline.write(frame, nowMillis, every);
            }
        });
    }

    private void inventoryOf(String id) {
        Mirror.Machine machine = mirror.machine(id);
        if (machine != null && !machine.inventory.isEmpty()) {
            frame.comma().string(id).raw(":").raw(machine.inventory);
        }
    }

    private void statusFields(long staleSince) {
        frame.raw("\"degraded\":[");
        mirror.degraded().forEach(name -> frame.comma().string(name));
        frame.raw("],\"staleSince\":").raw(staleSince == 0 ? "null" : Long.toString(staleSince));
        frame.raw(",\"public\":true");
    }
}

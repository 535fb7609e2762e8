package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.TierPlan;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.contract.Glob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * One machine, or one device of it, that a question is about.
 *
 * @param machine in the database
 * @param device in the database; 0 for the machine as a whole
 * @param name under which the machine is shown
 * @param deviceName empty for the machine as a whole
 */
record FleetTarget(int machine, int device, String name, String deviceName) {
    private static final int MOST = 10_000;

    /**
     * Those that are seen, match and are not being removed; where they are too many, of devices those that have rows.
     *
     * @param stretch that the question is about
     * @throws IllegalArgumentException where they are more than 10,000
     */
    static List<FleetTarget> read(
            Handle handle, FleetMetric metric, Glob machines, Visibility visibility, TierPlan stretch) {
        Map<Integer, String> names = new HashMap<>();
        boolean removable = handle.createQuery("select to_regclass('machine_removal') is not null")
                .mapTo(Boolean.class)
                .one();
        try (Query query = handle.createQuery("select machine_id, name from machine where name is not null"
                + (removable ? " and machine_id not in (select machine_id from machine_removal)" : ""))) {
            query.map((row, context) -> Map.entry(row.getInt(1), row.getString(2)))
                    .forEach(machine -> shown(machine.getValue(), machines, visibility)
                            .ifPresent(name -> names.put(machine.getKey(), name)));
        }
        List<FleetTarget> targets = new ArrayList<>();
        if (metric.ofDevices()) {
            try (Query query =
                    handle.createQuery("select machine_id, device_id, name from device where kind = :kind")) {
                query.bind("kind", metric.deviceKind())
                        .map((row, context) -> new FleetTarget(row.getInt(1), row.getInt(2), "", row.getString(3)))
                        .forEach(device -> {
                            String name = names.get(device.machine);
                            if (name != null && metric.selector().picks(metric.key(device.deviceName))) {
                                targets.add(new FleetTarget(device.machine, device.device, name, device.deviceName));
                            }
                        });
            }
        } else {
            names.forEach((id, name) -> targets.add(new FleetTarget(id, 0, name, "")));
        }
        targets.removeIf(target -> !visibility.shows(metric.key(target.deviceName)));
        if (targets.size() > MOST && metric.ofDevices()) {
            Set<Integer> present = PresentDevices.read(
                    handle,
                    metric.source(),
                    targets.stream().map(FleetTarget::machine).collect(Collectors.toSet()),
                    stretch);
            targets.removeIf(target -> !present.contains(target.device));
        }
        if (targets.size() > MOST) {
            throw new IllegalArgumentException(
                    "machines=" + machines + " picks " + targets.size() + " machines or devices, allowed: " + MOST);
        }
        targets.sort((a, b) -> a.name.equals(b.name) ? a.deviceName.compareTo(b.deviceName) : a.name.compareTo(b.name));
        return targets;
    }

    private static Optional<String> shown(String machine, Glob machines, Visibility visibility) {
        return visibility.name(machine).filter(machines::matches);
    }
}

package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.TierPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Devices that have rows in a stretch. The database keeps the names of those that are gone, of which a machine with containers
 * gathers thousands; they count toward no limit.
 */
final class PresentDevices {
    private PresentDevices() {}

    /**
     * Their ids in the database.
     *
     * @param source where their rows lie
     * @param machines whose devices, by id
     * @param plan of the stretch
     */
    static Set<Integer> read(Handle handle, SeriesRequest.Source source, Collection<Integer> machines, TierPlan plan) {
        if (plan.parts().isEmpty() || machines.isEmpty()) {
            return Set.of();
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < plan.parts().size(); i++) {
            parts.add("select distinct device_id from "
                    + source.table(plan.parts().get(i).tier()) + " where machine_id = machine.id and time >= :from" + i
                    + " and time < :to" + i);
        }
        try (Query query = handle.createQuery(
                "select distinct present.device_id from unnest(:machines) as machine (id) cross join lateral ("
                        + String.join(" union ", parts) + ") as present")) {
            query.bindArray("machines", Integer.class, machines.toArray());
            for (int i = 0; i < plan.parts().size(); i++) {
                query.bind("from" + i, Instant.ofEpochMilli(plan.parts().get(i).from()));
                query.bind("to" + i, Instant.ofEpochMilli(plan.parts().get(i).to()));
            }
            return new HashSet<>(query.mapTo(Integer.class).list());
        }
    }
}

package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierPlan;
import ar.mcrn.sysmonstm.contract.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * One column of many machines or devices, put together from the tiers of a plan, in steps or as one. Goes target by target
 * ({@code join lateral}), since every key begins with the machine and there is no index on time alone. Identifiers come from
 * the catalogue alone, values are bound.
 */
final class FleetQuery {
    private final FleetMetric metric;
    private final TierPlan plan;
    private final long stepMillis;

    /** @param stepMillis length of the steps, aligned to the epoch; 0 = one sum for the whole plan */
    FleetQuery(FleetMetric metric, TierPlan plan, long stepMillis) {
        this.metric = metric;
        this.plan = plan;
        this.stepMillis = stepMillis;
    }

    /** Reads rows of targets that have any, in no order. */
    void read(Handle handle, List<FleetTarget> targets, Consumer<Row> each) {
        if (targets.isEmpty() || plan.parts().isEmpty()) {
            return;
        }
        try (Query query = handle.createQuery(sql())) {
            query.bindArray(
                            "machines",
                            Integer.class,
                            targets.stream().map(FleetTarget::machine).toArray())
                    .bindArray(
                            "devices",
                            Integer.class,
                            targets.stream().map(FleetTarget::device).toArray());
            if (stepMillis > 0) {
                query.bind("step", stepMillis);
            }
            for (int i = 0; i < plan.parts().size(); i++) {
                query.bind("from" + i, Instant.ofEpochMilli(plan.parts().get(i).from()));
                query.bind("to" + i, Instant.ofEpochMilli(plan.parts().get(i).to()));
            }
            query.setFetchSize(2_000);
            Deadline deadline = Deadline.of(handle);
            query.map((row, context) -> {
                        deadline.row();
                        return new Row(
                                row.getInt(1) - 1,
                                row.getLong(2),
                                row.getDouble(3),
                                row.getDouble(4),
                                row.getDouble(5),
                                row.getDouble(6),
                                Math.round(row.getDouble(7)));
                    })
                    .forEach(each);
        }
    }

    private String sql() {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < plan.parts().size(); i++) {
            parts.add(part(plan.parts().get(i).tier(), i));
        }
        return """
                select target.number, part.step, min(least), sum(sum), max(greatest), sum(weight), sum(covered)
                  from unnest(:machines, :devices) with ordinality as target (machine_id, device_id, number)
                 cross join lateral (%s) as part
                 where weight > 0
                 group by 1, 2
                """.formatted(String.join(" union all ", parts));
    }

    private String part(Tier tier, int number) {
        List<String> figures = Measures.of(metric.column(), tier);
        String name = metric.column().column();
        String covered;
        if (metric.column().kind() == Kind.DELTA) {
            covered = figures.get(3);
        } else if (tier == Tier.RAW) {
            covered = "sum(duration_millis) filter (where " + name + " is not null)::float8";
        } else {
            // Exact where every row of a bucket measured it; otherwise its share of the bucket.
            covered = "sum(covered_millis::float8 * " + name + "_n / n)";
        }
        String step = stepMillis > 0
                ? "(date_part('epoch', date_bin(:step * interval '1 millisecond', time, timestamptz 'epoch')) * 1000)::bigint"
                : "0::bigint";
        return """
                select %s as step, %s as least, %s as sum, %s as greatest, %s as weight, %s as covered
                  from %s
                 where machine_id = target.machine_id and time >= :from%d and time < :to%d%s%s
                """.formatted(
                        step,
                        figures.get(0),
                        figures.get(1),
                        figures.get(2),
                        figures.get(3),
                        covered,
                        metric.source().table(tier),
                        number,
                        number,
                        metric.ofDevices() ? " and device_id = target.device_id" : "",
                        stepMillis > 0 ? " group by 1" : "");
    }

    /**
     * Figures of one target and step; see {@link Measures}.
     *
     * @param target number in the list of targets
     * @param step start of the step, Unix milliseconds; 0 where there are none
     */
    record Row(int target, long step, double least, double sum, double greatest, double weight, long covered) {}
}

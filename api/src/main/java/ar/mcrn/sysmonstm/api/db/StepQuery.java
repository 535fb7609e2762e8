package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Rounding;
import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierPlan;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.Limits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Puts the rows of one kind into steps, from the tiers that the plan names. Identifiers come from the catalogue's enums
 * alone, values are bound. What rows of a step cover beyond it is filled backwards.
 */
final class StepQuery {
    private static final int FIGURES = Measures.MERGE.size();

    private final SeriesRequest.Source source;
    private final List<SeriesRequest> series;
    private final Steps steps;
    private final TierPlan plan;
    private final Map<SeriesRequest, Values> values = new LinkedHashMap<>();
    private final Map<String, Integer> first = new HashMap<>();
    private final List<SeriesRequest> columns = new ArrayList<>();

    /** @param plan for a series of a core raw alone */
    StepQuery(SeriesRequest.Source source, List<SeriesRequest> series, Steps steps, TierPlan plan) {
        this.source = source;
        this.series = series;
        this.steps = steps;
        this.plan = plan;
        for (SeriesRequest each : series) {
            values.put(each, new Values(steps));
            first.computeIfAbsent(name(each), _ -> {
                columns.add(each);
                return (columns.size() - 1) * FIGURES;
            });
        }
    }

    private static String name(SeriesRequest series) {
        return series.column().map(Column::column).orElse("core" + series.core());
    }

    private boolean ofDevices() {
        return source != SeriesRequest.Source.HOST;
    }

    /** Reads, and says which steps have rows. */
    BitSet read(Handle handle, int machine) {
        BitSet covered = new BitSet();
        try (Query query = handle.createQuery(sql())) {
            query.bind("step", steps.stepMillis)
                    .bind("origin", Instant.ofEpochMilli(steps.firstMillis))
                    .bind("machine", machine);
            for (int i = 0; i < plan.parts().size(); i++) {
                query.bind("from" + i, Instant.ofEpochMilli(plan.parts().get(i).from()));
                query.bind("to" + i, Instant.ofEpochMilli(plan.parts().get(i).to()));
            }
            if (ofDevices()) {
                query.bindArray(
                        "devices",
                        Integer.class,
                        series.stream().map(SeriesRequest::device).distinct().toArray());
            }
            query.setFetchSize(500);
            query.map((rows, context) -> row(rows, covered)).forEach(_ -> {});
        }
        return covered;
    }

    private String sql() {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < plan.parts().size(); i++) {
            parts.add(select(plan.parts().get(i).tier(), i));
        }
        if (parts.size() == 1) {
            return parts.getFirst() + " order by 2";
        }
        StringBuilder sql = new StringBuilder("select device, step, sum(covered)");
        for (int i = 0; i < columns.size() * FIGURES; i++) {
            sql.append(", ")
                    .append(Measures.MERGE.get(i % FIGURES))
                    .append("(c")
                    .append(i)
                    .append(')');
        }
        return sql.append(" from (")
                .append(String.join(" union all ", parts))
                .append(") as parts group by 1, 2 order by 2")
                .toString();
    }

    private String select(Tier tier, int part) {
        StringBuilder sql = new StringBuilder("select ")
                .append(ofDevices() ? "device_id" : "0")
                .append(" as device, (extract(epoch from date_bin(:step * interval '1 millisecond', time, :origin))")
                .append(" * 1000)::bigint as step, sum(")
                .append(tier == Tier.RAW ? "duration_millis" : "covered_millis")
                .append(")::float8 as covered");
        int number = 0;
        for (SeriesRequest column : columns) {
            for (String figure : column.column()
                    .map(known -> Measures.of(known, tier))
                    .orElseGet(() -> Measures.ofCore(column.core()))) {
                sql.append(", ").append(figure).append(" as c").append(number++);
            }
        }
        return sql.append(" from ")
                .append(source.table(tier))
                .append(" where machine_id = :machine and time >= :from")
                .append(part)
                .append(" and time < :to")
                .append(part)
                .append(ofDevices() ? " and device_id = any(:devices)" : "")
                .append(" group by 1, 2")
                .toString();
    }

    private boolean row(ResultSet rows, BitSet covered) throws SQLException {
        int device = rows.getInt(1);
        int step = steps.number(rows.getLong(2));
        if (step < 0 || step >= steps.count) {
            return false;
        }
        int from = steps.firstCovered(step, rows.getLong(3));
        covered.set(from, step + 1);
        for (Map.Entry<SeriesRequest, Values> each : values.entrySet()) {
            if (each.getKey().device() == device) {
                int at = 4 + first.get(name(each.getKey()));
                cell(rows, at, each.getKey(), each.getValue(), from, step);
            }
        }
        return true;
    }

    private static void cell(ResultSet rows, int at, SeriesRequest series, Values values, int from, int step)
            throws SQLException {
        double least = rows.getDouble(at);
        if (rows.wasNull()) {
            return;
        }
        double sum = rows.getDouble(at + 1);
        double greatest = rows.getDouble(at + 2);
        double weight = rows.getDouble(at + 3);
        if (series.column().isEmpty()) {
            values.set(
                    from,
                    step,
                    Rounding.shown(least / Limits.CORE_LOAD),
                    Rounding.shown(sum / weight / Limits.CORE_LOAD),
                    Rounding.shown(greatest / Limits.CORE_LOAD));
            return;
        }
        Column column = series.column().get();
        values.set(
                from,
                step,
                Measures.extreme(column, least),
                Measures.mean(column, sum, weight),
                Measures.extreme(column, greatest));
    }

    Map<SeriesRequest, Values> values() {
        return values;
    }

    /** Three columns of one series. */
    static final class Values {
        final double[] least;
        final double[] mean;
        final double[] greatest;

        private Values(Steps steps) {
            least = steps.empty();
            mean = steps.empty();
            greatest = steps.empty();
        }

        private void set(int from, int step, double low, double middle, double high) {
            for (int i = from; i <= step; i++) {
                if (i == step || Double.isNaN(mean[i])) {
                    least[i] = low;
                    mean[i] = middle;
                    greatest[i] = high;
                }
            }
        }
    }
}

package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Rounding;
import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierPlan;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.HostColumn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Percentiles of the few columns that have them in rows by minute, in steps. Percentiles do not merge: steps of a minute take
 * those of their minute where it is rolled up, all others are made from raw rows, and those whose raw rows are gone have none.
 * Of a counter they are of the rate.
 */
final class Percentiles {
    /** Those that a row by minute has them of. */
    static final List<Column> COLUMNS = List.of(
            HostColumn.CPU_TOTAL,
            HostColumn.MEMORY_UTILIZATION,
            HostColumn.LOAD_1M,
            HostColumn.DISK_BUSIEST,
            HostColumn.NETWORK_RECEIVE_BYTES,
            HostColumn.NETWORK_TRANSMIT_BYTES);

    private static final List<String> NAMES = List.of("_p50", "_p95", "_p99");
    private static final String SHARES = "array[0.5, 0.95, 0.99]";
    private static final double[][] NONE = new double[NAMES.size()][];

    private final Map<SeriesRequest, double[][]> values = new LinkedHashMap<>();
    private final Steps steps;

    private Percentiles(List<SeriesRequest> wanted, Steps steps) {
        this.steps = steps;
        for (SeriesRequest series : wanted) {
            if (series.source() == SeriesRequest.Source.HOST
                    && series.column().filter(COLUMNS::contains).isPresent()) {
                values.put(series, new double[][] {steps.empty(), steps.empty(), steps.empty()});
            }
        }
    }

    /**
     * Reads those of the series that have any.
     *
     * @param plan that the steps are read by
     * @param rawFrom raw rows older than this are gone, Unix milliseconds
     */
    static Percentiles read(
            Handle handle, int machine, List<SeriesRequest> wanted, Steps steps, TierPlan plan, long rawFrom) {
        Percentiles percentiles = new Percentiles(wanted, steps);
        List<TierPlan.Part> parts = parts(steps, plan, rawFrom);
        if (!percentiles.values.isEmpty() && !parts.isEmpty()) {
            percentiles.read(handle, machine, parts);
        }
        return percentiles;
    }

    private static List<TierPlan.Part> parts(Steps steps, TierPlan plan, long rawFrom) {
        List<TierPlan.Part> parts = new ArrayList<>();
        long at = plan.from();
        if (steps.stepMillis == Tier.MINUTE.millis()) {
            for (TierPlan.Part part : plan.parts()) {
                if (part.tier() == Tier.MINUTE) {
                    parts.add(part);
                    at = part.to();
                }
            }
        }
        if (at < rawFrom) { // whole steps alone
            at = steps.firstMillis + Math.ceilDiv(rawFrom - steps.firstMillis, steps.stepMillis) * steps.stepMillis;
        }
        if (at < plan.to()) {
            parts.add(new TierPlan.Part(Tier.RAW, at, plan.to()));
        }
        return parts;
    }

    private void read(Handle handle, int machine, List<TierPlan.Part> parts) {
        List<String> selects = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            selects.add(select(parts.get(i).tier(), i));
        }
        Map<Integer, Long> covered = new HashMap<>();
        try (Query query = handle.createQuery(String.join(" union all ", selects))) {
            query.bind("machine", machine);
            for (int i = 0; i < parts.size(); i++) {
                query.bind("from" + i, Instant.ofEpochMilli(parts.get(i).from()));
                query.bind("to" + i, Instant.ofEpochMilli(parts.get(i).to()));
                if (parts.get(i).tier() == Tier.RAW) {
                    query.bind("step", steps.stepMillis).bind("origin", Instant.ofEpochMilli(steps.firstMillis));
                }
            }
            query.map((row, context) -> {
                        int step = steps.number(row.getLong(1));
                        covered.put(step, row.getLong(2));
                        put(row, step);
                        return step;
                    })
                    .forEach(_ -> {});
        }
        covered.forEach(this::fillBefore);
    }

    private String select(Tier tier, int part) {
        boolean raw = tier == Tier.RAW;
        StringBuilder sql = new StringBuilder("select (date_part('epoch', ")
                .append(raw ? "date_bin(:step * interval '1 millisecond', time, :origin)" : "time")
                .append(") * 1000)::bigint as at, ")
                .append(raw ? "sum(duration_millis)" : "covered_millis")
                .append("::bigint as covered");
        for (SeriesRequest series : values.keySet()) {
            Column column = series.column().orElseThrow();
            for (int i = 0; i < NAMES.size(); i++) {
                sql.append(", ");
                if (raw) {
                    // The same aggregate three times is computed once.
                    sql.append("(percentile_cont(" + SHARES + ") within group (order by ")
                            .append(Measures.raw(column))
                            .append("))[")
                            .append(i + 1)
                            .append(']');
                } else {
                    sql.append(column.column()).append(NAMES.get(i)).append("::float8");
                }
            }
        }
        return sql.append(" from ")
                .append(SeriesRequest.Source.HOST.table(tier))
                .append(" where machine_id = :machine and time >= :from")
                .append(part)
                .append(" and time < :to")
                .append(part)
                .append(raw ? " group by 1" : "")
                .toString();
    }

    private void put(ResultSet row, int step) throws SQLException {
        int place = 3;
        for (Map.Entry<SeriesRequest, double[][]> series : values.entrySet()) {
            for (double[] column : series.getValue()) {
                double value = row.getDouble(place++);
                if (!row.wasNull()) {
                    column[step] = Rounding.shown(
                            value * series.getKey().column().orElseThrow().scale());
                }
            }
        }
    }

    /** As {@link StepValues#finish} does it. */
    private void fillBefore(int step, long coveredMillis) {
        for (int before = steps.firstCovered(step, coveredMillis); before < step; before++) {
            for (double[][] columns : values.values()) {
                for (double[] column : columns) {
                    if (Double.isNaN(column[before])) {
                        column[before] = column[step];
                    }
                }
            }
        }
    }

    /** One column each, of steps; nulls where the series has none. */
    double[][] of(SeriesRequest series) {
        return values.getOrDefault(series, NONE);
    }
}

package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierPlan;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.Kind;
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
import org.postgresql.jdbc.PgResultSet;

/**
 * Puts the rows of one kind into steps, from the tiers that the plan names. Where a step has few rows they are read as they
 * are and put together here, which costs the database least; where it has many the database does it first. Identifiers come
 * from the catalogue's enums alone, values are bound. What rows of a step cover beyond it is filled backwards.
 */
final class StepQuery {
    private static final int FIGURES = Measures.MERGE.size();
    /** Up to so many rows a step are read as they are; a raw row is taken to be one of a second. */
    private static final int FEW_ROWS = 5;

    private static final long USUAL_INTERVAL_MILLIS = 1_000;
    /** Rows of an hour come in one piece; a row has some 100 bytes and at most 3 kB. */
    private static final int FETCH_ROWS = 4_000;

    private final SeriesRequest.Source source;
    private final List<SeriesRequest> series;
    private final Steps steps;
    private final TierPlan plan;
    /** Raw rows as they are and nothing else: one value a column in place of four figures. */
    private final boolean singly;

    private final Map<SeriesRequest, StepValues> values = new LinkedHashMap<>();
    private final Map<Integer, List<Cell>> cells = new HashMap<>();
    private final Map<Integer, long[]> coveredMillis = new HashMap<>();
    private final List<SeriesRequest> columns = new ArrayList<>();

    /** Where the figures of a series begin in a row. */
    private record Cell(int at, boolean delta, StepValues values) {}

    /** @param plan for a series of a core raw alone */
    StepQuery(SeriesRequest.Source source, List<SeriesRequest> series, Steps steps, TierPlan plan) {
        this.source = source;
        this.series = series;
        this.steps = steps;
        this.plan = plan;
        this.singly = plan.parts().size() == 1
                && plan.tier() == Tier.RAW
                && steps.stepMillis <= FEW_ROWS * USUAL_INTERVAL_MILLIS;
        Map<String, Integer> places = new HashMap<>();
        for (SeriesRequest each : series) {
            StepValues column = new StepValues(steps);
            values.put(each, column);
            int place = places.computeIfAbsent(name(each), _ -> {
                columns.add(each);
                return columns.size() - 1;
            });
            cells.computeIfAbsent(each.device(), _ -> new ArrayList<>())
                    .add(new Cell(4 + place * (singly ? 1 : FIGURES), isDelta(each), column));
        }
    }

    private static String name(SeriesRequest series) {
        return series.column().map(Column::column).orElse("core" + series.core());
    }

    private static boolean isDelta(SeriesRequest series) {
        return series.column().filter(column -> column.kind() == Kind.DELTA).isPresent();
    }

    private boolean ofDevices() {
        return source != SeriesRequest.Source.HOST;
    }

    /** Reads, and says which steps have rows. */
    BitSet read(Handle handle, int machine) {
        try (Query query = handle.createQuery(sql())) {
            query.bind("machine", machine);
            for (int i = 0; i < plan.parts().size(); i++) {
                query.bind("from" + i, Instant.ofEpochMilli(plan.parts().get(i).from()));
                query.bind("to" + i, Instant.ofEpochMilli(plan.parts().get(i).to()));
                if (!asTheyAre(plan.parts().get(i).tier())) {
                    query.bind("step", steps.stepMillis).bind("origin", Instant.ofEpochMilli(steps.firstMillis));
                }
            }
            if (ofDevices()) {
                query.bindArray(
                        "devices",
                        Integer.class,
                        series.stream().map(SeriesRequest::device).distinct().toArray());
            }
            query.setFetchSize(FETCH_ROWS);
            Deadline deadline = Deadline.of(handle);
            query.map((rows, context) -> {
                        deadline.row();
                        return row(driversOwn(rows));
                    })
                    .forEach(_ -> {});
        }
        values.forEach((each, column) ->
                column.finish(each, steps, coveredMillis.getOrDefault(each.device(), new long[steps.count])));
        return covered();
    }

    private boolean asTheyAre(Tier tier) {
        return tier == Tier.RAW ? singly : steps.stepMillis <= FEW_ROWS * tier.millis();
    }

    private String sql() {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < plan.parts().size(); i++) {
            parts.add(select(plan.parts().get(i).tier(), i));
        }
        return String.join(" union all ", parts);
    }

    private String select(Tier tier, int part) {
        boolean asTheyAre = asTheyAre(tier);
        String covered = tier == Tier.RAW ? "duration_millis" : "covered_millis";
        StringBuilder sql = new StringBuilder("select ")
                .append(ofDevices() ? "device_id" : "0")
                .append(" as device, (date_part('epoch', ")
                .append(asTheyAre ? "time" : "date_bin(:step * interval '1 millisecond', time, :origin)")
                .append(") * 1000)::bigint as at, ")
                .append(asTheyAre ? covered : "sum(" + covered + ")::float8")
                .append(" as covered");
        for (SeriesRequest column : columns) {
            figures(column, tier).forEach(figure -> sql.append(", ").append(figure));
        }
        return sql.append(" from ")
                .append(source.table(tier))
                .append(" where machine_id = :machine and time >= :from")
                .append(part)
                .append(" and time < :to")
                .append(part)
                .append(ofDevices() ? " and device_id = any(:devices)" : "")
                .append(asTheyAre ? "" : " group by 1, 2")
                .toString();
    }

    private List<String> figures(SeriesRequest series, Tier tier) {
        if (singly) {
            return List.of(series.column().map(Column::column).orElseGet(() -> Measures.core(series.core())));
        }
        if (asTheyAre(tier)) {
            return Measures.stored(series.column().orElseThrow());
        }
        return series.column().map(column -> Measures.of(column, tier)).orElseGet(() -> Measures.ofCore(series.core()));
    }

    /** What the pool's proxy passes every call on to, which is a tenth of the work of reading a row. */
    private static ResultSet driversOwn(ResultSet rows) throws SQLException {
        return rows.isWrapperFor(PgResultSet.class) ? rows.unwrap(PgResultSet.class) : rows;
    }

    private boolean row(ResultSet rows) throws SQLException {
        int device = rows.getInt(1);
        int step = steps.number(rows.getLong(2));
        if (step < 0 || step >= steps.count) {
            return false;
        }
        long covered = rows.getLong(3);
        coveredMillis.computeIfAbsent(device, _ -> new long[steps.count])[step] += covered;
        for (Cell cell : cells.getOrDefault(device, List.of())) {
            double first = rows.getDouble(cell.at);
            if (rows.wasNull() || (cell.delta && singly && covered == 0)) {
                continue; // a duration of 0 has no rate
            }
            if (singly) {
                double shown = cell.delta ? first * 1000 / covered : first;
                cell.values.add(step, shown, first, shown, cell.delta ? (double) covered : 1.0);
            } else {
                cell.values.add(
                        step,
                        first,
                        rows.getDouble(cell.at + 1),
                        rows.getDouble(cell.at + 2),
                        rows.getDouble(cell.at + 3));
            }
        }
        return true;
    }

    private BitSet covered() {
        BitSet covered = new BitSet();
        for (long[] millis : coveredMillis.values()) {
            for (int step = 0; step < millis.length; step++) {
                if (millis[step] > 0) {
                    covered.set(steps.firstCovered(step, millis[step]), step + 1);
                }
            }
        }
        return covered;
    }

    Map<SeriesRequest, StepValues> values() {
        return values;
    }
}

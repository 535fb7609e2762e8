package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Rounding;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.Kind;
import ar.mcrn.sysmonstm.contract.Limits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Puts the raw rows of one table into steps. Identifiers come from the catalogue's enums alone, values are bound. A counter's
 * mean is the sum of its deltas over the time they cover, its extremes are those of single rows' rates; what a row's
 * interval covers beyond its own step is filled backwards.
 */
final class StepQuery {
    private final SeriesRequest.Source source;
    private final List<SeriesRequest> series;
    private final Steps steps;
    private final Map<SeriesRequest, Values> values = new LinkedHashMap<>();
    private final Map<String, Integer> first = new HashMap<>();
    private final List<String> columns = new ArrayList<>();

    StepQuery(SeriesRequest.Source source, List<SeriesRequest> series, Steps steps) {
        this.source = source;
        this.series = series;
        this.steps = steps;
        for (SeriesRequest each : series) {
            values.put(each, new Values(steps));
            first.computeIfAbsent(name(each), _ -> {
                int at = columns.size();
                columns.addAll(expressions(each));
                return at;
            });
        }
    }

    private static String name(SeriesRequest series) {
        return series.column().map(Column::column).orElse("core" + series.core());
    }

    private static List<String> expressions(SeriesRequest series) {
        if (series.column().isEmpty()) {
            String load = "get_byte(core_load, " + series.core() + ")";
            String known = " filter (where length(core_load) > " + series.core() + ")";
            return List.of("min(" + load + ")" + known, "avg(" + load + ")" + known, "max(" + load + ")" + known);
        }
        String column = series.column().get().column();
        if (series.column().get().kind() != Kind.DELTA) {
            return List.of("min(" + column + ")", "avg(" + column + ")", "max(" + column + ")");
        }
        String rate = column + "::float8 / duration_millis";
        return List.of(
                "min(" + rate + ")",
                "sum(" + column + ")",
                "max(" + rate + ")",
                "sum(duration_millis) filter (where " + column + " is not null)");
    }

    /** Reads, and says which steps have rows. */
    BitSet read(Handle handle, int machine) {
        boolean devices = source != SeriesRequest.Source.HOST;
        StringBuilder sql = new StringBuilder("select ")
                .append(devices ? "device_id" : "0")
                .append(", (extract(epoch from date_bin(:step * interval '1 millisecond', time, ")
                .append("timestamptz 'epoch' + :first * interval '1 millisecond')) * 1000)::bigint")
                .append(", max(duration_millis)");
        columns.forEach(column -> sql.append(", ").append(column));
        sql.append(" from ")
                .append(source.table())
                .append(" where machine_id = :machine")
                .append(" and time >= timestamptz 'epoch' + :first * interval '1 millisecond'")
                .append(" and time < timestamptz 'epoch' + :end * interval '1 millisecond'")
                .append(devices ? " and device_id = any(:devices)" : "")
                .append(" group by 1, 2 order by 2");
        BitSet covered = new BitSet();
        try (Query query = handle.createQuery(sql.toString())) {
            query.bind("step", steps.stepMillis)
                    .bind("first", steps.firstMillis)
                    .bind("end", steps.start(steps.count))
                    .bind("machine", machine);
            if (devices) {
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
        double middle = rows.getDouble(at + 1);
        double greatest = rows.getDouble(at + 2);
        if (series.column().isEmpty()) {
            values.set(from, step, least / Limits.CORE_LOAD, middle / Limits.CORE_LOAD, greatest / Limits.CORE_LOAD);
            return;
        }
        Column column = series.column().get();
        if (column.kind() == Kind.DELTA) {
            double perMilli = column.scale() * 1000;
            double mean = column.value(Math.round(middle), rows.getLong(at + 3));
            values.set(from, step, least * perMilli, mean, greatest * perMilli);
        } else {
            values.set(from, step, least * column.scale(), middle * column.scale(), greatest * column.scale());
        }
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
                    least[i] = Rounding.shown(low);
                    mean[i] = Rounding.shown(middle);
                    greatest[i] = Rounding.shown(high);
                }
            }
        }
    }
}

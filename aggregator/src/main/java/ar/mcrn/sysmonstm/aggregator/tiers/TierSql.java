package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.tiers.TierTable.Percentile;
import ar.mcrn.sysmonstm.contract.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The SQL of the tiers, made once from the catalogue, the same in both modes of the history. Machine by machine and bucket by
 * bucket, since the raw tables have no index on time alone: each bucket is one range of the key, aggregated without sorting
 * or hashing, and memory does not grow with the number of machines or buckets.
 *
 * <p>Parameters of every insert: from, until, from, until, first machine, last machine; of every delete: from, until, first
 * machine, last machine. From and until are whole buckets. A machine without a name is being removed: it gets no rows any more.
 *
 * <p>No value can make them fail: sums end at bigint's end, counts of a column at smallint's, and a duration of 0 has no rate.
 */
final class TierSql {
    private static final String SUM_LIMIT = String.valueOf(Long.MAX_VALUE);
    private static final String COUNT_LIMIT = String.valueOf(Short.MAX_VALUE);
    private static final String MINUTE = "interval '1 minute'";
    private static final String HOUR = "interval '1 hour'";
    private static final String SHARES = Arrays.stream(Percentile.values())
            .map(percentile -> String.valueOf(percentile.share()))
            .collect(Collectors.joining(", ", "array[", "]"));

    /** What each run of a machine sent in the hours of a range. */
    static final String COVERAGE = "insert into coverage"
            + " (machine_id, time, run_id, n, first_sequence, last_sequence, covered_millis)\n"
            + buckets(HOUR, """
                select s.run_id, count(*), min(s.sequence), max(s.sequence), sum(s.duration_millis)
                from host_sample as s
                """, "group by s.run_id");

    private TierSql() {}

    /** Minutes of a range from raw. */
    static String minutes(TierTable table) {
        List<String> values = new ArrayList<>(List.of("count(*)", "sum(s.duration_millis)"));
        for (Column column : table.columns()) {
            String stored = "s." + column.column();
            boolean delta = TierTable.delta(column);
            // The rate is made once per row, not once for each aggregate of it.
            String value = delta ? rate(column) : stored;
            values.add("least(count(" + stored + "), " + COUNT_LIMIT + ")");
            values.add(sum(stored, column.max() > Integer.MAX_VALUE));
            values.add("min(" + value + ")");
            values.add("max(" + value + ")");
            if (delta) {
                values.add("sum(s.duration_millis) filter (where " + stored + " is not null)");
            }
            if (table.percentiles().contains(column)) {
                // The same aggregate three times is computed once.
                int place = 1;
                for (Percentile _ : Percentile.values()) {
                    values.add(
                            "(percentile_cont(" + SHARES + ") within group (order by " + value + "))[" + place + "]");
                    place++;
                }
            }
        }
        String rates = table.columns().stream()
                .filter(TierTable::delta)
                .map(column -> ",\n    r." + column.column() + "::float8 * 1000 / nullif(r.duration_millis, 0) as "
                        + rate(column).substring(2))
                .collect(Collectors.joining());
        return insert(table, table.minute(), true)
                + buckets(
                        MINUTE,
                        select(table, values) + "from (\n    select r.*" + rates + "\n    from " + table.raw()
                                + " as r\n" + bounds("r", MINUTE) + "    offset 0) as s\n",
                        "",
                        grouping(table));
    }

    /** Hours of a range from its minutes. */
    static String hours(TierTable table) {
        List<String> values = new ArrayList<>(List.of("sum(s.n)", "sum(s.covered_millis)"));
        for (Column column : table.columns()) {
            String name = "s." + column.column();
            values.add("least(sum(" + name + "_n), " + COUNT_LIMIT + ")");
            values.add(sum(name + "_sum", true));
            values.add("min(" + name + "_min)");
            values.add("max(" + name + "_max)");
            if (TierTable.delta(column)) {
                values.add("sum(" + name + "_millis)");
            }
        }
        return insert(table, table.hour(), false)
                + buckets(HOUR, select(table, values) + "from " + table.minute() + " as s\n", grouping(table));
    }

    /** Takes the rows of a range away. */
    static String delete(String tier) {
        return "delete from " + tier + " where time >= ? and time < ? and machine_id between ? and ?";
    }

    /** A sum of bigint is numeric; one of less is bigint and cannot leave it. */
    private static String sum(String values, boolean bigint) {
        String sum = "sum(" + values + ")";
        // Not least(), which leaves nulls out.
        return bigint ? "case when " + sum + " > " + SUM_LIMIT + " then " + SUM_LIMIT + " else " + sum + " end" : sum;
    }

    private static String rate(Column column) {
        return "s." + column.column() + "_rate";
    }

    private static String insert(TierTable table, String tier, boolean minute) {
        return "insert into " + tier + " (machine_id, time, " + (table.device() ? "device_id, " : "")
                + String.join(", ", table.values(minute)) + ")\n";
    }

    private static String select(TierTable table, List<String> values) {
        return "select " + (table.device() ? "s.device_id,\n    " : "") + String.join(",\n    ", values) + "\n";
    }

    private static String grouping(TierTable table) {
        return table.device() ? "group by s.device_id" : "having count(*) > 0";
    }

    private static String bounds(String rows, String step) {
        return "    where " + rows + ".machine_id = m.machine_id and " + rows + ".time >= bucket.time and " + rows
                + ".time < bucket.time + " + step + "\n"
                // For the planner and the executor's start, which leave out partitions and chunks by these.
                + "      and " + rows + ".time >= ? and " + rows + ".time < ?\n";
    }

    private static String buckets(String step, String rows, String grouping) {
        return buckets(step, rows, bounds("s", step), grouping);
    }

    private static String buckets(String step, String rows, String bounds, String grouping) {
        return "select m.machine_id, bucket.time, rolled.*\nfrom machine as m\n"
                + "cross join generate_series(?::timestamptz, ?::timestamptz - " + step + ", " + step
                + ") as bucket (time)\n"
                + "cross join lateral (\n" + rows + bounds + grouping + ") as rolled\n"
                + "where m.machine_id between ? and ? and m.name is not null";
    }
}

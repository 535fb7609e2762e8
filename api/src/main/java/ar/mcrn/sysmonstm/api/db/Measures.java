package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.Rounding;
import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.contract.Column;
import ar.mcrn.sysmonstm.contract.Kind;
import java.util.List;

/**
 * One column of any tier as four figures that merge: least, sum, greatest, and weight, which is the number of rows that
 * measured it or, for a counter, the milliseconds they cover. A mean is sum by weight. Of a counter least and greatest are
 * rates. All are doubles, exact up to 2^53, so that it does not matter in which order they are put together.
 */
final class Measures {
    /** How each of the four merges. */
    static final List<String> MERGE = List.of("min", "sum", "max", "sum");

    private Measures() {}

    /** The four as aggregates over rows of a tier. */
    static List<String> of(Column column, Tier tier) {
        String name = column.column();
        boolean delta = column.kind() == Kind.DELTA;
        if (tier != Tier.RAW) {
            return List.of(
                    "min(" + name + "_min)::float8",
                    "sum(" + name + "_sum)::float8",
                    "max(" + name + "_max)::float8",
                    "sum(" + name + weight(column) + ")::float8");
        }
        String value = raw(column);
        return List.of(
                "min(" + value + ")::float8",
                "sum(" + name + ")::float8",
                "max(" + value + ")::float8",
                delta
                        ? "sum(duration_millis) filter (where " + name + " is not null)::float8"
                        : "count(" + name + ")::float8");
    }

    /** A value of a raw row; of a counter the rate. */
    static String raw(Column column) {
        String name = column.column();
        return column.kind() == Kind.DELTA ? name + "::float8 * 1000 / nullif(duration_millis, 0)" : name;
    }

    /** The four as they stand in a row of a rolled up tier. */
    static List<String> stored(Column column) {
        String name = column.column();
        return List.of(name + "_min", name + "_sum", name + "_max", name + weight(column));
    }

    private static String weight(Column column) {
        return column.kind() == Kind.DELTA ? "_millis" : "_n";
    }

    /** A core's load in a raw row. */
    static String core(int core) {
        return "case when length(core_load) > " + core + " then " + byteOf(core) + " end";
    }

    private static String byteOf(int core) {
        return "get_byte(core_load, " + core + ")";
    }

    /** The four of a core's load, of raw rows. */
    static List<String> ofCore(int core) {
        String load = byteOf(core);
        String known = " filter (where length(core_load) > " + core + ")::float8";
        return List.of(
                "min(" + load + ")" + known,
                "sum(" + load + ")" + known,
                "max(" + load + ")" + known,
                "count(*)" + known);
    }

    /** Least or greatest as people see it. */
    static double extreme(Column column, double value) {
        return Rounding.shown(value * column.scale());
    }

    /** Mean as people see it. */
    static double mean(Column column, double sum, double weight) {
        double perRow =
                column.kind() == Kind.DELTA ? sum * column.scale() * 1000 / weight : sum * column.scale() / weight;
        return Rounding.shown(perRow);
    }
}

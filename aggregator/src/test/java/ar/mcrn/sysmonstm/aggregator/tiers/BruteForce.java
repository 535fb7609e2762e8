package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.aggregator.tiers.TierTable.Percentile;
import ar.mcrn.sysmonstm.contract.Column;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The tiers as they should be, made from raw rows one by one, in plain arithmetic, without any aggregate of the database; and
 * compared with what the tiers hold, bit by bit. Both sides are read as streams, in the order of their key.
 */
final class BruteForce {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 3_600_000;
    private static final int MOST_DIFFERENCES = 5;

    private final Connection raw;
    private final Connection tiers;
    private final List<String> differences = new ArrayList<>();
    private long rows;
    private long values;

    private BruteForce(Connection raw, Connection tiers) {
        this.raw = raw;
        this.tiers = tiers;
    }

    /**
     * What was seen.
     *
     * @param rows tier rows that should be there
     * @param values values in them that were compared
     * @param differences the first differences; empty where there is none
     */
    record Verdict(long rows, long values, List<String> differences) {}

    /** Compares all tiers, as far as the marks say that they are; beyond that they must hold nothing. */
    static Verdict compare(Connection raw, Connection tiers) throws SQLException {
        raw.setAutoCommit(false);
        tiers.setAutoCommit(false);
        BruteForce force = new BruteForce(raw, tiers);
        Marks marks = Marks.read(tiers).orElseThrow();
        for (TierTable table : TierTable.ALL) {
            force.table(table, true, marks.minutesUntil());
            force.table(table, false, marks.hoursUntil());
        }
        force.coverage(marks.hoursUntil());
        raw.rollback();
        tiers.rollback();
        return new Verdict(force.rows, force.values, force.differences);
    }

    /** Key (machine, device or run, start of the bucket) and values of one tier row. */
    private record Row(List<Long> key, List<Object> values) {}

    private interface Rows {
        Row next() throws SQLException;
    }

    private void compare(String what, List<String> names, Rows expected, Rows found) throws SQLException {
        Row one = expected.next();
        Row other = found.next();
        while ((one != null || other != null) && differences.size() < MOST_DIFFERENCES) {
            int order = one == null ? 1 : other == null ? -1 : order(one.key(), other.key());
            if (order < 0) {
                differences.add(what + " misses " + key(one));
                one = expected.next();
            } else if (order > 0) {
                differences.add(what + " has too much " + key(other));
                other = found.next();
            } else {
                rows++;
                values += one.values().size();
                if (!one.values().equals(other.values())) {
                    differ(what + ' ' + key(one), names, one.values(), other.values());
                }
                one = expected.next();
                other = found.next();
            }
        }
    }

    private void differ(String row, List<String> names, List<Object> expected, List<Object> found) {
        StringBuilder text = new StringBuilder(row).append(" differs:");
        for (int i = 0; i < names.size(); i++) {
            if (expected.get(i) == null
                    ? found.get(i) != null
                    : !expected.get(i).equals(found.get(i))) {
                text.append(' ')
                        .append(names.get(i))
                        .append('=')
                        .append(found.get(i))
                        .append(" should be ");
                text.append(expected.get(i));
            }
        }
        differences.add(text.toString());
    }

    private static String key(Row row) {
        return row.key().subList(0, row.key().size() - 1) + "@"
                + Instant.ofEpochMilli(row.key().getLast());
    }

    private static int order(List<Long> one, List<Long> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = Long.compare(one.get(i), other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static String millis(String column) {
        return "(extract(epoch from " + column + ") * 1000)::bigint";
    }

    private void table(TierTable table, boolean minute, Instant until) throws SQLException {
        String device = table.device() ? "device_id" : "0::integer";
        String order = table.device() ? "machine_id, device_id, time" : "machine_id, time";
        List<String> names = table.values(minute);
        String tier = minute ? table.minute() : table.hour();
        try (Statement from = stream(raw);
                ResultSet source = from.executeQuery("select machine_id, " + device + ", " + millis("time")
                        + ", duration_millis, "
                        + table.columns().stream().map(Column::column).collect(Collectors.joining(", ")) + " from "
                        + table.raw() + " where time < '" + until + "' order by " + order);
                Statement to = stream(tiers);
                ResultSet stored = to.executeQuery("select machine_id, " + device + ", " + millis("time") + ", "
                        + String.join(", ", names) + " from " + tier + " order by " + order)) {
            compare(tier, names, new Buckets(table, minute, source), () -> found(stored, names.size()));
        }
    }

    private void coverage(Instant until) throws SQLException {
        List<String> names = List.of("n", "first_sequence", "last_sequence", "covered_millis");
        try (Statement from = stream(raw);
                ResultSet source = from.executeQuery("select machine_id, run_id, " + millis("time")
                        + ", sequence, duration_millis from host_sample where time < '" + until
                        + "' order by machine_id, run_id, time");
                Statement to = stream(tiers);
                ResultSet stored = to.executeQuery("select machine_id, run_id, " + millis("time") + ", "
                        + String.join(", ", names) + " from coverage order by machine_id, run_id, time")) {
            compare("coverage", names, new Covered(source), () -> found(stored, names.size()));
        }
    }

    private static Statement stream(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setFetchSize(2_000);
        return statement;
    }

    private static Row found(ResultSet row, int values) throws SQLException {
        if (!row.next()) {
            return null;
        }
        List<Object> found = new ArrayList<>(values);
        for (int i = 0; i < values; i++) {
            Object value = row.getObject(4 + i);
            found.add(
                    value instanceof Number number && !(value instanceof Double) ? (Object) number.longValue() : value);
        }
        return new Row(key(row), found);
    }

    private static List<Long> key(ResultSet row) throws SQLException {
        return List.of(row.getLong(1), row.getLong(2), row.getLong(3));
    }

    private static long saturated(long sum, long value) {
        return sum > Long.MAX_VALUE - value ? Long.MAX_VALUE : sum + value;
    }

    private static List<Long> bucket(ResultSet row, long step) throws SQLException {
        return List.of(row.getLong(1), row.getLong(2), Math.floorDiv(row.getLong(3), step) * step);
    }

    /** Raw rows in the order of their key, gathered by bucket. */
    private abstract static class Gathered implements Rows {
        private final ResultSet source;
        private final long step;
        private boolean ready;

        Gathered(ResultSet source, long step) throws SQLException {
            this.source = source;
            this.step = step;
            this.ready = source.next();
        }

        abstract void clear();

        abstract void add(ResultSet row) throws SQLException;

        abstract List<Object> values();

        @Override
        public Row next() throws SQLException {
            if (!ready) {
                return null;
            }
            clear();
            List<Long> key = bucket(source, step);
            do {
                add(source);
                ready = source.next();
            } while (ready && key.equals(bucket(source, step)));
            return new Row(key, values());
        }
    }

    private static final class Covered extends Gathered {
        private long n;
        private long first;
        private long last;
        private long millis;

        Covered(ResultSet source) throws SQLException {
            super(source, HOUR);
        }

        @Override
        void clear() {
            n = 0;
            first = Long.MAX_VALUE;
            last = Long.MIN_VALUE;
            millis = 0;
        }

        @Override
        void add(ResultSet row) throws SQLException {
            n++;
            first = Math.min(first, row.getLong(4));
            last = Math.max(last, row.getLong(4));
            millis += row.getLong(5);
        }

        @Override
        List<Object> values() {
            return List.of(n, first, last, millis);
        }
    }

    private static final class Buckets extends Gathered {
        private final TierTable table;
        private final boolean minute;
        private final Cell[] cells;
        private long n;
        private long millis;

        Buckets(TierTable table, boolean minute, ResultSet source) throws SQLException {
            super(source, minute ? MINUTE : HOUR);
            this.table = table;
            this.minute = minute;
            this.cells = new Cell[table.columns().size()];
        }

        @Override
        void clear() {
            n = 0;
            millis = 0;
            Arrays.setAll(cells, i -> new Cell());
        }

        @Override
        void add(ResultSet row) throws SQLException {
            long duration = row.getLong(4);
            n++;
            millis += duration;
            for (int i = 0; i < cells.length; i++) {
                long value = row.getLong(5 + i);
                if (!row.wasNull()) {
                    cells[i].add(
                            value, duration, TierTable.delta(table.columns().get(i)));
                }
            }
        }

        @Override
        List<Object> values() {
            List<Object> values = new ArrayList<>(List.of(n, millis));
            for (int i = 0; i < cells.length; i++) {
                Column column = table.columns().get(i);
                cells[i].values(
                        values,
                        TierTable.delta(column),
                        minute && table.percentiles().contains(column));
            }
            return values;
        }
    }

    /** One column in one bucket. */
    private static final class Cell {
        private final List<Double> seen = new ArrayList<>();
        private long n;
        private long sum;
        private long min = Long.MAX_VALUE;
        private long max = Long.MIN_VALUE;
        private long millis;

        void add(long value, long duration, boolean delta) {
            n++;
            sum = saturated(sum, value);
            min = Math.min(min, value);
            max = Math.max(max, value);
            millis += duration;
            if (!delta) {
                seen.add((double) value);
            } else if (duration != 0) {
                seen.add((double) value * 1000 / duration);
            }
        }

        void values(List<Object> values, boolean delta, boolean percentiles) {
            values.add(Math.min(n, Short.MAX_VALUE));
            values.add(n == 0 ? null : sum);
            Collections.sort(seen);
            if (delta) {
                values.add(seen.isEmpty() ? null : seen.getFirst());
                values.add(seen.isEmpty() ? null : seen.getLast());
                values.add(n == 0 ? null : millis);
            } else {
                values.add(n == 0 ? null : min);
                values.add(n == 0 ? null : max);
            }
            if (percentiles) {
                for (Percentile percentile : Percentile.values()) {
                    values.add(seen.isEmpty() ? null : percentile(percentile.share()));
                }
            }
        }

        /** The SQL standard's percentile_cont: linear between the two values around the place of the share. */
        private double percentile(double share) {
            double place = share * (seen.size() - 1);
            double low = seen.get((int) Math.floor(place));
            double high = seen.get((int) Math.ceil(place));
            return low + (place - Math.floor(place)) * (high - low);
        }
    }
}

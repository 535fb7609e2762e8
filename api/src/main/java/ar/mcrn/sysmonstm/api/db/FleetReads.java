package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.FleetHistoryView;
import ar.mcrn.sysmonstm.api.api.FleetTopView;
import ar.mcrn.sysmonstm.api.api.TotalsView;
import ar.mcrn.sysmonstm.api.core.HistoryQuery;
import ar.mcrn.sysmonstm.api.core.Rounding;
import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierMarks;
import ar.mcrn.sysmonstm.api.core.TierPlan;
import ar.mcrn.sysmonstm.api.core.TimeRange;
import ar.mcrn.sysmonstm.api.core.Visibility;
import ar.mcrn.sysmonstm.contract.Glob;
import ar.mcrn.sysmonstm.contract.MetricKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Questions about one metric of many machines. One transaction each, at most 5 s, at most 10,000 machines or devices and
 * 200,000 values. What is seen is decided by one {@link Visibility}. Any thread.
 */
public final class FleetReads {
    private static final int CELLS = 200_000;

    /** Raw rows that may be read for steps shorter than a minute, taking one row a second. */
    private static final long RAW_ROWS = 400_000;
    /** Rows by minute that may be read for steps shorter than an hour. */
    private static final long MINUTE_ROWS = 400_000;

    private static final long SHORT_STEP_MILLIS = 10_000;

    private final Reads reads;
    private final Visibility visibility;

    /** Reads by these transactions what may be seen. */
    public FleetReads(Reads reads, Visibility visibility) {
        this.reads = reads;
        this.visibility = visibility;
    }

    /**
     * The metric of each machine or device over time. Steps are 10 s or longer for few machines and short ranges, a minute or
     * longer otherwise, an hour or longer for many machines and long ranges, and so long that there are no more than 200,000
     * values.
     *
     * @throws IllegalArgumentException naming the metric that is none, or machines that are too many
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public FleetHistoryView history(String metric, TimeRange range, int points, Glob machines, Instant now) {
        FleetMetric asked = FleetMetric.parse(metric);
        return reads.read(handle -> {
            TierMarks marks = Marks.read(handle, now);
            List<FleetTarget> targets = FleetTarget.read(handle, asked, machines, visibility, whole(marks, range, now));
            int most = Math.max(1, Math.min(points, CELLS / Math.max(1, targets.size())));
            long wanted = Math.max(
                    HistoryQuery.stepMillis(
                            range.from().toEpochMilli(), range.to().toEpochMilli(), most),
                    shortestStep(targets.size(), range));
            long step = TierPlan.step(marks, wanted, range.from().toEpochMilli());
            Steps shown = new Steps(step, range.from(), range.to(), Optional.empty());
            Steps steps = shown.reaching();
            TierPlan plan = TierPlan.steps(marks, step, steps.firstMillis, steps.start(steps.count));
            return new FleetHistoryView(
                    metric,
                    asked.column().unit(),
                    range.from().toEpochMilli(),
                    range.to().toEpochMilli(),
                    step,
                    plan.tier().json(),
                    shown.times(),
                    series(handle, asked, targets, steps, plan).stream()
                            .map(each -> cut(each, shown))
                            .filter(each -> !isEmpty(each))
                            .toList());
        });
    }

    private static long shortestStep(int targets, TimeRange range) {
        if (targets * (range.millis() / 1_000) <= RAW_ROWS) {
            return SHORT_STEP_MILLIS;
        }
        return targets * (range.millis() / Tier.MINUTE.millis()) <= MINUTE_ROWS
                ? Tier.MINUTE.millis()
                : Tier.HOUR.millis();
    }

    private List<FleetHistoryView.Series> series(
            Handle handle, FleetMetric metric, List<FleetTarget> targets, Steps steps, TierPlan plan) {
        FleetHistoryView.Series[] series = new FleetHistoryView.Series[targets.size()];
        long[][] covered = new long[targets.size()][];
        new FleetQuery(metric, plan, steps.stepMillis).read(handle, targets, row -> {
            FleetTarget target = targets.get(row.target());
            MetricKey key = metric.key(target.deviceName());
            if (series[row.target()] == null) {
                series[row.target()] = new FleetHistoryView.Series(
                        target.name(), key.toString(), steps.empty(), steps.empty(), steps.empty());
                covered[row.target()] = new long[steps.count];
            }
            int step = steps.number(row.step());
            if (step >= 0 && step < steps.count) {
                series[row.target()].min()[step] = least(metric, key, row);
                series[row.target()].avg()[step] = mean(metric, key, row);
                series[row.target()].max()[step] = greatest(metric, key, row);
                covered[row.target()][step] = row.covered();
            }
        });
        for (int i = 0; i < series.length; i++) {
            if (series[i] != null) {
                steps.fill(series[i].min(), series[i].avg(), series[i].max(), covered[i]);
            }
        }
        return Arrays.stream(series).filter(each -> each != null).toList();
    }

    /**
     * Machines or devices with most or least of a metric; from a day on by whole hours at its start and up to the newest minute
     * that is rolled up, as the answer says.
     *
     * @param by avg, max or min
     * @param order desc or asc
     * @throws IllegalArgumentException naming the metric that is none, or machines that are too many
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public FleetTopView top(
            String metric, TimeRange range, int n, String by, String order, Glob machines, Instant now) {
        FleetMetric asked = FleetMetric.parse(metric);
        return reads.read(handle -> {
            TierMarks marks = Marks.read(handle, now);
            List<FleetTarget> targets = FleetTarget.read(handle, asked, machines, visibility, whole(marks, range, now));
            TierPlan plan = TierPlan.comparison(marks, range.from().toEpochMilli(), end(range, now));
            List<FleetTopView.Ranked> all = new ArrayList<>();
            new FleetQuery(asked, plan, 0).read(handle, targets, row -> {
                FleetTarget target = targets.get(row.target());
                MetricKey key = asked.key(target.deviceName());
                double least = least(asked, key, row);
                double mean = mean(asked, key, row);
                double greatest = greatest(asked, key, row);
                double value = switch (by) {
                    case "avg" -> mean;
                    case "max" -> greatest;
                    default -> least;
                };
                all.add(new FleetTopView.Ranked(
                        target.name(), key.toString(), value, least, mean, greatest, row.covered()));
            });
            Comparator<FleetTopView.Ranked> byValue = Comparator.comparingDouble(FleetTopView.Ranked::value);
            all.sort((order.equals("desc") ? byValue.reversed() : byValue)
                    .thenComparing(FleetTopView.Ranked::id)
                    .thenComparing(FleetTopView.Ranked::key));
            return new FleetTopView(
                    metric,
                    asked.column().unit(),
                    plan.from(),
                    plan.to(),
                    by,
                    order,
                    plan.to() - plan.from(),
                    List.copyOf(all.subList(0, Math.min(n, all.size()))));
        });
    }

    /**
     * What a counter came to, machine by machine.
     *
     * @throws IllegalArgumentException naming the metric that is no counter, or machines that are too many
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public TotalsView totals(String metric, TimeRange range, Glob machines, Instant now) {
        FleetMetric asked = FleetMetric.parse(metric);
        if (!asked.isCounter()) {
            throw new IllegalArgumentException(
                    "metric=" + metric + " is no counter, allowed: what is counted, such as system.network.io{...}");
        }
        return reads.read(handle -> {
            TierPlan plan = whole(Marks.read(handle, now), range, now);
            List<FleetTarget> targets = FleetTarget.read(handle, asked, machines, visibility, plan);
            TreeMap<String, TotalsView.MachineTotal> byMachine = new TreeMap<>();
            new FleetQuery(asked, plan, 0).read(handle, targets, row -> {
                FleetTarget target = targets.get(row.target());
                double total = visibility.value(
                        asked.key(target.deviceName()),
                        row.sum() * asked.column().scale());
                byMachine.merge(
                        target.name(),
                        new TotalsView.MachineTotal(target.name(), total, row.covered()),
                        FleetReads::sum);
            });
            List<TotalsView.MachineTotal> totals = byMachine.values().stream()
                    .map(each ->
                            new TotalsView.MachineTotal(each.id(), Rounding.shown(each.total()), each.coveredMillis()))
                    .toList();
            return new TotalsView(
                    metric,
                    asked.totalUnit(),
                    plan.from(),
                    plan.to(),
                    plan.to() - plan.from(),
                    Rounding.shown(totals.stream()
                            .mapToDouble(TotalsView.MachineTotal::total)
                            .sum()),
                    totals.stream()
                            .mapToLong(TotalsView.MachineTotal::coveredMillis)
                            .sum(),
                    totals);
        });
    }

    private static TotalsView.MachineTotal sum(TotalsView.MachineTotal a, TotalsView.MachineTotal b) {
        return new TotalsView.MachineTotal(
                a.id(), a.total() + b.total(), Math.max(a.coveredMillis(), b.coveredMillis()));
    }

    private static FleetHistoryView.Series cut(FleetHistoryView.Series series, Steps shown) {
        return new FleetHistoryView.Series(
                series.id(), series.key(), shown.cut(series.min()), shown.cut(series.avg()), shown.cut(series.max()));
    }

    /** Whether all it had was after the steps that are shown. */
    private static boolean isEmpty(FleetHistoryView.Series series) {
        return Arrays.stream(series.avg()).allMatch(Double::isNaN);
    }

    private static TierPlan whole(TierMarks marks, TimeRange range, Instant now) {
        return TierPlan.range(marks, range.from().toEpochMilli(), end(range, now));
    }

    /** End of what can be there already. */
    private static long end(TimeRange range, Instant now) {
        Instant to = range.to().isAfter(now) && range.from().isBefore(now) ? now : range.to();
        return to.toEpochMilli();
    }

    private double least(FleetMetric metric, MetricKey key, FleetQuery.Row row) {
        return visibility.value(key, Measures.extreme(metric.column(), row.least()));
    }

    private double greatest(FleetMetric metric, MetricKey key, FleetQuery.Row row) {
        return visibility.value(key, Measures.extreme(metric.column(), row.greatest()));
    }

    private double mean(FleetMetric metric, MetricKey key, FleetQuery.Row row) {
        return visibility.value(key, Measures.mean(metric.column(), row.sum(), row.weight()));
    }
}

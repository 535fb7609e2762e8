package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.api.HistoryView;
import ar.mcrn.sysmonstm.api.core.HistoryQuery;
import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierMarks;
import ar.mcrn.sysmonstm.api.core.TierPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * History of one machine, from the rows that the aggregator wrote. One transaction per query, at most 5 s, at most 300
 * series and 200,000 steps of series. Any thread.
 */
public final class HistoryReads {
    private static final int SERIES = 300;
    private static final int CELLS = 200_000;

    private final Reads reads;

    /** Reads by these transactions. */
    public HistoryReads(Reads reads) {
        this.reads = reads;
    }

    /**
     * Answers a query; empty where the database knows no such machine.
     *
     * @throws IllegalArgumentException naming a metric that is not of the catalogue, or the limit that was passed
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public Optional<HistoryView> read(HistoryQuery query, Instant now) {
        return reads.read(
                handle -> MachineRow.read(handle, query.machine()).map(machine -> read(handle, query, machine, now)));
    }

    /**
     * How much of a stretch is there, with runs and events; empty where the database knows no such machine.
     *
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public Optional<CoverageView> coverage(String name, Instant from, Instant to, Instant now) {
        return reads.read(handle -> MachineRow.read(handle, name)
                .map(machine -> Coverage.read(handle, Marks.read(handle, now), machine, from, to, now)
                        .detailed(handle, machine)));
    }

    private static HistoryView read(Handle handle, HistoryQuery query, MachineRow machine, Instant now) {
        TierMarks marks = Marks.read(handle, now);
        Newest newest = newest(handle, query, machine);
        long step = TierPlan.step(marks, query.stepMillis(), query.from().toEpochMilli());
        Steps shown = new Steps(step, query.from(), query.to(), newest.time);
        Steps steps = shown.reaching();
        TierPlan plan = TierPlan.steps(marks, step, steps.firstMillis, steps.start(steps.count));
        List<SeriesRequest> wanted =
                new SeriesCatalogue(newest.cores, devices(handle, machine.id())).pick(query.metrics());
        if (tooMany(wanted, shown)) {
            wanted = present(handle, machine.id(), wanted, plan);
        }
        if (tooMany(wanted, shown)) {
            throw new IllegalArgumentException("metrics picks " + wanted.size() + " series of " + shown.count
                    + " steps, allowed: " + SERIES + " series and " + CELLS + " values in all");
        }
        Map<SeriesRequest, StepValues> values = new HashMap<>();
        List<StepQuery> queries = queries(wanted, steps, plan);
        BitSet covered = queries.getFirst().read(handle, machine.id());
        values.putAll(queries.getFirst().values());
        for (StepQuery further : queries.subList(1, queries.size())) {
            further.read(handle, machine.id());
            values.putAll(further.values());
        }
        Percentiles percentiles = Percentiles.read(
                handle, machine.id(), query.percentiles() ? wanted : List.of(), steps, plan, marks.rawFrom());
        return new HistoryView(
                query.machine(),
                query.from().toEpochMilli(),
                query.to().toEpochMilli(),
                shown.stepMillis,
                plan.tier().json(),
                shown.times(),
                wanted.stream()
                        .map(series -> view(series, values.get(series), percentiles.of(series), shown))
                        .toList(),
                Gaps.find(handle, machine, marks, shown, covered.get(0, shown.count), now, newest.durationMillis),
                Coverage.read(handle, marks, machine, query.from(), query.to(), now)
                        .summary());
    }

    /** One query per kind of rows, that of the machine as a whole first: it tells the holes. Cores are in raw rows alone. */
    private static List<StepQuery> queries(List<SeriesRequest> wanted, Steps steps, TierPlan plan) {
        boolean raw = plan.tier() == Tier.RAW;
        Map<SeriesRequest.Source, List<SeriesRequest>> bySource = wanted.stream()
                .filter(series -> raw || series.column().isPresent())
                .collect(Collectors.groupingBy(
                        SeriesRequest::source, () -> new EnumMap<>(SeriesRequest.Source.class), Collectors.toList()));
        bySource.putIfAbsent(SeriesRequest.Source.HOST, List.of());
        List<StepQuery> queries = new ArrayList<>();
        bySource.forEach((source, series) -> queries.add(new StepQuery(source, series, steps, plan)));
        List<SeriesRequest> cores =
                wanted.stream().filter(series -> series.column().isEmpty()).toList();
        if (!raw && !cores.isEmpty()) {
            TierPlan rows =
                    new TierPlan(plan.from(), plan.to(), List.of(new TierPlan.Part(Tier.RAW, plan.from(), plan.to())));
            queries.add(new StepQuery(SeriesRequest.Source.HOST, cores, steps, rows));
        }
        return queries;
    }

    private static boolean tooMany(List<SeriesRequest> wanted, Steps steps) {
        return wanted.size() > SERIES || wanted.size() * steps.count > CELLS;
    }

    private static List<SeriesRequest> present(Handle handle, int machine, List<SeriesRequest> wanted, TierPlan plan) {
        Map<SeriesRequest.Source, Set<Integer>> devices = new EnumMap<>(SeriesRequest.Source.class);
        wanted.stream()
                .map(SeriesRequest::source)
                .filter(source -> source != SeriesRequest.Source.HOST)
                .forEach(source -> devices.computeIfAbsent(
                        source, _ -> PresentDevices.read(handle, source, List.of(machine), plan)));
        return wanted.stream()
                .filter(series -> series.source() == SeriesRequest.Source.HOST
                        || devices.get(series.source()).contains(series.device()))
                .toList();
    }

    private static HistoryView.Series view(
            SeriesRequest series, StepValues values, double[][] percentiles, Steps shown) {
        return new HistoryView.Series(
                series.key().metric(),
                series.key().attributes(),
                series.key().toString(),
                series.unit(),
                shown.cut(values.least),
                shown.cut(values.mean),
                shown.cut(values.greatest),
                shown.cut(percentiles[0]),
                shown.cut(percentiles[1]),
                shown.cut(percentiles[2]));
    }

    private static List<SeriesCatalogue.Device> devices(Handle handle, int machine) {
        try (Query query = handle.createQuery("""
                select device_id, kind, name from device where machine_id = :machine order by kind, name
                """)) {
            return query.bind("machine", machine)
                    .map((row, context) ->
                            new SeriesCatalogue.Device(row.getInt(1), row.getString(2), row.getString(3)))
                    .list();
        }
    }

    /** Of some rows, since a single one need not have measured its cores. */
    private static Newest newest(Handle handle, HistoryQuery asked, MachineRow machine) {
        try (Query query = handle.createQuery("""
                select max(time), coalesce(max(cores), 0), (array_agg(duration_millis order by time desc))[1]
                  from (select time, length(core_load) as cores, duration_millis
                          from host_sample
                         where machine_id = :machine and time >= :from and time < :to
                         order by machine_id, time desc
                         limit 100) as lately
                having count(*) > 0
                """)) {
            return query.bind("machine", machine.id())
                    .bind("from", asked.from())
                    .bind("to", asked.to())
                    .map((row, context) ->
                            new Newest(Optional.of(row.getTimestamp(1).toInstant()), row.getInt(2), row.getInt(3)))
                    .findOne()
                    .orElseGet(() -> new Newest(Optional.empty(), coresLately(handle, machine), 0));
        }
    }

    /** How many cores the newest rows of all tell of, for a stretch of which no rows are kept. */
    private static int coresLately(Handle handle, MachineRow machine) {
        try (Query query = handle.createQuery("""
                select coalesce(max(cores), 0)
                  from (select length(core_load) as cores
                          from host_sample
                         where machine_id = :machine
                         order by machine_id, time desc
                         limit 100) as lately
                """)) {
            return query.bind("machine", machine.id())
                    .mapTo(Integer.class)
                    .findOne()
                    .orElse(0);
        }
    }

    private record Newest(Optional<Instant> time, int cores, int durationMillis) {}
}

package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.HistoryView;
import ar.mcrn.sysmonstm.api.core.HistoryQuery;
import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierSelector;
import java.time.Instant;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final TierSelector tiers;

    /** @param tiers those that are there */
    public HistoryReads(Reads reads, TierSelector tiers) {
        this.reads = reads;
        this.tiers = tiers;
    }

    /**
     * Answers a query; empty where the database knows no such machine.
     *
     * @throws IllegalArgumentException naming a metric that is not of the catalogue, or the limit that was passed
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public Optional<HistoryView> read(HistoryQuery query, Instant now) {
        return reads.read(handle -> machine(handle, query.machine()).map(machine -> read(handle, query, machine, now)));
    }

    private HistoryView read(Handle handle, HistoryQuery query, Machine machine, Instant now) {
        Newest newest = newest(handle, query, machine);
        Steps steps = new Steps(query.stepMillis(), query.from(), query.to(), newest.time);
        Tier tier = tiers.select(steps.stepMillis, query.from(), now);
        List<SeriesRequest> wanted =
                new SeriesCatalogue(newest.cores, devices(handle, machine.id)).pick(query.metrics());
        if (wanted.size() > SERIES || wanted.size() * steps.count > CELLS) {
            throw new IllegalArgumentException("metrics picks " + wanted.size() + " series of " + steps.count
                    + " steps, allowed: " + SERIES + " series and " + CELLS + " values in all");
        }
        Map<SeriesRequest.Source, List<SeriesRequest>> bySource = wanted.stream()
                .collect(Collectors.groupingBy(
                        SeriesRequest::source, () -> new EnumMap<>(SeriesRequest.Source.class), Collectors.toList()));
        bySource.putIfAbsent(SeriesRequest.Source.HOST, List.of()); // tells where samples are missing
        Map<SeriesRequest, StepQuery.Values> values = new HashMap<>();
        BitSet covered = new BitSet();
        bySource.forEach((source, series) -> {
            StepQuery of = new StepQuery(source, series, steps);
            BitSet rows = of.read(handle, machine.id);
            if (source == SeriesRequest.Source.HOST) {
                covered.or(rows);
            }
            values.putAll(of.values());
        });
        return new HistoryView(
                query.machine(),
                query.from().toEpochMilli(),
                query.to().toEpochMilli(),
                steps.stepMillis,
                tier.json(),
                steps.times(),
                wanted.stream().map(series -> view(series, values.get(series))).toList(),
                Gaps.find(handle, machine.id, steps, covered, machine.firstSeen, now));
    }

    private static HistoryView.Series view(SeriesRequest series, StepQuery.Values values) {
        return new HistoryView.Series(
                series.key().metric(),
                series.key().attributes(),
                series.key().toString(),
                series.unit(),
                values.least,
                values.mean,
                values.greatest);
    }

    private static Optional<Machine> machine(Handle handle, String name) {
        try (Query query = handle.createQuery("select machine_id, first_seen from machine where name = :name")) {
            return query.bind("name", name)
                    .map((row, context) ->
                            new Machine(row.getInt(1), row.getTimestamp(2).toInstant()))
                    .findOne();
        }
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

    private static Newest newest(Handle handle, HistoryQuery asked, Machine machine) {
        try (Query query = handle.createQuery("""
                select time, coalesce(length(core_load), 0)
                  from host_sample
                 where machine_id = :machine and time >= :from and time < :to
                 order by machine_id, time desc
                 limit 1
                """)) {
            return query.bind("machine", machine.id)
                    .bind("from", asked.from())
                    .bind("to", asked.to())
                    .map((row, context) ->
                            new Newest(Optional.of(row.getTimestamp(1).toInstant()), row.getInt(2)))
                    .findOne()
                    .orElse(new Newest(Optional.empty(), 0));
        }
    }

    private record Machine(int id, Instant firstSeen) {}

    private record Newest(Optional<Instant> time, int cores) {}
}

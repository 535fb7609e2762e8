package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.HistoryView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Steps without samples, put together, each with the reason that an event of the machine gives. The last 5 s are no gap yet:
 * samples are stored up to a second after they came.
 */
final class Gaps {
    private static final long RECENT_MILLIS = 5_000;
    private static final long MARGIN_MILLIS = 10_000;

    /** Event kinds that explain a gap, best explanation first, and what they are called in JSON. */
    private static final List<Map.Entry<String, String>> REASONS = List.of(
            Map.entry("suspend", "suspended"),
            Map.entry("spool_drop", "spoolDropped"),
            Map.entry("sample_lost", "sampleLost"),
            Map.entry("clock_step", "clockStepped"),
            Map.entry("run_stop", "stopped"),
            Map.entry("run_start", "restarted"));

    private Gaps() {}

    static List<HistoryView.Gap> find(
            Handle handle, int machine, Steps steps, BitSet covered, Instant firstSeen, Instant now) {
        List<long[]> stretches = new ArrayList<>();
        int from = 0;
        while (from < steps.count && steps.start(from + 1) <= firstSeen.toEpochMilli() && !covered.get(from)) {
            from++; // before the machine was known
        }
        for (int gap = covered.nextClearBit(from); gap < steps.count; ) {
            int end = covered.nextSetBit(gap);
            int after = end < 0 ? steps.count : end;
            long until = Math.min(steps.start(after), now.toEpochMilli());
            if (end >= 0 || until - steps.start(gap) > RECENT_MILLIS) {
                stretches.add(new long[] {steps.start(gap), until});
            }
            gap = covered.nextClearBit(after);
        }
        if (stretches.isEmpty()) {
            return List.of();
        }
        List<Event> events = events(handle, machine, steps);
        return stretches.stream()
                .map(each -> new HistoryView.Gap(each[0], each[1], reason(events, each[0], each[1])))
                .toList();
    }

    private static String reason(List<Event> events, long from, long to) {
        for (Map.Entry<String, String> reason : REASONS) {
            for (Event event : events) {
                if (event.kind.equals(reason.getKey()) && event.explains(from - MARGIN_MILLIS, to + MARGIN_MILLIS)) {
                    boolean booted = event.kind.equals("run_start") && event.from >= from && event.from <= to;
                    return booted ? "rebooted" : reason.getValue();
                }
            }
        }
        return "unknown";
    }

    private static List<Event> events(Handle handle, int machine, Steps steps) {
        try (Query query = handle.createQuery("""
                select kind, (extract(epoch from time) * 1000)::bigint as at,
                       coalesce((extract(epoch from from_time) * 1000)::bigint, 0) as "from",
                       coalesce((extract(epoch from to_time) * 1000)::bigint, 0) as "to"
                  from machine_event
                 where machine_id = :machine
                   and greatest(time, coalesce(to_time, time)) >= timestamptz 'epoch' + :first * interval '1 millisecond'
                   and least(time, coalesce(from_time, time)) < timestamptz 'epoch' + :end * interval '1 millisecond'
                 order by time desc
                 limit 10000
                """)) {
            return query.bind("machine", machine)
                    .bind("first", steps.firstMillis - MARGIN_MILLIS)
                    .bind("end", steps.start(steps.count) + MARGIN_MILLIS)
                    .map((row, context) ->
                            new Event(row.getString("kind"), row.getLong("at"), row.getLong("from"), row.getLong("to")))
                    .list();
        }
    }

    /** What happened to the machine; from and to are 0 where it explains no stretch. */
    private record Event(String kind, long at, long from, long to) {
        boolean explains(long start, long end) {
            boolean within = at >= start && at <= end;
            boolean stretch = !kind.equals("run_start") && to > 0 && from <= end && to >= start;
            return within || stretch;
        }
    }
}

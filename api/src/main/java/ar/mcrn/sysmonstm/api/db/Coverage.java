package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import ar.mcrn.sysmonstm.api.core.Tier;
import ar.mcrn.sysmonstm.api.core.TierMarks;
import ar.mcrn.sysmonstm.api.core.TierPlan;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * What of a stretch is stored, run by run: hours that are rolled up from {@code coverage}, the rest from raw rows.
 *
 * <p>Within a run stamps grow with the sequence, so that the samples of a stretch are the numbers between its first and its
 * last; what was issued and is not there is missing. A run that began within the stretch began with number 1, stored or not.
 */
final class Coverage {
    private static final int MOST = 1_000;

    private final TierPlan plan;
    private final List<Run> runs;
    private final long firstSeen;
    private final long now;

    private Coverage(TierPlan plan, List<Run> runs, long firstSeen, long now) {
        this.plan = plan;
        this.runs = runs;
        this.firstSeen = firstSeen;
        this.now = now;
    }

    /** Reads it for [from, to). */
    static Coverage read(Handle handle, TierMarks marks, MachineRow machine, Instant from, Instant to, Instant now) {
        TierPlan plan = TierPlan.hoursAndRaw(marks, from.toEpochMilli(), to.toEpochMilli());
        List<Run> runs = new ArrayList<>();
        if (!plan.parts().isEmpty()) {
            try (Query query = handle.createQuery(sql(plan))) {
                query.bind("machine", machine.id())
                        .bind("from", Instant.ofEpochMilli(plan.from()))
                        .bind("firstSeen", machine.firstSeen());
                for (int i = 0; i < plan.parts().size(); i++) {
                    query.bind(
                            "from" + i, Instant.ofEpochMilli(plan.parts().get(i).from()));
                    query.bind(
                            "to" + i, Instant.ofEpochMilli(plan.parts().get(i).to()));
                }
                query.map((row, context) -> run(row)).forEach(runs::add);
            }
        }
        return new Coverage(plan, runs, machine.firstSeen().toEpochMilli(), now.toEpochMilli());
    }

    private static String sql(TierPlan plan) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < plan.parts().size(); i++) {
            boolean hours = plan.parts().get(i).tier() == Tier.HOUR;
            parts.add("""
                    select run_id, %s, min(time) as since, max(time) %s as until, %s as known
                      from %s
                     where machine_id = :machine and time >= :from%d and time < :to%d
                     group by run_id
                    """.formatted(
                            hours
                                    ? "sum(n)::bigint as n, min(first_sequence) as first, max(last_sequence) as last,"
                                            + " sum(covered_millis)::bigint as covered"
                                    : "count(*) as n, min(sequence) as first, max(sequence) as last,"
                                            + " sum(duration_millis)::bigint as covered",
                            hours ? "+ interval '1 hour'" : "",
                            hours ? "min(time) filter (where time + interval '1 hour' <= :firstSeen)" : "min(time)",
                            hours ? "coverage" : "host_sample",
                            i,
                            i));
        }
        return """
                select run.run, sum(n)::bigint as n,
                       case when exists (
                                select from machine_event as began
                                 where began.machine_id = :machine and began.run_id = stored.run_id
                                   and began.kind = 'run_start' and began.time >= :from)
                            then 1 else min(first) end as first,
                       max(last) as last, sum(covered)::bigint as covered,
                       (extract(epoch from min(since)) * 1000)::bigint as since,
                       (extract(epoch from max(until)) * 1000)::bigint as until,
                       coalesce((extract(epoch from min(known)) * 1000)::bigint, 9223372036854775807) as known
                  from (%s) as stored
                  join run using (run_id)
                 group by stored.run_id, run.run
                 order by since
                """.formatted(String.join(" union all ", parts));
    }

    private static Run run(ResultSet row) throws SQLException {
        return new Run(
                row.getLong("run"),
                row.getLong("n"),
                row.getLong("first"),
                row.getLong("last"),
                row.getLong("covered"),
                row.getLong("since"),
                row.getLong("until"),
                row.getLong("known"));
    }

    /** For the history answer. */
    CoverageView summary() {
        return view(null, null, null);
    }

    /** With its runs and the events that explain what is not there. */
    CoverageView detailed(Handle handle, MachineRow machine) {
        List<CoverageView.Event> events =
                MachineEvents.read(handle, machine.id(), plan.from(), plan.to(), MOST).reversed().stream()
                        .map(MachineEvents.MachineEvent::view)
                        .toList();
        List<CoverageView.Run> newest = runs.subList(Math.max(0, runs.size() - MOST), runs.size()).stream()
                .map(run -> new CoverageView.Run(
                        Long.toHexString(run.run),
                        run.first,
                        run.last,
                        run.n,
                        run.missing(),
                        Math.max(run.since, plan.from()),
                        Math.min(run.until, end())))
                .toList();
        return view(machine.name(), newest, events);
    }

    private long end() {
        return Math.max(plan.from(), Math.min(plan.to(), now));
    }

    private CoverageView view(String id, List<CoverageView.Run> shown, List<CoverageView.Event> events) {
        long known = runs.stream().mapToLong(run -> run.known).min().orElse(Long.MAX_VALUE);
        long begin = Math.max(plan.from(), Math.min(firstSeen, known));
        long span = Math.max(0, end() - begin);
        long covered = runs.stream().mapToLong(run -> run.covered).sum();
        long stored = runs.stream().mapToLong(run -> run.n).sum();
        long missing = runs.stream().mapToLong(Run::missing).sum();
        return new CoverageView(
                id,
                plan.from(),
                end(),
                span,
                Math.min(covered, span),
                stored,
                stored + missing,
                missing,
                shown,
                events);
    }

    /** @param known a moment at which it was there; the end of time where that is not known */
    private record Run(long run, long n, long first, long last, long covered, long since, long until, long known) {
        long missing() {
            return Math.max(0, last - first + 1 - n);
        }
    }
}

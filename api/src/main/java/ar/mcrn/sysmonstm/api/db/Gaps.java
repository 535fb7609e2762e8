package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.HistoryView;
import ar.mcrn.sysmonstm.api.core.TierMarks;
import ar.mcrn.sysmonstm.api.db.MachineEvents.MachineEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Steps without samples, put together, each with its reason. What follows the newest sample is no gap for as long as that one
 * covers and 5 s more: the next is not due yet, and samples are stored up to a second after they came.
 *
 * <p>Where raw rows are kept, the numbers of the samples on both sides of a gap tell how many were taken in it. Where those
 * would fill half of it or more, what became of them is the reason: dropped or lost, as an event says, or awaited while they
 * would still be accepted, or else missing. Otherwise an event at that time is: the machine slept, its clock stepped, the
 * agent stopped or began.
 */
final class Gaps {
    private static final long RECENT_MILLIS = 5_000;
    private static final long MARGIN_MILLIS = 10_000;
    private static final long NEIGHBOUR_MILLIS = 7L * 86_400_000;
    private static final int EVENTS = 10_000;
    private static final int NEIGHBOURS = 200;

    /** Event kinds that explain a gap, best explanation first, and what they are called in JSON. */
    private static final List<Map.Entry<String, String>> REASONS = List.of(
            Map.entry("suspend", "suspended"),
            Map.entry("spool_drop", "spoolDropped"),
            Map.entry("sample_lost", "sampleLost"),
            Map.entry("clock_step", "clockStepped"),
            Map.entry("run_stop", "stopped"),
            Map.entry("run_start", "restarted"));

    private final Handle handle;
    private final int machine;
    private final TierMarks marks;
    private final List<MachineEvent> events;
    private final Map<Integer, Neighbours> neighbours = new HashMap<>();

    private Gaps(Handle handle, int machine, TierMarks marks, Steps steps) {
        this.handle = handle;
        this.machine = machine;
        this.marks = marks;
        this.events = MachineEvents.read(
                handle, machine, steps.firstMillis - MARGIN_MILLIS, steps.start(steps.count) + MARGIN_MILLIS, EVENTS);
    }

    /** @param usualMillis what the newest sample covers */
    static List<HistoryView.Gap> find(
            Handle handle,
            MachineRow machine,
            TierMarks marks,
            Steps steps,
            BitSet covered,
            Instant now,
            long usualMillis) {
        List<long[]> stretches = stretches(steps, covered, machine.firstSeen(), now, RECENT_MILLIS + usualMillis);
        if (stretches.isEmpty()) {
            return List.of();
        }
        Gaps gaps = new Gaps(handle, machine.id(), marks, steps);
        gaps.readNeighbours(stretches);
        List<HistoryView.Gap> found = new ArrayList<>(stretches.size());
        for (int i = 0; i < stretches.size(); i++) {
            long from = stretches.get(i)[0];
            long to = stretches.get(i)[1];
            found.add(new HistoryView.Gap(from, to, gaps.reason(from, to, gaps.neighbours.get(i))));
        }
        return found;
    }

    private static List<long[]> stretches(
            Steps steps, BitSet covered, Instant firstSeen, Instant now, long recentMillis) {
        List<long[]> stretches = new ArrayList<>();
        int from = 0;
        while (from < steps.count && steps.start(from + 1) <= firstSeen.toEpochMilli() && !covered.get(from)) {
            from++; // before the machine was known
        }
        for (int gap = covered.nextClearBit(from); gap < steps.count; ) {
            int end = covered.nextSetBit(gap);
            int after = end < 0 ? steps.count : end;
            long until = Math.min(steps.start(after), now.toEpochMilli());
            if (end >= 0 || until - steps.start(gap) > recentMillis) {
                stretches.add(new long[] {steps.start(gap), until});
            }
            gap = covered.nextClearBit(after);
        }
        return stretches;
    }

    private String reason(long from, long to, Neighbours around) {
        long first = around == null ? 1 : around.firstTaken();
        long last = around == null ? 0 : around.afterSequence - 1;
        boolean taken = first <= last;
        if (taken && (last - first + 1) * around.afterMillis * 2 >= to - from) {
            return fate(to, around.afterRun, first, last);
        }
        for (Map.Entry<String, String> reason : REASONS) {
            for (MachineEvent event : events) {
                if (event.kind().equals(reason.getKey()) && event.touches(from - MARGIN_MILLIS, to + MARGIN_MILLIS)) {
                    boolean booted = event.kind().equals("run_start")
                            && event.from() != null
                            && event.from() >= from
                            && event.from() <= to;
                    return booted ? "rebooted" : reason.getValue();
                }
            }
        }
        return taken ? fate(to, around.afterRun, first, last) : "unknown";
    }

    /** What became of samples that were taken and are not there. */
    private String fate(long to, int run, long first, long last) {
        for (Map.Entry<String, String> reason : REASONS) {
            for (MachineEvent event : events) {
                if (event.kind().equals(reason.getKey()) && event.speaksOf(run, first, last)) {
                    return reason.getValue();
                }
            }
        }
        return to > marks.acceptedFrom() ? "awaited" : "missing";
    }

    /** Reads the samples beside the newest gaps of which raw rows are kept. */
    private void readNeighbours(List<long[]> stretches) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = stretches.size() - 1; i >= 0 && numbers.size() < NEIGHBOURS; i--) {
            if (stretches.get(i)[0] >= marks.rawFrom()) {
                numbers.add(i);
            }
        }
        if (numbers.isEmpty()) {
            return;
        }
        try (Query query = handle.createQuery("""
                select gap.number, before.run_id as before_run, before.sequence as before_sequence,
                       after.run_id as after_run, after.sequence as after_sequence, after.duration_millis
                  from unnest(:numbers, :from, :to) as gap (number, begins, ends)
                 cross join lateral (
                       select run_id, sequence
                         from host_sample
                        where machine_id = :machine
                          and time < timestamptz 'epoch' + gap.begins * interval '1 millisecond'
                          and time >= timestamptz 'epoch' + (gap.begins - :reach) * interval '1 millisecond'
                        order by time desc
                        limit 1) as before
                 cross join lateral (
                       select run_id, sequence, duration_millis
                         from host_sample
                        where machine_id = :machine
                          and time >= timestamptz 'epoch' + gap.ends * interval '1 millisecond'
                          and time < timestamptz 'epoch' + (gap.ends + :reach) * interval '1 millisecond'
                        order by time
                        limit 1) as after
                """)) {
            query.bind("machine", machine)
                    .bind("reach", NEIGHBOUR_MILLIS)
                    .bindArray("numbers", Integer.class, numbers.toArray())
                    .bindArray(
                            "from",
                            Long.class,
                            numbers.stream().map(i -> stretches.get(i)[0]).toArray())
                    .bindArray(
                            "to",
                            Long.class,
                            numbers.stream().map(i -> stretches.get(i)[1]).toArray())
                    .map((row, context) -> neighbours.put(row.getInt("number"), neighbours(row)))
                    .forEach(_ -> {});
        }
    }

    private static Neighbours neighbours(ResultSet row) throws SQLException {
        return new Neighbours(
                row.getInt("before_run"),
                row.getLong("before_sequence"),
                row.getInt("after_run"),
                row.getLong("after_sequence"),
                row.getLong("duration_millis"));
    }

    /** The samples beside a gap. */
    private record Neighbours(int beforeRun, long beforeSequence, int afterRun, long afterSequence, long afterMillis) {
        /** First number of the later sample's run that was taken after the earlier sample. */
        long firstTaken() {
            return beforeRun == afterRun ? beforeSequence + 1 : 1;
        }
    }
}

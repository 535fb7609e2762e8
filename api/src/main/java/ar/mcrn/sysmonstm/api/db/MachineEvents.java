package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.CoverageView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Events of a machine that touch a stretch of time, newest first, at most a number. */
final class MachineEvents {
    private MachineEvents() {}

    static List<MachineEvent> read(Handle handle, int machine, long from, long to, int most) {
        try (Query query = handle.createQuery("""
                select run_id, run, kind, (extract(epoch from time) * 1000)::bigint as at,
                       (extract(epoch from from_time) * 1000)::bigint as "from",
                       (extract(epoch from to_time) * 1000)::bigint as "to",
                       first_sequence, last_sequence, detail
                  from machine_event
                  join run using (machine_id, run_id)
                 where machine_id = :machine
                   and greatest(time, coalesce(to_time, time)) >= :from
                   and least(time, coalesce(from_time, time)) < :to
                 order by time desc, event_sequence desc
                 limit :most
                """)) {
            return query.bind("machine", machine)
                    .bind("from", Instant.ofEpochMilli(from))
                    .bind("to", Instant.ofEpochMilli(to))
                    .bind("most", most)
                    .map((row, context) -> event(row))
                    .list();
        }
    }

    private static MachineEvent event(ResultSet row) throws SQLException {
        return new MachineEvent(
                row.getInt("run_id"),
                row.getLong("run"),
                row.getString("kind"),
                row.getLong("at"),
                nullable(row, "from"),
                nullable(row, "to"),
                nullable(row, "first_sequence"),
                nullable(row, "last_sequence"),
                row.getString("detail"));
    }

    private static Long nullable(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    /**
     * What happened to the machine.
     *
     * @param from start of the stretch that it explains; null = none
     * @param first first sample that it explains; null = none
     */
    record MachineEvent(
            int runId, long run, String kind, long at, Long from, Long to, Long first, Long last, String detail) {

        /** Whether it happened within a stretch, or explains part of it. */
        boolean touches(long start, long end) {
            boolean within = at >= start && at <= end;
            boolean stretch = !kind.equals("run_start") && from != null && to != null && from <= end && to >= start;
            return within || stretch;
        }

        /** Whether it speaks of samples of a run between two numbers. */
        boolean speaksOf(int ofRun, long least, long greatest) {
            return runId == ofRun && first != null && last != null && first <= greatest && last >= least;
        }

        CoverageView.Event view() {
            return new CoverageView.Event(kind, at, from, to, Long.toHexString(run), first, last, detail);
        }
    }
}

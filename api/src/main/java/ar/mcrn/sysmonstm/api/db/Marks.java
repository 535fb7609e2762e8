package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.core.TierMarks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * What of each tier is there, read in the transaction that reads the rows: one snapshot, so that a rollup between the two
 * cannot show a row twice or hide one.
 */
final class Marks {
    private static final Duration ACCEPTED_LESS = Duration.ofHours(2);

    private Marks() {}

    static TierMarks read(Handle handle, Instant now) {
        boolean tiers = handle.createQuery("select to_regclass('history_tier') is not null")
                .mapTo(Boolean.class)
                .one();
        if (!tiers) {
            return TierMarks.rawOnly();
        }
        try (Query query = handle.createQuery("""
                select (extract(epoch from raw.retention) * 1000)::bigint as retention,
                       case when isfinite(raw.kept_from)
                            then ceil(extract(epoch from raw.kept_from) * 1000)::bigint end as raw_from,
                       case when isfinite(minute.kept_from)
                            then ceil(extract(epoch from minute.kept_from) * 1000)::bigint end as minute_from,
                       case when isfinite(minute.rolled_until)
                            then (extract(epoch from minute.rolled_until) * 1000)::bigint end as minutes_until,
                       case when isfinite(hour.rolled_until)
                            then (extract(epoch from hour.rolled_until) * 1000)::bigint end as hours_until,
                       case when isfinite(state.horizon)
                            then (extract(epoch from state.horizon) * 1000)::bigint end as horizon
                  from history_tier raw, history_tier minute, history_tier hour, history_state state
                 where raw.tier = 'raw' and minute.tier = 'minute' and hour.tier = 'hour'
                """)) {
            return query.map((row, context) -> marks(row, now)).one();
        }
    }

    private static TierMarks marks(ResultSet row, Instant now) throws SQLException {
        long accepted =
                now.minusMillis(row.getLong("retention")).plus(ACCEPTED_LESS).toEpochMilli();
        return new TierMarks(
                orElse(row, "raw_from", TierMarks.ALWAYS),
                orElse(row, "minute_from", TierMarks.ALWAYS),
                orElse(row, "minutes_until", TierMarks.NEVER),
                orElse(row, "hours_until", TierMarks.NEVER),
                Math.max(accepted, orElse(row, "horizon", TierMarks.ALWAYS)));
    }

    private static long orElse(ResultSet row, String column, long none) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? none : value;
    }
}

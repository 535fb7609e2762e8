package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.api.api.AlertView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import org.jdbi.v3.core.statement.Query;

/** Alert episodes as alerts/service wrote them. Any thread. */
public final class AlertReads {
    private static final int MOST = 1_000;

    private final Reads reads;

    /** Reads by these transactions. */
    public AlertReads(Reads reads) {
        this.reads = reads;
    }

    /**
     * Open episodes and those resolved within 24 h, newest start first, at most 1,000.
     *
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public List<AlertView> recent() {
        return read("""
                select * from (
                    select * from alert_episode where state <> 'resolved'
                    union all
                    select * from alert_episode where state = 'resolved' and resolved_at > now() - interval '24 hours'
                ) as episodes
                order by started_at desc, id
                limit :most
                """);
    }

    /**
     * Open episodes, newest start first, at most 1,000.
     *
     * @throws DatabaseDown when the database cannot be reached or takes longer than 5 s
     */
    public List<AlertView> open() {
        return read("""
                select * from alert_episode where state <> 'resolved' order by started_at desc, id limit :most
                """);
    }

    private List<AlertView> read(String sql) {
        return reads.read(handle -> {
            try (Query query = handle.createQuery(sql)) {
                return query.bind("most", MOST)
                        .map((row, context) -> alert(row))
                        .list();
            }
        });
    }

    private static AlertView alert(ResultSet row) throws SQLException {
        return new AlertView(
                row.getString("id"),
                row.getString("rule"),
                row.getString("machine"),
                row.getString("series"),
                row.getString("state"),
                row.getString("severity"),
                row.getString("message"),
                row.getTimestamp("started_at").getTime(),
                millis(row.getTimestamp("fired_at")),
                millis(row.getTimestamp("resolved_at")),
                row.getDouble("value"),
                row.getDouble("threshold"),
                row.getString("reason"));
    }

    private static Long millis(Timestamp time) {
        return time == null ? null : time.getTime();
    }
}

package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Update;

/**
 * Rows of {@code alert_episode} and {@code notification}. Every method is one transaction and throws what JDBI throws; nothing
 * was written then, or it is unknown, and writing the same again is harmless.
 */
final class EpisodeStore {
    /** Resolved episodes younger than this are loaded. */
    static final Duration RECENT = Duration.ofHours(24);
    /** Resolved episodes older than this are deleted with their notifications. */
    static final Duration KEPT = Duration.ofDays(90);

    private static final String OPEN_OR_RECENT = "(state <> 'resolved' or resolved_at > :since)";

    private static final String SUPERSEDE = """
            update alert_episode
            set state = 'resolved', resolved_at = greatest(started_at, :started_at), reason = 'notSeen', updated_at = now()
            where rule = :rule and machine = :machine and series = :series and state <> 'resolved' and id <> :id
            """;

    private static final String UPSERT = """
            insert into alert_episode (id, rule, machine, series, state, severity, message, started_at, fired_at,
                resolved_at, value, threshold, reason, updated_at)
            values (:id, :rule, :machine, :series, :state, :severity, :message, :started_at, :fired_at,
                :resolved_at, :value, :threshold, :reason, now())
            on conflict (id) do update set state = excluded.state, severity = excluded.severity,
                message = excluded.message, started_at = excluded.started_at, fired_at = excluded.fired_at,
                resolved_at = excluded.resolved_at, value = excluded.value, threshold = excluded.threshold,
                reason = excluded.reason, updated_at = now()
            """;

    private static final String NOTIFIED = """
            insert into notification (episode_id, kind, channel, outcome, attempts, finished_at, detail)
            select :episode_id, :kind, :channel, :outcome, :attempts, :finished_at, :detail
            where exists (select from alert_episode where id = :episode_id)
            on conflict (episode_id, kind, channel) do update set outcome = excluded.outcome,
                attempts = excluded.attempts, finished_at = excluded.finished_at, detail = excluded.detail
            """;

    private final Jdbi jdbi;

    /**
     * One row of {@code notification}.
     *
     * @param told what and where
     * @param sent or given up
     * @param attempts made
     * @param finished when
     * @param detail answer or failure
     */
    record Outcome(Notifications.Told told, boolean sent, int attempts, Instant finished, String detail) {}

    EpisodeStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Whether it is there. */
    void ask() {
        jdbi.useHandle(handle -> handle.execute("select from alert_episode limit 1"));
    }

    /** Open episodes and those resolved within {@link #RECENT}, oldest first. */
    List<AlertEpisode> load() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select * from alert_episode where " + OPEN_OR_RECENT + " order by started_at, id")
                .bind("since", since())
                .map((row, context) -> episode(row))
                .list());
    }

    /** What was told of the episodes that {@link #load} gives. */
    List<Notifications.Told> told() {
        return jdbi.withHandle(handle -> handle.createQuery("select episode_id, kind, channel from notification "
                        + "join alert_episode on id = episode_id where " + OPEN_OR_RECENT)
                .bind("since", since())
                .map((row, context) -> new Notifications.Told(
                        row.getString("episode_id"),
                        row.getString("kind").equals("firing") ? NotificationKind.FIRING : NotificationKind.RESOLVED,
                        row.getString("channel")))
                .list());
    }

    private static Timestamp since() {
        return Timestamp.from(Instant.now().minus(RECENT));
    }

    /** Inserts, updates, or, in state inactive, deletes. Another open row of the same series is resolved. */
    void write(List<AlertEpisode> episodes) {
        jdbi.useTransaction(handle -> episodes.forEach(episode -> write(handle, episode)));
    }

    private static void write(Handle handle, AlertEpisode episode) {
        if (episode.getState() == AlertState.ALERT_STATE_INACTIVE) {
            handle.createUpdate("delete from alert_episode where id = :id")
                    .bind("id", episode.getId())
                    .execute();
            return;
        }
        boolean resolved = episode.getState() == AlertState.ALERT_STATE_RESOLVED;
        if (!resolved) {
            try (Update supersede = handle.createUpdate(SUPERSEDE)) {
                key(supersede, episode)
                        .bind("started_at", Timestamp.from(Instant.ofEpochMilli(episode.getStartMillis())))
                        .execute();
            }
        }
        boolean firing = episode.getState() == AlertState.ALERT_STATE_FIRING;
        long fired = episode.getFiredMillis() == 0 && firing ? episode.getStartMillis() : episode.getFiredMillis();
        long ended = resolved && episode.getResolvedMillis() == 0
                ? Math.max(fired, episode.getStartMillis())
                : episode.getResolvedMillis();
        try (Update upsert = handle.createUpdate(UPSERT)) {
            key(upsert, episode)
                    .bind("state", text(episode.getState()))
                    .bind("severity", episode.getSeverity())
                    .bind("message", clean(episode.getMessage()))
                    .bind("started_at", Timestamp.from(Instant.ofEpochMilli(episode.getStartMillis())))
                    .bind("fired_at", time(fired))
                    .bind("resolved_at", resolved ? time(ended) : null)
                    .bind("value", episode.getValue())
                    .bind("threshold", episode.getThreshold())
                    .bind("reason", episode.getReason())
                    .execute();
        }
    }

    private static Update key(Update update, AlertEpisode episode) {
        return update.bind("id", episode.getId())
                .bind("rule", episode.getRule())
                .bind("machine", clean(episode.getMachine()))
                .bind("series", clean(episode.getSeries()));
    }

    /** Writes what became of notifications; those of episodes without a row are left out. */
    void notified(List<Outcome> outcomes) {
        jdbi.useTransaction(handle -> {
            try (PreparedBatch batch = handle.prepareBatch(NOTIFIED)) {
                for (Outcome outcome : outcomes) {
                    batch.bind("episode_id", outcome.told().episode())
                            .bind("kind", outcome.told().kind().text())
                            .bind("channel", outcome.told().channel())
                            .bind("outcome", outcome.sent() ? "sent" : "failed")
                            .bind("attempts", outcome.attempts())
                            .bind("finished_at", Timestamp.from(outcome.finished()))
                            .bind("detail", clean(outcome.detail()))
                            .add();
                }
                batch.execute();
            }
        });
    }

    /** Deletes what is older than {@link #KEPT}. */
    void deleteOld() {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "delete from alert_episode where state = 'resolved' and resolved_at < :until")
                .bind("until", Timestamp.from(Instant.now().minus(KEPT)))
                .execute());
    }

    private static String text(AlertState state) {
        return switch (state) {
            case ALERT_STATE_PENDING -> "pending";
            case ALERT_STATE_FIRING -> "firing";
            case ALERT_STATE_RESOLVED -> "resolved";
            case ALERT_STATE_INACTIVE, ALERT_STATE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("BUG: state has no row: " + state);
        };
    }

    private static AlertState state(String text) {
        return switch (text) {
            case "pending" -> AlertState.ALERT_STATE_PENDING;
            case "firing" -> AlertState.ALERT_STATE_FIRING;
            default -> AlertState.ALERT_STATE_RESOLVED;
        };
    }

    private static AlertEpisode episode(ResultSet row) throws SQLException {
        return AlertEpisode.newBuilder()
                .setId(row.getString("id"))
                .setRule(row.getString("rule"))
                .setMachine(row.getString("machine"))
                .setSeries(row.getString("series"))
                .setState(state(row.getString("state")))
                .setSeverity(row.getString("severity"))
                .setMessage(row.getString("message"))
                .setStartMillis(millis(row.getTimestamp("started_at")))
                .setFiredMillis(millis(row.getTimestamp("fired_at")))
                .setResolvedMillis(millis(row.getTimestamp("resolved_at")))
                .setValue(row.getDouble("value"))
                .setThreshold(row.getDouble("threshold"))
                .setReason(row.getString("reason"))
                .build();
    }

    private static long millis(Timestamp time) {
        return time == null ? 0 : time.getTime();
    }

    private static Timestamp time(long millis) {
        return millis == 0 ? null : Timestamp.from(Instant.ofEpochMilli(millis));
    }

    /** PostgreSQL's text holds no NUL. */
    private static String clean(String text) {
        return text.replace("\0", "");
    }
}

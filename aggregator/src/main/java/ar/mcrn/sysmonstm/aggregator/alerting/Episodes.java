package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.alerts.rules.AlertRule;
import ar.mcrn.sysmonstm.alerts.rules.EpisodeId;
import ar.mcrn.sysmonstm.alerts.rules.Reason;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.util.ArrayList;
import java.util.List;

/** Transitions of episodes without a series, kept in order until they are taken. One thread. */
final class Episodes {
    private final String aggregator;
    private List<AlertTransition> told = new ArrayList<>();

    /** Told by {@code aggregator}. */
    Episodes(String aggregator) {
        this.aggregator = aggregator;
    }

    /** One that fires, without reason and values. */
    static AlertEpisode.Builder of(AlertRule rule, String machine, long startMillis, String message, long firedMillis) {
        return AlertEpisode.newBuilder()
                .setId(EpisodeId.of(rule.name(), machine, "", startMillis))
                .setRule(rule.name())
                .setMachine(machine)
                .setState(AlertState.ALERT_STATE_FIRING)
                .setSeverity(rule.severity().text())
                .setMessage(message)
                .setStartMillis(startMillis)
                .setFiredMillis(firedMillis);
    }

    void begin(AlertEpisode episode, long nowMillis) {
        tell(episode, AlertState.ALERT_STATE_INACTIVE, nowMillis);
    }

    void resolve(AlertEpisode episode, Reason reason, long nowMillis) {
        AlertEpisode resolved = episode.toBuilder()
                .setState(AlertState.ALERT_STATE_RESOLVED)
                .setResolvedMillis(nowMillis)
                .setReason(reason.text())
                .build();
        tell(resolved, AlertState.ALERT_STATE_FIRING, nowMillis);
    }

    private void tell(AlertEpisode episode, AlertState from, long nowMillis) {
        told.add(AlertTransition.newBuilder()
                .setEpisode(episode)
                .setFrom(from)
                .setTimeMillis(nowMillis)
                .setAggregator(aggregator)
                .build());
    }

    /** Everything told since the last call. */
    List<AlertTransition> take() {
        List<AlertTransition> all = told;
        told = new ArrayList<>();
        return all;
    }
}

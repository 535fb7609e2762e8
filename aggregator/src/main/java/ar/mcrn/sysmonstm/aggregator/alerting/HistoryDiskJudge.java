package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.aggregator.retention.HistoryDisk;
import ar.mcrn.sysmonstm.alerts.rules.AlertMessages;
import ar.mcrn.sysmonstm.alerts.rules.AlertRule;
import ar.mcrn.sysmonstm.alerts.rules.Condition;
import ar.mcrn.sysmonstm.alerts.rules.Reason;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges whether the disk under the history is short of room, as an episode of the machine {@value MachineDownJudge#FLEET}.
 * Pure: time is given. One thread.
 */
final class HistoryDiskJudge {
    private final Episodes episodes;
    private final Map<String, AlertRule> rules = new TreeMap<>();
    private final Map<String, AlertEpisode> open = new TreeMap<>();
    private boolean isShort;
    private long sinceNanos;
    private long sinceMillis;

    HistoryDiskJudge(String aggregator) {
        this.episodes = new Episodes(aggregator);
    }

    /** Puts rules in force; what is open under rules that are gone ends. Returns what changed. */
    List<AlertTransition> use(RuleSet set, long nowMillis) {
        rules.clear();
        for (AlertRule rule : set.rules()) {
            if (rule.condition() instanceof Condition.HistoryDisk) {
                rules.put(rule.name(), rule);
            }
        }
        open.values().removeIf(episode -> {
            boolean gone = !rules.containsKey(episode.getRule());
            if (gone) {
                episodes.resolve(episode, Reason.RULE_REMOVED, nowMillis);
            }
            return gone;
        });
        return episodes.take();
    }

    /**
     * Looks once.
     *
     * @param disk as it was last seen; unknown changes nothing
     * @param nowNanos monotonic clock
     * @param nowMillis wall clock, for stamps
     * @return what changed, in order
     */
    List<AlertTransition> look(HistoryDisk.Look disk, long nowNanos, long nowMillis) {
        switch (disk.state()) {
            case UNKNOWN -> {
                return List.of();
            }
            case ROOM -> {
                isShort = false;
                open.values().forEach(episode -> episodes.resolve(episode, Reason.BELOW_CLEAR, nowMillis));
                open.clear();
            }
            case SHORT -> {
                if (!isShort) {
                    isShort = true;
                    sinceNanos = nowNanos;
                    sinceMillis = nowMillis;
                }
                rules.values().forEach(rule -> fire(rule, disk.text(), nowNanos, nowMillis));
            }
        }
        return episodes.take();
    }

    private void fire(AlertRule rule, String text, long nowNanos, long nowMillis) {
        if (open.containsKey(rule.name()) || nowNanos - sinceNanos < rule.hold().toNanos()) {
            return;
        }
        AlertEpisode episode = Episodes.of(
                        rule, MachineDownJudge.FLEET, sinceMillis, AlertMessages.historyDisk(rule, text), nowMillis)
                .setReason(Reason.ABOVE_THRESHOLD.text())
                .build();
        open.put(rule.name(), episode);
        episodes.begin(episode, nowMillis);
    }

    /** Everything open. */
    List<AlertEpisode> open() {
        return new ArrayList<>(open.values());
    }
}

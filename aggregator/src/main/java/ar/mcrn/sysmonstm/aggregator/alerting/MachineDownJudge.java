package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.alerts.rules.AlertMessages;
import ar.mcrn.sysmonstm.alerts.rules.AlertRule;
import ar.mcrn.sysmonstm.alerts.rules.Condition;
import ar.mcrn.sysmonstm.alerts.rules.Reason;
import ar.mcrn.sysmonstm.alerts.rules.RuleSet;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Judges which machines are down, from their last-seen stamps in hot state. Pure: time is given. One thread.
 *
 * <p>Silence is measured on the monotonic clock from the moment at which this judge saw a stamp stand still, so that only
 * time in which it was watching counts, and no step of a wall clock makes an alert. Stamps serve as identity: an episode
 * starts at the machine's last-seen stamp, whichever aggregator judges it, and ends when that stamp moves. A judge that was not
 * asked for more than {@value #PAUSE_SECONDS} s stood still with its whole process, and so did the way in: it begins anew.
 *
 * <p>When more than a fifth of the fleet goes silent together (at least {@value #FLEET_LEAST} machines), that is one episode
 * of the machine {@value #FLEET}; it ends when at most a tenth is left, whose machines are then told one by one.
 */
final class MachineDownJudge {
    /** Stands for the whole fleet where a machine's id would be. */
    static final String FLEET = "*";

    static final int FLEET_LEAST = 3;
    /** Five looks that did not happen. */
    static final int PAUSE_SECONDS = 10;

    private static final int NAMED = 5;
    /** Machines silent for longer are no part of the fleet that can go down at once. */
    private static final long FLEET_MILLIS = Duration.ofHours(24).toMillis();

    private final Episodes episodes;
    private final long graceNanos;
    private final Map<MachineId, Watch> watches = new HashMap<>();
    private List<Judgement> judgements = List.of();
    private boolean watching;
    private long watchingSinceNanos;
    private long lookedNanos;

    private record Watch(long lastSeenMillis, long sinceNanos) {}

    /** One machine-down rule with what it has found. */
    private static final class Judgement {
        private AlertRule rule;
        private final SortedMap<MachineId, AlertEpisode> down = new TreeMap<>();
        /** Machines of the fleet episode by their stamps. */
        private final SortedMap<MachineId, Long> covered = new TreeMap<>();

        private AlertEpisode fleet;

        Judgement(AlertRule rule) {
            this.rule = rule;
        }
    }

    MachineDownJudge(String aggregator, Duration grace) {
        this.episodes = new Episodes(aggregator);
        this.graceNanos = grace.toNanos();
    }

    /** Puts rules in force; what is open under rules that are gone ends. Returns what changed. */
    List<AlertTransition> use(RuleSet rules, long nowMillis) {
        Map<String, Judgement> before = new HashMap<>();
        judgements.forEach(judgement -> before.put(judgement.rule.name(), judgement));
        List<Judgement> now = new ArrayList<>();
        for (AlertRule rule : rules.rules()) {
            if (rule.condition() instanceof Condition.MachineDown) {
                Judgement known = before.remove(rule.name());
                Judgement judgement = known == null ? new Judgement(rule) : known;
                judgement.rule = rule;
                now.add(judgement);
            }
        }
        before.values().forEach(gone -> {
            gone.down.values().forEach(episode -> episodes.resolve(episode, Reason.RULE_REMOVED, nowMillis));
            if (gone.fleet != null) {
                episodes.resolve(gone.fleet, Reason.RULE_REMOVED, nowMillis);
            }
        });
        judgements = now;
        return episodes.take();
    }

    /** Hot state cannot be read: nothing is judged, and watching begins anew when it returns. Open episodes stay open. */
    void blind() {
        watching = false;
        watches.clear();
    }

    /** Whether it has watched for longer than the grace. */
    boolean isJudging(long nowNanos) {
        return watching && nowNanos - watchingSinceNanos >= graceNanos;
    }

    /**
     * Looks once.
     *
     * @param lastSeen stamps of all machines, Unix milliseconds
     * @param nowNanos monotonic clock
     * @param nowMillis wall clock, for stamps of transitions
     * @return what changed, in order
     */
    List<AlertTransition> look(SortedMap<MachineId, Long> lastSeen, long nowNanos, long nowMillis) {
        if (watching
                && nowNanos - lookedNanos > Duration.ofSeconds(PAUSE_SECONDS).toNanos()) {
            blind();
        }
        lookedNanos = nowNanos;
        if (!watching) {
            watching = true;
            watchingSinceNanos = nowNanos;
        }
        watches.keySet().retainAll(lastSeen.keySet());
        lastSeen.forEach((machine, stamp) -> watches.compute(
                machine,
                (id, known) -> known != null && known.lastSeenMillis() == stamp ? known : new Watch(stamp, nowNanos)));
        for (Judgement judgement : judgements) {
            endThoseBack(judgement, lastSeen, nowMillis);
            if (isJudging(nowNanos)) {
                judge(judgement, lastSeen, nowNanos, nowMillis);
            }
        }
        return episodes.take();
    }

    private void endThoseBack(Judgement judgement, SortedMap<MachineId, Long> lastSeen, long nowMillis) {
        judgement.down.entrySet().removeIf(entry -> {
            Long stamp = lastSeen.get(entry.getKey());
            boolean covers = judgement.rule.machines().matches(entry.getKey());
            if (covers && stamp != null && stamp == entry.getValue().getStartMillis()) {
                return false;
            }
            Reason reason = !covers ? Reason.RULE_REMOVED : stamp == null ? Reason.NO_DATA : Reason.MACHINE_BACK;
            episodes.resolve(entry.getValue(), reason, nowMillis);
            return true;
        });
        judgement.covered.entrySet().removeIf(entry -> !entry.getValue().equals(lastSeen.get(entry.getKey())));
    }

    private void judge(Judgement judgement, SortedMap<MachineId, Long> lastSeen, long nowNanos, long nowMillis) {
        AlertRule rule = judgement.rule;
        long holdNanos = rule.hold().toNanos();
        SortedMap<MachineId, Long> due = new TreeMap<>();
        int fleet = 0;
        int silent = 0;
        for (Map.Entry<MachineId, Long> entry : lastSeen.entrySet()) {
            MachineId machine = entry.getKey();
            if (!rule.machines().matches(machine)) {
                continue;
            }
            boolean ofFleet = nowMillis - entry.getValue() < FLEET_MILLIS;
            fleet += ofFleet ? 1 : 0;
            if (judgement.down.containsKey(machine)) {
                continue;
            }
            long silence = nowNanos - watches.get(machine).sinceNanos();
            // Those half way count: machines that went together are never due in the same look.
            silent += ofFleet && silence >= holdNanos / 2 ? 1 : 0;
            if (silence >= holdNanos) {
                due.put(machine, entry.getValue());
            }
        }
        boolean together = judgement.fleet == null ? silent >= FLEET_LEAST && silent * 5 > fleet : silent * 10 > fleet;
        if (together && !due.isEmpty()) {
            judgeTogether(judgement, due, lastSeen.size(), nowMillis);
        } else if (judgement.fleet != null) {
            endFleet(judgement, nowMillis);
        }
        if (judgement.fleet == null) {
            due.forEach((machine, stamp) -> fire(judgement, machine, stamp, nowNanos, nowMillis));
        }
    }

    private void judgeTogether(Judgement judgement, SortedMap<MachineId, Long> due, int machines, long nowMillis) {
        due.forEach((machine, stamp) -> {
            if (nowMillis - stamp < FLEET_MILLIS) {
                judgement.covered.put(machine, stamp);
            }
        });
        if (judgement.covered.isEmpty()) {
            return;
        }
        boolean begins = judgement.fleet == null;
        long start = begins
                ? judgement.covered.values().stream().min(Long::compare).orElseThrow()
                : judgement.fleet.getStartMillis();
        List<String> names = new TreeSet<>(judgement.covered.keySet())
                .stream().limit(NAMED).map(MachineId::value).toList();
        String message = judgement.covered.size() + " of " + machines + " machines are down: "
                + String.join(", ", names) + (judgement.covered.size() > NAMED ? ", ..." : "");
        judgement.fleet = episode(
                        judgement.rule, FLEET, start, message, begins ? nowMillis : judgement.fleet.getFiredMillis())
                .setValue(judgement.covered.size())
                .build();
        if (begins) {
            episodes.begin(judgement.fleet, nowMillis);
        }
    }

    private void endFleet(Judgement judgement, long nowMillis) {
        episodes.resolve(judgement.fleet, Reason.MACHINE_BACK, nowMillis);
        judgement.fleet = null;
        judgement.covered.clear();
    }

    private void fire(Judgement judgement, MachineId machine, long stamp, long nowNanos, long nowMillis) {
        long silentMillis = (nowNanos - watches.get(machine).sinceNanos()) / 1_000_000;
        AlertEpisode episode = episode(
                        judgement.rule,
                        machine.value(),
                        stamp,
                        AlertMessages.machineDown(judgement.rule, machine.value(), silentMillis),
                        nowMillis)
                .setValue(silentMillis / 1000.0)
                .build();
        judgement.down.put(machine, episode);
        episodes.begin(episode, nowMillis);
    }

    private static AlertEpisode.Builder episode(
            AlertRule rule, String machine, long start, String message, long firedMillis) {
        return Episodes.of(rule, machine, start, message, firedMillis)
                .setThreshold(rule.hold().toMillis() / 1000.0)
                .setReason(Reason.MACHINE_DOWN.text());
    }

    /** Everything open. */
    List<AlertEpisode> open() {
        List<AlertEpisode> open = new ArrayList<>();
        for (Judgement judgement : judgements) {
            open.addAll(judgement.down.values());
            if (judgement.fleet != null) {
                open.add(judgement.fleet);
            }
        }
        return open;
    }
}

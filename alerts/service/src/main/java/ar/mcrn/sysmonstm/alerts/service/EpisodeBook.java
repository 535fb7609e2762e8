package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.alerts.rules.Reason;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertEpisode;
import ar.mcrn.sysmonstm.v1.AlertState;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Open episodes and those that ended lately, from what aggregators announce in any order and more than once. No I/O, no
 * clock. At most one episode is open per (rule, machine, series): a different start joins it and it keeps its first id. All
 * methods may be called from any thread.
 *
 * <p>Transitions make changes at once; announcements are level-triggered and heal what was lost: what they name is open, and
 * what two of them in a row miss although they name its machine has ended ({@link Reason#NOT_SEEN}). An episode that ended so
 * opens again when it is named after all; one that ended by a transition does not: copies that come late change nothing.
 */
final class EpisodeBook {
    /** Announcements that must miss an episode. */
    static final int MISSES = 2;
    /** Ended episodes remembered to tell late copies; the oldest go. */
    static final int ENDED = 10_000;
    /** Open episodes kept; further ones are refused and counted. */
    static final int OPEN = 50_000;

    private static final int AGGREGATORS = 1_000;

    private final Map<Key, Open> open = new LinkedHashMap<>();
    private final Map<String, AlertEpisode> ended = oldestGo(ENDED);
    private final Map<String, Long> announced = oldestGo(AGGREGATORS);
    private long refused;

    private record Key(String rule, String machine, String series) {
        static Key of(AlertEpisode episode) {
            return new Key(episode.getRule(), episode.getMachine(), episode.getSeries());
        }
    }

    private static final class Open {
        private AlertEpisode episode;
        private final Set<String> joined = new HashSet<>();
        private int misses;

        Open(AlertEpisode episode) {
            this.episode = episode;
            joined.add(episode.getId());
        }
    }

    private static <K, V> Map<K, V> oldestGo(int size) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > size;
            }
        };
    }

    /** Takes one transition; at most one change. */
    synchronized List<EpisodeChange> transition(AlertTransition transition) {
        AlertEpisode episode = transition.getEpisode();
        return switch (episode.getState()) {
            case ALERT_STATE_PENDING, ALERT_STATE_FIRING -> list(holds(episode, 0));
            case ALERT_STATE_RESOLVED -> list(resolve(episode));
            case ALERT_STATE_INACTIVE -> list(drop(episode, transition.getTimeMillis()));
            case ALERT_STATE_UNSPECIFIED, UNRECOGNIZED -> List.of();
        };
    }

    /** Takes one announcement; a copy of the aggregator's last one counts for nothing. */
    synchronized List<EpisodeChange> announcement(AlertAnnouncement announcement) {
        Long last = announced.put(announcement.getAggregator(), announcement.getTimeMillis());
        if (last != null && last >= announcement.getTimeMillis()) {
            return List.of();
        }
        List<EpisodeChange> changes = new ArrayList<>();
        Set<Key> named = new HashSet<>();
        for (AlertEpisode episode : announcement.getEpisodesList()) {
            if (episode.getState() == AlertState.ALERT_STATE_PENDING
                    || episode.getState() == AlertState.ALERT_STATE_FIRING) {
                named.add(Key.of(episode));
                holds(episode, announcement.getTimeMillis()).ifPresent(changes::add);
            }
        }
        Set<String> machines = new HashSet<>(announcement.getMachinesList());
        for (Map.Entry<Key, Open> entry : List.copyOf(open.entrySet())) {
            if (named.contains(entry.getKey())) {
                entry.getValue().misses = 0;
            } else if (machines.contains(entry.getKey().machine()) && ++entry.getValue().misses >= MISSES) {
                changes.add(end(entry.getKey(), entry.getValue(), Reason.NOT_SEEN, announcement.getTimeMillis()));
            }
        }
        return changes;
    }

    private Optional<EpisodeChange> holds(AlertEpisode said, long announcedMillis) {
        Key key = Key.of(said);
        Open known = open.get(key);
        if (known != null) {
            return join(known, said);
        }
        AlertEpisode before = ended.get(said.getId());
        boolean mistaken = before != null
                && before.getReason().equals(Reason.NOT_SEEN.text())
                && announcedMillis > before.getResolvedMillis();
        if (before != null && !mistaken) {
            return Optional.empty();
        }
        if (open.size() >= OPEN) {
            refused++;
            return Optional.empty();
        }
        ended.remove(said.getId());
        open.put(key, new Open(said));
        return Optional.of(new EpisodeChange(said));
    }

    /** Another word about an open episode: it may begin to fire and take a newer value, but keeps id and start. */
    private static Optional<EpisodeChange> join(Open known, AlertEpisode said) {
        known.misses = 0;
        known.joined.add(said.getId());
        boolean fires = said.getState() == AlertState.ALERT_STATE_FIRING
                && known.episode.getState() == AlertState.ALERT_STATE_PENDING;
        AlertEpisode.Builder next = known.episode.toBuilder()
                .setValue(said.getValue())
                .setMessage(said.getMessage())
                .setThreshold(said.getThreshold())
                .setSeverity(said.getSeverity());
        if (fires) {
            next.setState(AlertState.ALERT_STATE_FIRING)
                    .setFiredMillis(said.getFiredMillis())
                    .setReason(said.getReason());
        }
        AlertEpisode episode = next.build();
        if (episode.equals(known.episode)) {
            return Optional.empty();
        }
        known.episode = episode;
        return Optional.of(new EpisodeChange(episode));
    }

    private Optional<EpisodeChange> resolve(AlertEpisode said) {
        Key key = Key.of(said);
        Open known = open.remove(key);
        if (known == null) {
            // Its beginning was lost, or this is a copy of its end.
            return ended.putIfAbsent(said.getId(), said) == null
                    ? Optional.of(new EpisodeChange(said))
                    : Optional.empty();
        }
        AlertEpisode episode = known.episode.toBuilder()
                .setState(AlertState.ALERT_STATE_RESOLVED)
                .setFiredMillis(
                        known.episode.getFiredMillis() == 0 ? said.getFiredMillis() : known.episode.getFiredMillis())
                .setResolvedMillis(said.getResolvedMillis())
                .setValue(said.getValue())
                .setReason(said.getReason())
                .build();
        known.joined.add(said.getId());
        remember(known, episode);
        return Optional.of(new EpisodeChange(episode));
    }

    private Optional<EpisodeChange> drop(AlertEpisode said, long timeMillis) {
        Key key = Key.of(said);
        Open known = open.get(key);
        if (known == null || known.episode.getState() == AlertState.ALERT_STATE_FIRING) {
            // One that fires by another aggregator's word ends by that one's word, or by not being seen.
            ended.putIfAbsent(said.getId(), said);
            return Optional.empty();
        }
        open.remove(key);
        AlertEpisode episode = known.episode.toBuilder()
                .setState(AlertState.ALERT_STATE_INACTIVE)
                .setResolvedMillis(timeMillis)
                .setReason(said.getReason())
                .build();
        remember(known, episode);
        return Optional.of(new EpisodeChange(episode));
    }

    private EpisodeChange end(Key key, Open known, Reason reason, long timeMillis) {
        open.remove(key);
        boolean fired = known.episode.getState() == AlertState.ALERT_STATE_FIRING;
        AlertEpisode episode = known.episode.toBuilder()
                .setState(fired ? AlertState.ALERT_STATE_RESOLVED : AlertState.ALERT_STATE_INACTIVE)
                .setResolvedMillis(Math.max(timeMillis, known.episode.getFiredMillis()))
                .setReason(reason.text())
                .build();
        remember(known, episode);
        return new EpisodeChange(episode);
    }

    private void remember(Open known, AlertEpisode episode) {
        // An id that joined may have ended by itself before: how it ended stays.
        known.joined.forEach(id -> ended.putIfAbsent(id, episode));
        ended.put(episode.getId(), episode);
    }

    private static List<EpisodeChange> list(Optional<EpisodeChange> change) {
        return change.map(List::of).orElseGet(List::of);
    }

    /**
     * Takes what the database knows, at the start or when it is back. What is here is newer, but an open row is the first
     * id of its series.
     *
     * @return open episodes that now carry the row's id and start, to be written
     */
    synchronized List<EpisodeChange> load(List<AlertEpisode> rows) {
        List<EpisodeChange> changes = new ArrayList<>();
        for (AlertEpisode row : rows) {
            if (row.getState() == AlertState.ALERT_STATE_RESOLVED) {
                ended.putIfAbsent(row.getId(), row);
            } else if (!ended.containsKey(row.getId())) {
                loadOpen(row).ifPresent(changes::add);
            }
        }
        return changes;
    }

    private Optional<EpisodeChange> loadOpen(AlertEpisode row) {
        Open known = open.get(Key.of(row));
        if (known == null) {
            open.put(Key.of(row), new Open(row));
            return Optional.empty();
        }
        if (known.episode.getId().equals(row.getId())) {
            return Optional.empty();
        }
        AlertEpisode.Builder merged =
                known.episode.toBuilder().setId(row.getId()).setStartMillis(row.getStartMillis());
        if (row.getState() == AlertState.ALERT_STATE_FIRING) {
            merged.setState(row.getState()).setFiredMillis(row.getFiredMillis());
        }
        known.episode = merged.build();
        known.joined.add(row.getId());
        return Optional.of(new EpisodeChange(known.episode));
    }

    /** Open episodes, oldest first. */
    synchronized List<AlertEpisode> open() {
        return open.values().stream().map(each -> each.episode).toList();
    }

    /** Open episodes and resolved ones still remembered, each once. */
    synchronized List<AlertEpisode> remembered() {
        Map<String, AlertEpisode> all = new HashMap<>();
        ended.values().stream()
                .filter(episode -> episode.getState() == AlertState.ALERT_STATE_RESOLVED)
                .forEach(episode -> all.put(episode.getId(), episode));
        open.values().forEach(each -> all.put(each.episode.getId(), each.episode));
        return List.copyOf(all.values());
    }

    /** Open episodes refused since the book was full. */
    synchronized long refused() {
        return refused;
    }
}

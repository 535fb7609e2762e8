package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.v1.AlertEpisode;

/**
 * One thing to tell people.
 *
 * @param kind what
 * @param episode of which episode, as it was when this was decided
 */
record Notification(NotificationKind kind, AlertEpisode episode) {
    /** Equal on every copy: the episode's id and the kind. */
    String idempotencyKey() {
        return episode.getId() + "-" + kind.text();
    }
}

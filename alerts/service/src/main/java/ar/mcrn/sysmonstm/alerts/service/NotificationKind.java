package ar.mcrn.sysmonstm.alerts.service;

import java.util.Locale;

/** What people are told of an episode. */
enum NotificationKind {
    /** It began to fire. */
    FIRING,
    /** It ended. */
    RESOLVED;

    /** Name in JSON and rows. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package ar.mcrn.sysmonstm.alerts.rules;

import java.util.Locale;
import java.util.Optional;

/** How much a firing rule matters. In files and JSON in lower case. */
public enum Severity {
    /** Worth knowing. */
    INFO,
    /** Worth a look within hours. */
    WARNING,
    /** Worth waking somebody. */
    CRITICAL;

    /** Name in files and JSON. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By {@link #text()}; empty where there is none of that name. */
    public static Optional<Severity> of(String text) {
        for (Severity severity : values()) {
            if (severity.text().equals(text)) {
                return Optional.of(severity);
            }
        }
        return Optional.empty();
    }
}

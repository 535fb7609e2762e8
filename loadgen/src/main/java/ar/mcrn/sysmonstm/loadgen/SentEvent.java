package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import java.util.Locale;

/**
 * What an event of a simulated agent says; it is sent again as it was sent first. 0 = not said.
 *
 * @param kind name as {@code machine_event} has it
 * @param timeMillis when it happened, Unix milliseconds
 * @param fromMillis start of the stretch it explains, Unix milliseconds
 * @param toMillis end of that stretch, Unix milliseconds
 * @param firstSequence first sample it explains
 * @param lastSequence last sample it explains
 */
record SentEvent(String kind, long timeMillis, long fromMillis, long toMillis, long firstSequence, long lastSequence) {

    private static final String PREFIX = "EVENT_KIND_";

    static SentEvent of(Event event) {
        return new SentEvent(
                event.getKind().name().substring(PREFIX.length()).toLowerCase(Locale.ROOT),
                event.getTimeMillis(),
                event.getFromMillis(),
                event.getToMillis(),
                event.getFirstSequence(),
                event.getLastSequence());
    }

    /** Text for people that goes with events of a kind. */
    static String detail(EventKind kind) {
        return kind == EventKind.EVENT_KIND_RUN_START ? "simulated" : "";
    }

    /** The text that went with it. */
    String detail() {
        return detail(EventKind.valueOf(PREFIX + kind.toUpperCase(Locale.ROOT)));
    }
}

package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Judges an event against the limits of the contract. */
final class EventCheck {
    private EventCheck() {}

    /** What is wrong with it; empty where nothing is. */
    static Optional<String> fault(Event event) {
        if (event.getEventSequence() <= 0 || event.getRun() <= 0) {
            return Optional.of("event: run or event_sequence");
        }
        if (event.getKind() == EventKind.UNRECOGNIZED || event.getKind() == EventKind.EVENT_KIND_UNSPECIFIED) {
            return Optional.of("event: kind");
        }
        if (event.getTimeMillis() < 0
                || event.getFromMillis() < 0
                || event.getToMillis() < 0
                || event.getFirstSequence() < 0
                || event.getLastSequence() < 0) {
            return Optional.of("event: a number beyond 2^63-1");
        }
        String detail = event.getDetail();
        if (detail.getBytes(StandardCharsets.UTF_8).length > Limits.VALUE_BYTES || detail.indexOf('\0') >= 0) {
            return Optional.of("event: detail");
        }
        return Optional.empty();
    }
}

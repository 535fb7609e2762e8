package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.AlertAnnouncement;
import ar.mcrn.sysmonstm.v1.AlertTransition;
import java.util.List;

/** What goes from evaluation to the sender. */
sealed interface Finding {
    /** What one sample changed, and the machine's state after it. */
    record Changes(MachineId machine, List<AlertTransition> transitions, AlertAnnouncement state) implements Finding {}

    /** What a judge by the clock found; there is no state to keep. */
    record Judged(List<AlertTransition> transitions) implements Finding {}

    /** Nothing: the sender shall look up. */
    record Wake() implements Finding {}

    /** The half-minute's summary. */
    record Summary(AlertAnnouncement announcement) implements Finding {}
}

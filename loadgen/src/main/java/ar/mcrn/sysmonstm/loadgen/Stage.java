package ar.mcrn.sysmonstm.loadgen;

import java.util.Locale;

/**
 * Stages of a sample on its way from its stamp to a viewer's frame, in order: each ends where the next begins; and beside that way the
 * one to its commit. Which service measures it, and as which series of its admin port, belongs to the stage.
 */
enum Stage {
    /** Stamp to receipt: the agent, the network, and what waits before the aggregator's event loop. */
    SAMPLED_TO_RECEIVED("sampledToReceived", true, "stage=\"sampled_to_received\""),
    /** Through the ring: waits for the hot handler's tick. */
    RECEIVED_TO_HANDLED("receivedToHandled", true, "stage=\"received_to_handled_by_hot\""),
    /** Waits for the sender, where its last round trip is still under way. */
    HANDLED_TO_ENCODED("handledToEncoded", true, "stage=\"handled_to_encoded\""),
    /** Through Redis and the api's queue into its live picture. */
    ENCODED_TO_HEARD("encodedToHeard", false, "stage=\"encoded_to_heard\""),
    /** Waits for the gap between two frames; the frame is made. */
    HEARD_TO_SENT("heardToSent", false, "stage=\"heard_to_sent\""),
    /** Through the history, of samples that came live; not on the way to a frame. */
    RECEIVED_TO_COMMITTED("receivedToCommitted", true, "lane=\"live\"");

    private final String jsonName;
    private final boolean ofAggregator;
    private final String label;

    Stage(String jsonName, boolean ofAggregator, String label) {
        this.jsonName = jsonName;
        this.ofAggregator = ofAggregator;
        this.label = label;
    }

    /** Name in the report. */
    String jsonName() {
        return jsonName;
    }

    /** Whether the aggregator measures it, not the api. */
    boolean isOfAggregator() {
        return ofAggregator;
    }

    /** Whether a line of the admin port's {@code /histograms} is this stage. */
    boolean isIn(String series) {
        return series.startsWith(metric()) && series.contains(label);
    }

    private String metric() {
        if (this == RECEIVED_TO_COMMITTED) {
            return "sysmonstm_received_to_committed_seconds{";
        }
        return ofAggregator ? "sysmonstm_stage_seconds{" : "sysmonstm_live_stage_seconds{";
    }

    /** A name in the report as words: {@code sampled to received}. */
    static String words(String jsonName) {
        return jsonName.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}

package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.v1.Lane;
import ar.mcrn.sysmonstm.v1.RejectReason;

/**
 * Hears what becomes of samples. Called on a gRPC thread while the uplink's lock is held: returns at once, and does not call the
 * uplink.
 */
public interface UplinkListener {
    /** A stream stands: the aggregator has answered. */
    default void connected() {}

    /** The stream ended, or could not be made. */
    default void disconnected(String reason) {}

    /** Samples were handed to gRPC. */
    default void sent(Lane lane, SequenceRange samples) {}

    /** Samples are committed; {@code known} of them were still kept here. */
    default void acknowledged(SequenceRange samples, int known) {}

    /** Samples are refused for good; {@code known} of them were still kept here. */
    default void rejected(RejectReason reason, SequenceRange samples, int known) {}

    /** Samples wait for backfill, since the history does not take them now. */
    default void deferred(SequenceRange samples) {}

    /** The clock was corrected forward by a second or more. */
    default void clockStepped(RunClock.Step step) {}

    /** Samples are lost in a message that the aggregator could not read, or were too large to send. */
    default void lost(SequenceRange samples, String detail) {}
}

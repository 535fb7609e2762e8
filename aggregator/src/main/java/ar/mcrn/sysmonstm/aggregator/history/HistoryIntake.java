package ar.mcrn.sysmonstm.aggregator.history;

import ar.mcrn.sysmonstm.aggregator.ingest.StreamOutcomes;
import ar.mcrn.sysmonstm.aggregator.ring.SampleSlot;
import ar.mcrn.sysmonstm.contract.MachineId;
import ar.mcrn.sysmonstm.v1.Event;
import com.lmax.disruptor.EventHandler;
import java.time.Duration;

/**
 * How samples and events enter the history. Every sample offered ends in exactly one outcome at its
 * {@link StreamOutcomes}: committed, rejected or deferred. Nothing here blocks or does I/O; the writer's own thread does.
 */
public interface HistoryIntake {

    /** The ring's history handler: encodes live samples into COPY buffers, or defers them when those are full. */
    EventHandler<SampleSlot> liveHandler();

    /**
     * Takes one backfill sample, encoded before the call returns.
     *
     * @return false when there is no room, which credit prevents; the caller defers it then
     */
    boolean offerBackfill(SampleSlot slot);

    /**
     * Takes one event of a machine.
     *
     * @return false when the event queue is full; the agent sends it again on its next stream
     */
    boolean offerEvent(MachineId machine, Event event, StreamOutcomes outcomes);

    /** A stream that wants credit: it is given some, round robin, whenever there is room, until {@link #leave}. */
    void join(StreamOutcomes stream);

    /** So many samples wait for backfill at the agent of this stream. With 0, what it has of credit lapses. */
    default void waiting(StreamOutcomes stream, int samples) {}

    /** So many samples more wait there, since the agent was told to send them again as backfill. */
    default void waitingToo(StreamOutcomes stream, int samples) {}

    /**
     * A sample came in on this stream's credit that is not offered, since it was refused before: agents count every sample
     * they send, so credit that it used is used.
     */
    void spent(StreamOutcomes stream);

    /** The stream has ended: credit it has not used is free again. */
    void leave(StreamOutcomes stream);

    /**
     * Oldest stamp accepted, as an age before now. Shrinks when the disk guard lets raw history go early, and grows back with
     * time.
     */
    Duration acceptHorizon();

    /** What became of all samples offered so far. */
    default Tally samples() {
        return Tally.NONE;
    }

    /** What became of all events offered so far. */
    default Tally events() {
        return Tally.NONE;
    }

    /**
     * Counts since the start; {@code received} is the sum of the others, exactly at rest and within one batch under load.
     *
     * @param received offered
     * @param stored went in
     * @param duplicate were there already
     * @param rejected refused for ever
     * @param deferred not taken, to be sent again
     * @param inFlight taken, without outcome yet
     */
    record Tally(long received, long stored, long duplicate, long rejected, long deferred, long inFlight) {
        static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0);
    }
}

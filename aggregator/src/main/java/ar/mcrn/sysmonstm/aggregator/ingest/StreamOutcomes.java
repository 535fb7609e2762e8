package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.v1.RejectReason;

/**
 * Where the outcomes of what one stream sent are gathered until the stream tells its agent. All methods may be called from
 * any thread, also after the stream has ended (then they do nothing), and never block.
 */
public interface StreamOutcomes {

    /** Committed by the database, now or earlier. */
    void committed(long run, long sequence);

    /** Refused for ever (or, for INVENTORY and NO_CREDIT, until the agent has mended it). */
    void rejected(RejectReason reason, long run, long sequence, String detail);

    /** Not taken by the history: the agent is to keep it and send it again as backfill. */
    void deferred(long run, long sequence);

    /** An event was committed. */
    void eventCommitted(long run, long eventSequence);

    /** An event was refused for ever. */
    void eventRejected(RejectReason reason, long run, long eventSequence, String detail);

    /** The history takes samples again after deferring. */
    void resumed();

    /** The stream may send this many more backfill samples. */
    void credit(int samples);
}

package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.v1.RejectReason;

/** Nobody asks what became of a sample; who asks for one kind of outcome extends this. */
public class NoOutcomes implements StreamOutcomes {
    @Override
    public void committed(long run, long sequence) {}

    @Override
    public void rejected(RejectReason reason, long run, long sequence, String detail) {}

    @Override
    public void deferred(long run, long sequence) {}

    @Override
    public void eventCommitted(long run, long eventSequence) {}

    @Override
    public void eventRejected(RejectReason reason, long run, long eventSequence, String detail) {}

    @Override
    public void resumed() {}

    @Override
    public void credit(int samples) {}
}

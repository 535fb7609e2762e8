package ar.mcrn.sysmonstm.agent.send;

/** The contract of the spool, in memory. */
class MemorySpoolTest extends SpoolContract {
    @Override
    Spool spool(int samples) {
        return new MemorySpool((long) samples * (SAMPLE_BYTES + MemorySpool.OVERHEAD_BYTES));
    }
}

package ar.mcrn.sysmonstm.bench.peers;

import java.util.Map;

/** One system that runs, under load by the simulated fleet from its start on. Closing ends its processes and removes its data. */
interface Peer extends AutoCloseable {
    /** Process ids of its parts, by name. */
    Map<String, Long> processes();

    /** Begins to send. */
    void begin() throws Exception;

    /** Host-samples it has accepted so far. */
    long accepted() throws Exception;

    /** Waits for the end of the load. */
    Outcome finish() throws Exception;

    @Override
    void close();

    /**
     * What became of the load.
     *
     * @param due host-samples of the schedule
     * @param accepted of them accepted when it ended
     * @param storedSamples of them in what was measured on disk
     * @param dataBytes on disk after all was flushed, without indexes
     * @param indexBytes indexes on disk
     * @param note what else must be said; empty for nothing
     */
    record Outcome(long due, long accepted, long storedSamples, long dataBytes, long indexBytes, String note) {}
}

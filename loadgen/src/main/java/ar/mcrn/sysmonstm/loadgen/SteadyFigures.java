package ar.mcrn.sysmonstm.loadgen;

import java.util.Map;

/**
 * Figures of the steady part of a run, in which all agents are there and caches are warm; the rest of the report is about the
 * whole run. {@code null} = not measured.
 *
 * @param seconds its length
 * @param samples sent for the first time in it
 * @param cpuMicrosPerSample user and system time of each process per sample, microseconds
 * @param ackMillis intended time of a sample to its acknowledgement
 * @param commitMillis receipt of a sample to its commit; null without the aggregator's admin port
 * @param frameMillis stamp of a sample to its frame at a WebSocket client
 * @param stageMillis the stages on that way that aggregator and api measure, in order, and last, with viewers, the whole of it as
 *     {@code sampledToFrame}; null without their admin ports
 */
record SteadyFigures(
        double seconds,
        long samples,
        Map<String, Double> cpuMicrosPerSample,
        Latency ackMillis,
        Latency commitMillis,
        Latency frameMillis,
        Map<String, StageLatency> stageMillis) {

    /** Name of the whole way among the stages. */
    static final String WHOLE = "sampledToFrame";
}

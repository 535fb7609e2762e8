package ar.mcrn.sysmonstm.loadgen;

import java.util.Map;

/**
 * Where a run stood at one moment, and the latencies since the one before: so before, during and after a fault can be told
 * apart. {@code null} = nothing was measured in it.
 *
 * @param atMillis the moment, Unix milliseconds
 * @param connected agents whose stream is welcome
 * @param issued samples taken so far
 * @param acknowledged samples acknowledged so far
 * @param unacknowledged samples without an outcome now
 * @param waiting samples that wait for backfill now
 * @param reconnects connections beyond the first of each run so far
 * @param viewers WebSocket clients connected
 * @param ackMillis intended time of a sample to its acknowledgement
 * @param frameMillis stamp of a sample to its frame at a WebSocket client
 * @param cores cores that each process kept busy since the one before
 * @param memoryMebibytes proportional set size of each process
 */
record LoadWindow(
        long atMillis,
        long connected,
        long issued,
        long acknowledged,
        long unacknowledged,
        long waiting,
        long reconnects,
        long viewers,
        Latency ackMillis,
        Latency frameMillis,
        Map<String, Double> cores,
        Map<String, Double> memoryMebibytes) {}

package ar.mcrn.sysmonstm.api;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.StageHistogram;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;

/**
 * What the api says of itself. Every change of a machine reaches a client in a frame of its group or, where the client was
 * busy, gathered in a later one: {@code conflated} counts the second kind. A tick dropped is healed by a whole reading.
 *
 * <p>Where both clocks agree, the way of a sample to its first frame is the aggregator's stages up to the encoding of a tick, and then
 * {@code encoded_to_heard} and {@code heard_to_sent}.
 */
public final class ApiMetrics {
    private final Counter ticks;
    private final Counter ticksDropped;
    private final Counter frames;
    private final Counter conflated;
    private final Counter stuck;
    private final Counter historyQueries;
    private final Counter historyFailures;
    private final StageHistogram sampledToSent;
    private final StageHistogram encodedToHeard;
    private final StageHistogram heardToSent;
    private final StageHistogram historyQuery;
    private volatile int clients;
    private volatile int groups;

    /** Registers everything under this service's label. */
    public ApiMetrics(Telemetry telemetry) {
        ticks = telemetry.counter("sysmonstm_live_ticks", "Ticks of aggregators taken into the live picture");
        ticksDropped = telemetry.counter("sysmonstm_live_ticks_dropped", "Ticks lost because the feed was behind");
        frames = telemetry.counter("sysmonstm_live_frames", "WebSocket frames handed to clients");
        conflated = telemetry.counter(
                "sysmonstm_live_conflated", "Times a busy client's changes were put off and gathered");
        stuck = telemetry.counter("sysmonstm_live_stuck_clients", "Clients closed because a frame did not leave");
        historyQueries = telemetry.counter("sysmonstm_history_queries", "History queries answered");
        historyFailures = telemetry.counter("sysmonstm_history_query_failures", "History queries that failed");
        sampledToSent = telemetry.histogram(
                "sysmonstm_live_sampled_to_sent", "From the end of a sample's interval to its first frame");
        encodedToHeard = stage(telemetry, "encoded_to_heard");
        heardToSent = stage(telemetry, "heard_to_sent");
        historyQuery = telemetry.histogram("sysmonstm_history_query", "Time of a history query");
        telemetry.gauge("sysmonstm_live_clients", "Clients of the live feed", () -> clients);
        telemetry.gauge("sysmonstm_live_groups", "Different subscriptions", () -> groups);
    }

    private static StageHistogram stage(Telemetry telemetry, String stage) {
        return telemetry.histogram(
                "sysmonstm_live_stage",
                "Time a sample takes from one stage of the live view to the next",
                "stage",
                stage);
    }

    /** Ticks taken. */
    public Counter ticks() {
        return ticks;
    }

    /** Ticks lost: the queue was full, or no tick at all. */
    public Counter ticksDropped() {
        return ticksDropped;
    }

    /** Frames handed to clients. */
    public Counter frames() {
        return frames;
    }

    /** Changes put off because a client was busy. */
    public Counter conflated() {
        return conflated;
    }

    /** Clients closed for being stuck. */
    public Counter stuck() {
        return stuck;
    }

    /** History queries answered. */
    public Counter historyQueries() {
        return historyQueries;
    }

    /** History queries that failed. */
    public Counter historyFailures() {
        return historyFailures;
    }

    /** From the end of a sample's interval to its first frame, by both clocks. */
    public StageHistogram sampledToSent() {
        return sampledToSent;
    }

    /** From the encoding of a tick in the aggregator until its samples are in the live picture, by both clocks, to a millisecond. */
    public StageHistogram encodedToHeard() {
        return encodedToHeard;
    }

    /** From then to the sample's first frame, to a millisecond. */
    public StageHistogram heardToSent() {
        return heardToSent;
    }

    /** Time of a history query. */
    public StageHistogram historyQuery() {
        return historyQuery;
    }

    /** Tells how many clients and groups there are. */
    public void clients(int nowClients, int nowGroups) {
        clients = nowClients;
        groups = nowGroups;
    }
}

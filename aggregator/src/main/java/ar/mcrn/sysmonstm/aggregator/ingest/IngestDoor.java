package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.history.HistoryIntake;
import ar.mcrn.sysmonstm.aggregator.ring.IngestRing;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all streams share: where samples go, who may come in, and the bounds over all of them. Any thread.
 */
final class IngestDoor {
    /** Bytes of all held messages together; a stream beyond that is told to come again later. */
    static final long HELD_BYTES = 64L * 1024 * 1024;

    private final IngestRing ring;
    private final HistoryIntake history;
    private final Arrival arrival;
    private final IngestMetrics metrics;
    private final InstantSource clock;
    private final Secret token;
    private final int maxStreams;
    private final IdentityExchange identities;
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicLong heldBytes = new AtomicLong();
    private volatile boolean stopping;

    /**
     * @param clock the aggregator's wall clock
     * @param token what agents must show; empty = nothing
     * @param maxStreams streams open at the same time
     */
    IngestDoor(
            IngestRing ring,
            HistoryIntake history,
            Arrival arrival,
            IdentityExchange identities,
            IngestMetrics metrics,
            InstantSource clock,
            Secret token,
            int maxStreams) {
        this.ring = ring;
        this.history = history;
        this.arrival = arrival;
        this.identities = identities;
        this.metrics = metrics;
        this.clock = clock;
        this.token = token;
        this.maxStreams = maxStreams;
        metrics.gauge("sysmonstm_ingest_streams", "Streams of agents open now.", streams::get);
        metrics.gauge("sysmonstm_ingest_machines", "Machines connected now.", identities::machines);
        metrics.gauge("sysmonstm_ingest_held_bytes", "Bytes of messages held until slots are free.", heldBytes::get);
    }

    /** Compares in constant time; true where no token is asked for. */
    boolean admits(String credential) {
        return token.isEmpty() || token.matches(credential);
    }

    /** One more stream; false when there are too many. */
    boolean enter() {
        if (streams.incrementAndGet() > maxStreams) {
            streams.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        streams.decrementAndGet();
    }

    /** Streams open now. */
    int streams() {
        return streams.get();
    }

    /** Makes room for a held message; false when too much is held already. */
    boolean hold(int bytes) {
        if (heldBytes.addAndGet(bytes) > HELD_BYTES) {
            heldBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void released(int bytes) {
        heldBytes.addAndGet(-bytes);
    }

    /** From here on new streams are refused. */
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    long nowMillis() {
        return clock.millis();
    }

    long nowMicros() {
        Instant instant = clock.instant();
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }

    Duration horizon() {
        return history.acceptHorizon();
    }

    IngestRing ring() {
        return ring;
    }

    Arrival arrival() {
        return arrival;
    }

    HistoryIntake history() {
        return history;
    }

    IngestMetrics metrics() {
        return metrics;
    }

    IdentityExchange identities() {
        return identities;
    }
}

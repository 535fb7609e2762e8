package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.ops.runtime.telemetry.Counter;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.StageHistogram;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * All self-metrics of the way in, from the agent's message to the three handlers. What happens to a sample behind the history
 * handler is counted by the history.
 *
 * <p>What holds between them, exactly at rest and within one batch under load:
 *
 * <pre>
 * received{live} + received{backfill} = ingest_rejected{* but unparsable} + ingest_deferred{*} + in the ring + history's intake
 * history's intake                    = stored + duplicate + rejected{*} + deferred + in flight
 * received{live} - rejected - poolEmpty = handled{hot} = handled{history} = handled{alert} = cleared
 * handled{hot}                        = hot entries written + conflated + dropped{*} + lost to hot state
 * </pre>
 *
 * {@link Accounting} adds the first two up. A message that waits for a slot is held, not received: if its stream ends, the agent still has it.
 */
public final class IngestMetrics {
    private static final String STAGE = "sysmonstm_stage";
    private static final String STAGE_HELP = "Time a sample takes from one stage of the way in to the next.";

    private final Telemetry telemetry;
    private final Counter receivedLive;
    private final Counter receivedBackfill;
    private final Counter receivedEvents;
    private final Counter rejectedEvents;
    private final Counter receivedBytes;
    private final Counter heldMessages;
    private final Counter displaced;
    private final Counter unknownMessages;
    private final StageHistogram sampledToReceived;
    private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
    private final Map<Deferral, Counter> deferred = new EnumMap<>(Deferral.class);
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);

    /** Why the way in itself deferred a sample; what the history has no room for, it counts itself. */
    public enum Deferral {
        /** The pool of payloads for large samples was empty. */
        POOL_EMPTY,
        /** The history handler failed at it. */
        HANDLER_FAILED
    }

    /** Why a stream was refused or ended by us. */
    public enum Refusal {
        /** No valid Hello as the first message. */
        HELLO,
        /** Another version of the protocol. */
        PROTOCOL,
        /** Wrong or missing token. */
        CREDENTIAL,
        /** A newer run of the same machine is connected. */
        IDENTITY,
        /** More streams than allowed. */
        STREAMS,
        /** More held messages than allowed, or an agent that does not read its outcomes. */
        OVERLOAD,
        /** The aggregator is stopping. */
        STOPPING
    }

    /** Registers everything but what {@link #handler} and {@link #gauge} add. */
    public IngestMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
        String received = "sysmonstm_ingest_received_samples";
        String receivedHelp = "Samples taken in, by lane.";
        receivedLive = telemetry.counter(received, receivedHelp, "lane", "live");
        receivedBackfill = telemetry.counter(received, receivedHelp, "lane", "backfill");
        receivedEvents = telemetry.counter("sysmonstm_ingest_received_events", "Events taken in.");
        rejectedEvents = telemetry.counter(
                "sysmonstm_ingest_rejected_events", "Events refused on the way in for what they say.");
        receivedBytes = telemetry.counter("sysmonstm_ingest_received_bytes", "Bytes of all messages of agents.");
        heldMessages = telemetry.counter(
                "sysmonstm_ingest_held_messages", "Messages that found no free slot and had to wait.");
        displaced = telemetry.counter(
                "sysmonstm_ingest_displaced_streams", "Streams closed because a newer run of the machine came.");
        unknownMessages = telemetry.counter(
                "sysmonstm_ingest_unknown_messages", "Messages of a kind this version does not know, passed over.");
        sampledToReceived = telemetry.histogram(STAGE, STAGE_HELP, "stage", "sampled_to_received");
        for (RejectReason reason : RejectReason.values()) {
            if (reason != RejectReason.UNRECOGNIZED && reason != RejectReason.REJECT_REASON_UNSPECIFIED) {
                rejected.put(
                        reason,
                        telemetry.counter(
                                "sysmonstm_ingest_rejected_samples",
                                "Samples refused on the way in; for unparsable the messages.",
                                "reason",
                                word(reason.name().substring("REJECT_REASON_".length()))));
            }
        }
        for (Deferral deferral : Deferral.values()) {
            deferred.put(
                    deferral,
                    telemetry.counter(
                            "sysmonstm_ingest_deferred_samples",
                            "Samples deferred on the way in.",
                            "reason",
                            word(deferral.name())));
        }
        for (Refusal refusal : Refusal.values()) {
            refused.put(
                    refusal,
                    telemetry.counter(
                            "sysmonstm_ingest_refused_streams",
                            "Streams refused or ended by the aggregator.",
                            "reason",
                            word(refusal.name())));
        }
    }

    /** Lower-case words in camel case, as label values are written. */
    static String word(String constant) {
        StringBuilder word = new StringBuilder();
        for (String part : constant.toLowerCase(Locale.ROOT).split("_", -1)) {
            word.append(word.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return word.toString();
    }

    /** A value read when somebody asks. */
    public void gauge(String name, String help, DoubleSupplier value, String... labelPairs) {
        telemetry.gauge(name, help, value, labelPairs);
    }

    /** A further counter, for the hot path. */
    public Counter counter(String name, String help, String... labelPairs) {
        return telemetry.counter(name, help, labelPairs);
    }

    /** A further stage of the way in. */
    public StageHistogram stage(String stage) {
        return telemetry.histogram(STAGE, STAGE_HELP, "stage", stage);
    }

    /** Metrics of one handler of the ring. */
    public HandlerMetrics handler(String name) {
        return new HandlerMetrics(
                telemetry.counter("sysmonstm_ring_handled_samples", "Samples a handler has handled.", "handler", name),
                telemetry.counter("sysmonstm_ring_batches", "Batches a handler has handled.", "handler", name),
                telemetry.counter("sysmonstm_ring_failures", "Samples a handler failed at.", "handler", name),
                stage("received_to_handled_by_" + name));
    }

    /**
     * What is known of one handler.
     *
     * @param handled samples handled
     * @param batches batches handled; handled by batches is the batch size
     * @param failures samples it threw at
     * @param receivedToHandled from the gRPC message to the end of the handler
     */
    public record HandlerMetrics(
            Counter handled, Counter batches, Counter failures, StageHistogram receivedToHandled) {}

    /** Samples of the live lane taken in. */
    public Counter receivedLive() {
        return receivedLive;
    }

    /** Samples of the backfill lane taken in. */
    public Counter receivedBackfill() {
        return receivedBackfill;
    }

    /** Events taken in. */
    public Counter receivedEvents() {
        return receivedEvents;
    }

    /** Events refused on the way in. */
    public Counter rejectedEvents() {
        return rejectedEvents;
    }

    /** Bytes of all messages. */
    public Counter receivedBytes() {
        return receivedBytes;
    }

    /** Messages that had to wait for a slot. */
    public Counter heldMessages() {
        return heldMessages;
    }

    /** Streams closed for a newer run. */
    public Counter displaced() {
        return displaced;
    }

    /** Messages of an unknown kind. */
    public Counter unknownMessages() {
        return unknownMessages;
    }

    /** From the end of the sample's interval, by the agent's stamp, to receipt. */
    public StageHistogram sampledToReceived() {
        return sampledToReceived;
    }

    /** Samples refused on the way in. */
    public Counter rejected(RejectReason reason) {
        return rejected.get(reason);
    }

    /** Samples deferred on the way in. */
    public Counter deferred(Deferral deferral) {
        return deferred.get(deferral);
    }

    /** Samples of both lanes taken in. */
    long receivedSamples() {
        return receivedLive.value() + receivedBackfill.value();
    }

    /** Samples refused on the way in; an unparsable message's are unknown, and were never received. */
    long rejectedSamples() {
        long all = 0;
        for (Map.Entry<RejectReason, Counter> reason : rejected.entrySet()) {
            all += reason.getKey() == RejectReason.REJECT_REASON_UNPARSABLE
                    ? 0
                    : reason.getValue().value();
        }
        return all;
    }

    /** Samples deferred on the way in. */
    long deferredSamples() {
        return deferred.values().stream().mapToLong(Counter::value).sum();
    }

    /** Streams refused or ended. */
    public Counter refused(Refusal refusal) {
        return refused.get(refusal);
    }
}

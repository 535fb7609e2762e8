package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.v1.RejectReason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * What happened to all samples of all agents. At rest {@code issued = acknowledged + rejected + dropped +
 * unacknowledged}, and the same of events but that none is dropped. Written by the event loops, read by anyone.
 */
final class LoadCounters {

    /** Latencies are recorded in microseconds, up to one day, to three figures. */
    static final long HIGHEST_MICROS = 86_400_000_000L;

    final LongAdder issued = new LongAdder();
    /** Samples sent on the live lane; each goes there once. */
    final LongAdder sentLive = new LongAdder();
    /** Sends on the backfill lane, of samples that went before or never. */
    final LongAdder sentBackfill = new LongAdder();
    /** Samples sent at least once. */
    final LongAdder sent = new LongAdder();

    final LongAdder sentBytes = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder deferred = new LongAdder();
    /** Samples sent again after they had been sent: each may reach the database twice. */
    final LongAdder resent = new LongAdder();
    /** Samples that wait for backfill now. */
    final LongAdder waiting = new LongAdder();
    /** Agents killed, each to come back with a new run. */
    final LongAdder restarts = new LongAdder();
    /** Dropped by a full spool. */
    final LongAdder dropped = new LongAdder();

    /** Events of all agents, with an outcome or not; what touches is one. */
    final LongAdder events = new LongAdder();

    final LongAdder eventsAcknowledged = new LongAdder();
    final LongAdder eventsRejected = new LongAdder();

    final LongAdder unparsable = new LongAdder();
    /** Outcomes for numbers that were never issued, or of a run that is not the agent's. */
    final LongAdder unexpected = new LongAdder();

    final LongAdder connections = new LongAdder();
    /** Runs begun by agents; each opens a connection. */
    final LongAdder runs = new LongAdder();
    /** Streams that were welcomed. */
    final LongAdder welcomed = new LongAdder();

    final LongAdder connected = new LongAdder();
    final LongAdder ended = new LongAdder();
    /** Agents that ended because another run of the same machine took their place. */
    final LongAdder displaced = new LongAdder();
    /** Intended time of a sample to its acknowledgement. */
    final Recorder ackMicros = new Recorder(HIGHEST_MICROS, 3);
    /** Why a stream ended last, for people. */
    final AtomicReference<String> lastEnd = new AtomicReference<>("");

    /** First mistake of our own; empty without one. */
    final AtomicReference<String> mistake = new AtomicReference<>("");

    private final Map<RejectReason, LongAdder> rejected = new EnumMap<>(RejectReason.class);
    private final Histogram ackTotal = new Histogram(HIGHEST_MICROS, 3);

    LoadCounters() {
        for (RejectReason reason : RejectReason.values()) {
            rejected.put(reason, new LongAdder());
        }
    }

    void rejected(RejectReason reason, long samples) {
        rejected.get(reason).add(samples);
    }

    /** A task of an agent ended by an exception: our mistake, and the run has failed. */
    void failed(RuntimeException failure) {
        mistake.compareAndSet("", "BUG: " + failure);
    }

    /** True where the reject is the last word on the sample. */
    static boolean isFinal(RejectReason reason) {
        return reason != RejectReason.REJECT_REASON_INVENTORY && reason != RejectReason.REJECT_REASON_NO_CREDIT;
    }

    /** Samples whose outcome is a final reject. */
    long rejectedFinally() {
        return rejected.entrySet().stream()
                .filter(entry -> isFinal(entry.getKey()))
                .mapToLong(entry -> entry.getValue().sum())
                .sum();
    }

    /** Samples without a final outcome. */
    long unacknowledged() {
        return issued.sum() - acknowledged.sum() - rejectedFinally() - dropped.sum();
    }

    /** Events without an outcome. */
    long eventsUnacknowledged() {
        return events.sum() - eventsAcknowledged.sum() - eventsRejected.sum();
    }

    /** Rejects by reason in camelCase, those that occurred. */
    Map<String, Long> rejectedByReason() {
        Map<String, Long> byReason = new TreeMap<>();
        rejected.forEach((reason, count) -> {
            if (count.sum() > 0) {
                byReason.put(reasonName(reason), count.sum());
            }
        });
        return byReason;
    }

    /** Acknowledgement latencies since the last call, which are added to the total; one thread calls this. */
    Histogram ackWindow() {
        Histogram window = ackMicros.getIntervalHistogram();
        ackTotal.add(window);
        return window;
    }

    /** All acknowledgement latencies up to the last window. */
    Histogram ackTotal() {
        return ackTotal;
    }

    /** A reason as reports name it, in camelCase. */
    static String reasonName(RejectReason reason) {
        return camelCase(reason.name().substring("REJECT_REASON_".length()));
    }

    /** Connections beyond the first of each run. */
    long reconnects() {
        return Math.max(0, connections.sum() - runs.sum());
    }

    /** What says how much a run has seen, by name. */
    Map<String, Long> seen() {
        Map<String, Long> seen = new TreeMap<>();
        seen.put("issued", issued.sum());
        seen.put("acknowledged", acknowledged.sum());
        seen.put("reconnects", reconnects());
        seen.put("resent", resent.sum());
        seen.put("deferred", deferred.sum());
        seen.put("rejected", rejectedFinally());
        seen.put("dropped", dropped.sum());
        seen.put("restarts", restarts.sum());
        seen.put("events", events.sum());
        seen.put("eventsAcknowledged", eventsAcknowledged.sum());
        seen.put("eventsRejected", eventsRejected.sum());
        return seen;
    }

    private static String camelCase(String upper) {
        StringBuilder text = new StringBuilder();
        for (String word : upper.split("_", -1)) {
            text.append(
                    text.isEmpty()
                            ? word.toLowerCase(Locale.ROOT)
                            : word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }
}

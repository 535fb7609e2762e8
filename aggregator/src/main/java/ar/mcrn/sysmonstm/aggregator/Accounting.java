package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.aggregator.history.HistoryIntake;
import ar.mcrn.sysmonstm.aggregator.ring.IngestRing;
import ar.mcrn.sysmonstm.ops.runtime.telemetry.Telemetry;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The equation that nothing is silently lost, over both lanes and from the gRPC message to the commit:
 *
 * <pre>
 * received = stored + duplicate + rejected + deferred + inFlight + unaccounted
 * </pre>
 *
 * with {@code unaccounted} = 0 at rest. Under load it is a little below: received is read first and the outcomes last, so that what
 * moves on meanwhile is never called lost. {@code inFlight} is
 * what lies in the ring and in the writer's buffers and queues. Each figure is the sum of what the parts count where rows lie
 * ({@link IngestMetrics}, the history), read when somebody asks. Any thread.
 */
public final class Accounting {
    private final IngestMetrics metrics;
    private final IngestRing ring;
    private final HistoryIntake history;

    /** All of one kind since the start. */
    public record Balance(long received, long stored, long duplicate, long rejected, long deferred, long inFlight) {
        /** What none of the outcomes explains. */
        public long unaccounted() {
            return received - stored - duplicate - rejected - deferred - inFlight;
        }
    }

    private record Term(String name, ToLongFunction<Balance> value) {}

    private static final Term[] TERMS = {
        new Term("received", Balance::received),
        new Term("stored", Balance::stored),
        new Term("duplicate", Balance::duplicate),
        new Term("rejected", Balance::rejected),
        new Term("deferred", Balance::deferred),
        new Term("inFlight", Balance::inFlight),
        new Term("unaccounted", Balance::unaccounted)
    };

    /** Registers the gauges. */
    public Accounting(Telemetry telemetry, IngestMetrics metrics, IngestRing ring, HistoryIntake history) {
        this.metrics = metrics;
        this.ring = ring;
        this.history = history;
        register(
                telemetry,
                "sysmonstm_accounting_samples",
                "Samples of both lanes by what became of them.",
                this::samples);
        register(telemetry, "sysmonstm_accounting_events", "Events by what became of them.", this::events);
    }

    private static void register(Telemetry telemetry, String name, String help, Supplier<Balance> balance) {
        for (Term term : TERMS) {
            telemetry.gauge(name, help, () -> term.value().applyAsLong(balance.get()), "term", term.name());
        }
    }

    /** All samples. */
    public Balance samples() {
        long received = metrics.receivedSamples();
        long lag = ring.historyLag();
        HistoryIntake.Tally tally = history.samples();
        return new Balance(
                received,
                tally.stored(),
                tally.duplicate(),
                tally.rejected() + metrics.rejectedSamples(),
                tally.deferred() + metrics.deferredSamples(),
                tally.inFlight() + lag);
    }

    /** All events. */
    public Balance events() {
        long received = metrics.receivedEvents().value();
        HistoryIntake.Tally tally = history.events();
        return new Balance(
                received,
                tally.stored(),
                tally.duplicate(),
                tally.rejected() + metrics.rejectedEvents().value(),
                tally.deferred(),
                tally.inFlight());
    }
}

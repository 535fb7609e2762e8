package ar.mcrn.sysmonstm.agent;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Numbers the events of one run and puts them into the spool. May be called from any thread. */
final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    /** A full spool drops a sample each second: one event names a minute of them. */
    private static final Duration DROPS_EVERY = Duration.ofSeconds(60);

    private final long run;
    private final Spool spool;
    private final RunClock clock;
    private final LongSupplier nanoTime;
    private long sequence;
    private long dropsNanos;
    private boolean dropsSaid;

    EventLog(long run, Spool spool, RunClock clock, LongSupplier nanoTime) {
        this.run = run;
        this.spool = spool;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** The run began on a machine booted then (0 = not known). */
    void runStarted(long bootMillis, long startMillis) {
        append(event(EventKind.EVENT_KIND_RUN_START)
                .setFromMillis(bootMillis)
                .setToMillis(bootMillis == 0 ? 0 : startMillis));
    }

    /** The run ends as wanted. */
    void runStopped(String reason) {
        append(event(EventKind.EVENT_KIND_RUN_STOP).setDetail(reason));
    }

    /** The clock went forward at once. */
    void stepped(RunClock.Step step) {
        LOG.info(
                "clock went forward: kind={}, fromMillis={}, toMillis={}",
                step.kind(),
                step.fromMillis(),
                step.toMillis());
        append(event(step.kind()).setFromMillis(step.fromMillis()).setToMillis(step.toMillis()));
    }

    /** Samples are gone. */
    void lost(SequenceRange samples, String detail) {
        LOG.warn("samples lost: first={}, last={}, reason={}", samples.first(), samples.last(), detail);
        append(about(
                samples, EventKind.EVENT_KIND_SAMPLE_LOST, detail.length() > 80 ? detail.substring(0, 80) : detail));
    }

    /** Names what the spool dropped since it was last asked; at most once a minute, the first time at once. */
    void nameDropped() {
        long now = nanoTime.getAsLong();
        if (dropsSaid && now - dropsNanos < DROPS_EVERY.toNanos()) {
            return;
        }
        for (SequenceRange range : spool.takeDropped()) {
            dropsSaid = true;
            dropsNanos = now;
            LOG.warn(
                    "spool is full, oldest samples dropped: first={}, last={}, dropped={}",
                    range.first(),
                    range.last(),
                    spool.levels().dropped());
            append(about(range, EventKind.EVENT_KIND_SPOOL_DROP, ""));
        }
    }

    /** An event has one run: samples of an earlier one are named in words. */
    private Event.Builder about(SequenceRange samples, EventKind kind, String detail) {
        Event.Builder event = event(kind);
        return samples.run() == run
                ? event.setFirstSequence(samples.first())
                        .setLastSequence(samples.last())
                        .setDetail(detail)
                : event.setDetail("run " + Long.toHexString(samples.run()) + ", samples " + samples.first() + " to "
                        + samples.last() + (detail.isEmpty() ? "" : ": " + detail));
    }

    private Event.Builder event(EventKind kind) {
        return Event.newBuilder().setKind(kind).setTimeMillis(clock.nowMicros() / 1_000);
    }

    private synchronized void append(Event.Builder event) {
        spool.append(event.setRun(run).setEventSequence(++sequence).build());
    }
}

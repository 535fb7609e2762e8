package ar.mcrn.sysmonstm.agent;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.agent.send.Loss;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.v1.Event;
import ar.mcrn.sysmonstm.v1.EventKind;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Numbers the events of one run and puts them into the spool; also names losses of earlier runs. May be called from any thread. */
final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    /** A full spool drops a sample each second: one event names a minute of them. */
    private static final Duration LOSSES_EVERY = Duration.ofSeconds(60);

    private final long run;
    private final Spool spool;
    private final RunClock clock;
    private final LongSupplier nanoTime;
    private long sequence;
    private long lossesNanos;
    private boolean lossesSaid;

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

    /** The run begins before the last stamp of its machine: that was wrong, or the clock is. It explains no stretch of time. */
    void wentBack(long lastStampMillis, long startMillis) {
        LOG.info("clock went back: lastStampMillis={}, startMillis={}", lastStampMillis, startMillis);
        append(event(EventKind.EVENT_KIND_CLOCK_STEP)
                .setFromMillis(startMillis)
                .setToMillis(startMillis)
                .setDetail("back by " + (lastStampMillis - startMillis) + " ms"));
    }

    /** Samples are gone, of this run or an earlier one. */
    void lost(SequenceRange samples, String detail) {
        LOG.warn("samples lost: first={}, last={}, reason={}", samples.first(), samples.last(), detail);
        name(samples, EventKind.EVENT_KIND_SAMPLE_LOST, 0, 0, detail.length() > 80 ? detail.substring(0, 80) : detail);
    }

    /** Names what the spool lost since it was last asked; at most once a minute, the first time at once. */
    void nameLosses() {
        long now = nanoTime.getAsLong();
        if (lossesSaid && now - lossesNanos < LOSSES_EVERY.toNanos()) {
            return;
        }
        for (Loss loss : spool.takeLosses()) {
            lossesSaid = true;
            lossesNanos = now;
            LOG.warn(
                    "spool lost samples: cause={}, run={}, first={}, last={}, samples={}, dropped={}",
                    loss.cause().text(),
                    Long.toHexString(loss.samples().run()),
                    loss.samples().first(),
                    loss.samples().last(),
                    loss.count(),
                    spool.levels().dropped());
            name(
                    loss.samples(),
                    loss.cause() == Loss.Cause.DAMAGED
                            ? EventKind.EVENT_KIND_SAMPLE_LOST
                            : EventKind.EVENT_KIND_SPOOL_DROP,
                    loss.fromMillis(),
                    loss.toMillis(),
                    loss.cause().text() + ", samples " + loss.count());
        }
    }

    /** The event is of the run that the samples are of, and numbered by them: see {@link Loss#eventSequence}. */
    private void name(SequenceRange samples, EventKind kind, long fromMillis, long toMillis, String detail) {
        spool.append(event(kind)
                .setRun(samples.run())
                .setEventSequence(Loss.eventSequence(samples))
                .setFromMillis(fromMillis)
                .setToMillis(toMillis)
                .setFirstSequence(samples.first())
                .setLastSequence(samples.last())
                .setDetail(detail)
                .build());
    }

    private Event.Builder event(EventKind kind) {
        return Event.newBuilder().setKind(kind).setTimeMillis(clock.nowMicros() / 1_000);
    }

    private synchronized void append(Event.Builder event) {
        spool.append(event.setRun(run).setEventSequence(++sequence).build());
    }
}

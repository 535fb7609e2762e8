package ar.mcrn.sysmonstm.agent;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.agent.send.SequenceRange;
import ar.mcrn.sysmonstm.agent.send.UplinkListener;
import ar.mcrn.sysmonstm.v1.RejectReason;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what went wrong with samples: rejects once a minute with their number, losses and clock steps as events. */
final class OutcomeLog implements UplinkListener {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLog.class);
    private static final Duration EVERY = Duration.ofSeconds(60);

    private final EventLog events;
    private long rejected;
    private long saidNanos;
    private boolean said;

    OutcomeLog(EventLog events) {
        this.events = events;
    }

    @Override
    public void rejected(RejectReason reason, SequenceRange samples, int known) {
        rejected += known;
        long now = System.nanoTime();
        if (!said || now - saidNanos >= EVERY.toNanos()) {
            said = true;
            saidNanos = now;
            LOG.warn(
                    "samples rejected: reason={}, first={}, last={}, rejected={}",
                    reason,
                    samples.first(),
                    samples.last(),
                    rejected);
        }
    }

    @Override
    public void clockStepped(RunClock.Step step) {
        events.stepped(step);
    }

    @Override
    public void lost(SequenceRange samples, String detail) {
        events.lost(samples, detail);
    }
}

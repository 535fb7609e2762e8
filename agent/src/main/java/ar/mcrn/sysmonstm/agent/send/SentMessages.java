package ar.mcrn.sysmonstm.agent.send;

import java.util.Arrays;
import java.util.Optional;

/**
 * Which samples the newest messages of a stream held, by the ordinal of the message: the aggregator names a message that it
 * cannot parse by that alone. Guarded by the uplink's lock.
 */
final class SentMessages {
    private static final int KEPT = 256;

    private final SequenceRange[] samples = new SequenceRange[KEPT];
    private long ordinal;

    void reset() {
        ordinal = 0;
        Arrays.fill(samples, null);
    }

    /** A message without samples. */
    void sent() {
        sent(null);
    }

    void sent(SequenceRange range) {
        ordinal++;
        samples[(int) (ordinal % KEPT)] = range;
    }

    /** Samples of a message; empty where it had none or is too long ago. */
    Optional<SequenceRange> samplesOf(long message) {
        boolean kept = message > 0 && message <= ordinal && ordinal - message < KEPT;
        return kept ? Optional.ofNullable(samples[(int) (message % KEPT)]) : Optional.empty();
    }
}

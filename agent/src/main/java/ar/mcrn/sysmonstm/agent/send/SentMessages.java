package ar.mcrn.sysmonstm.agent.send;

import ar.mcrn.sysmonstm.v1.Lane;
import java.util.List;
import java.util.Optional;

/**
 * Which samples the newest messages of a stream held, by the ordinal of the message: the aggregator names a message that it
 * cannot parse by that alone. Guarded by the uplink's lock.
 */
final class SentMessages {
    private static final int KEPT = 256;

    private final Sent[] kept = new Sent[KEPT];
    private long ordinal;

    /** Samples of one message, which in backfill need not follow each other without holes. */
    record Sent(Lane lane, List<SequenceRange> samples) {
        long count() {
            return samples.stream()
                    .mapToLong(range -> range.last() - range.first() + 1)
                    .sum();
        }
    }

    /** A message without samples. */
    void sent() {
        keep(null);
    }

    void sent(Lane lane, List<SequenceRange> samples) {
        keep(new Sent(lane, samples));
    }

    private void keep(Sent sent) {
        ordinal++;
        kept[(int) (ordinal % KEPT)] = sent;
    }

    /** Samples of a message; empty where it had none or is too long ago. */
    Optional<Sent> samplesOf(long message) {
        boolean known = message > 0 && message <= ordinal && ordinal - message < KEPT;
        return known ? Optional.ofNullable(kept[(int) (message % KEPT)]) : Optional.empty();
    }
}

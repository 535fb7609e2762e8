package ar.mcrn.sysmonstm.agent.send;

import java.util.Optional;

/**
 * Samples that the spool lost, to be named by an event.
 *
 * @param samples the range; where there are more ranges than can be told, some in it were not lost
 * @param count samples lost in it, exactly
 * @param cause why
 * @param fromMillis stamp of the first, Unix milliseconds, to a few intervals; 0 where it is not known
 * @param toMillis stamp of the last
 */
public record Loss(SequenceRange samples, long count, Cause cause, long fromMillis, long toMillis) {
    /** Why samples are lost. Kept on disk by code. */
    public enum Cause {
        /** The spool was full. */
        FULL(1, "spool full"),
        /** They were older than the aggregator accepts. */
        TOO_OLD(2, "older than the accept horizon"),
        /** Their bytes were damaged or gone. */
        DAMAGED(3, "damaged in the spool");

        private final int code;
        private final String text;

        Cause(int code, String text) {
            this.code = code;
            this.text = text;
        }

        /** What stands on disk. */
        public int code() {
            return code;
        }

        /** That of a code; of a later version's, {@link #DAMAGED}. */
        public static Cause of(int code) {
            for (Cause cause : values()) {
                if (cause.code == code) {
                    return cause;
                }
            }
            return DAMAGED;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    /**
     * Number of the event that names it, beyond all others of its run. It follows from the range alone, since a sample is lost
     * only once: so the loss can be named by a later run or process, and named twice is one event.
     */
    public static long eventSequence(SequenceRange samples) {
        return (1L << 48) + samples.first();
    }

    /** True where every sample of the range was lost. */
    public boolean isExact() {
        return count == samples.last() - samples.first() + 1;
    }

    /** Both as one, where the other follows this; {@code loosely}: also where samples between them were not lost. */
    public Optional<Loss> followedBy(Loss next, boolean loosely) {
        boolean follows = next.samples.run() == samples.run()
                && next.cause == cause
                && (loosely ? next.samples.first() > samples.last() : next.samples.first() == samples.last() + 1);
        return follows
                ? Optional.of(new Loss(
                        new SequenceRange(samples.run(), samples.first(), next.samples.last()),
                        count + next.count,
                        cause,
                        fromMillis == 0 ? next.fromMillis : fromMillis,
                        next.toMillis == 0 ? toMillis : next.toMillis))
                : Optional.empty();
    }
}

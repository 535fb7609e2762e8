package ar.mcrn.sysmonstm.aggregator.retention;

/** How the disk under the history was when retention last looked. Written by one thread, read by any. */
public final class HistoryDisk {
    private volatile Look last = new Look(State.UNKNOWN, "not looked at yet");

    /** What it amounts to. */
    public enum State {
        /** Not looked at, or nobody here can know. */
        UNKNOWN,
        /** Nothing to say. */
        ROOM,
        /** Over the limit of the disk guard, or raw history is kept for less than its retention. */
        SHORT
    }

    /**
     * One look.
     *
     * @param state what it amounts to
     * @param text for people
     */
    public record Look(State state, String text) {}

    /** The last one. */
    public Look last() {
        return last;
    }

    void saw(State state, String text) {
        last = new Look(state, text);
    }
}

package ar.mcrn.sysmonstm.aggregator.ingest;

import java.util.Arrays;

/**
 * The one message of a stream that found no free slot, with the place it has come to. Its bytes count against the bound over
 * all streams until it is released. On the stream's event loop.
 */
final class HeldMessage {
    private final IngestDoor door;
    private byte[] bytes;
    private int next;

    HeldMessage(IngestDoor door) {
        this.door = door;
    }

    /**
     * Keeps a copy of a message.
     *
     * @param position where in {@code source} the first sample not taken begins
     * @return false when too much is held already; nothing is kept then
     */
    boolean keep(byte[] source, int from, int to, int position) {
        if (!door.hold(to - from)) {
            return false;
        }
        bytes = Arrays.copyOfRange(source, from, to);
        next = position - from;
        door.metrics().heldMessages().increment();
        return true;
    }

    boolean isKept() {
        return bytes != null;
    }

    /** Has the parser go on where the message has come to. */
    void resume(SampleParser parser) {
        parser.open(bytes, 0, bytes.length);
        parser.resumeAt(next);
    }

    /** It has come so far. */
    void cameTo(int position) {
        next = position;
    }

    /** Lets go of it: it is published, or its stream has ended, and then what is left of it was never taken. */
    void release() {
        if (bytes != null) {
            door.released(bytes.length);
            bytes = null;
        }
    }
}

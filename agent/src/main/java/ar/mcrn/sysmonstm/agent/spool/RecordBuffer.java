package ar.mcrn.sysmonstm.agent.spool;

import java.nio.ByteBuffer;

/** Records before they are written to a segment; grows with the largest that it held. One thread at a time. */
final class RecordBuffer {
    private ByteBuffer bytes;

    /** With room for that many at first. */
    RecordBuffer(int capacity) {
        bytes = ByteBuffer.allocate(capacity);
    }

    /** Empty again. */
    void clear() {
        bytes.clear();
    }

    /** Where the next up to that many bytes are put; what was returned before is void then. */
    ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            bytes = ByteBuffer.allocate(Math.max(bytes.position() + more, 2 * bytes.capacity()))
                    .put(bytes.flip());
        }
        return bytes;
    }

    /** Bytes that it holds. */
    int length() {
        return bytes.position();
    }

    /** What it holds, to be written; nothing more is put until {@link #clear}. */
    ByteBuffer filled() {
        return bytes.flip();
    }
}

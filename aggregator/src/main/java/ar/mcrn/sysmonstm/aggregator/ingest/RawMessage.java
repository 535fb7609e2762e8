package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.contract.Limits;
import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes of one message as they came, before anybody parses them. One per event loop, filled again and again: it is valid
 * only within the call that hands it over, and whoever keeps it copies it.
 */
final class RawMessage {
    private final byte[] bytes = new byte[Limits.MESSAGE_BYTES];
    private int length;

    /** Fills it; of a message that is too long only the length is kept. */
    void fill(InputStream stream) throws IOException {
        length = stream.readNBytes(bytes, 0, bytes.length);
        if (length == bytes.length) {
            // Discarded at once: gRPC itself bounds the rest by its own message limit.
            length += (int) stream.skip(Integer.MAX_VALUE - length);
        }
    }

    /** The message from index 0, where it {@link #fits}. */
    byte[] bytes() {
        return bytes;
    }

    /** Length as it came, which may be more than was kept. */
    int length() {
        return length;
    }

    boolean fits() {
        return length <= bytes.length;
    }
}

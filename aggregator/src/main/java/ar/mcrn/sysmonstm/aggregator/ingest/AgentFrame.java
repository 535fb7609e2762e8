package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.v1.AgentMessage;

/**
 * Finds out which message of the {@code AgentMessage} oneof a message carries, and where it lies. One per event loop.
 *
 * <p>Stricter than the generated class in one point: two members of the oneof in one message are malformed, where the
 * generated class keeps the last.
 */
final class AgentFrame {
    private final WireCursor cursor = new WireCursor();
    private int field;
    private int from;
    private int to;

    /** Looks at a whole message; false when it is malformed. */
    boolean read(byte[] bytes, int length) {
        field = 0;
        cursor.reset(bytes, 0, length);
        while (cursor.hasMore()) {
            int tag = cursor.tag();
            int number = tag >>> 3;
            if (number < AgentMessage.HELLO_FIELD_NUMBER || number > AgentMessage.GOODBYE_FIELD_NUMBER) {
                cursor.skip(tag);
                continue;
            }
            if (field != 0 || (tag & 7) != WireCursor.LENGTH_DELIMITED) {
                return false;
            }
            field = number;
            int size = cursor.length();
            from = cursor.at();
            to = from + size;
            cursor.moveTo(to);
        }
        return !cursor.failed();
    }

    /** Field number of the member; 0 when the message holds none that is known. */
    int field() {
        return field;
    }

    /** Where the member begins. */
    int from() {
        return from;
    }

    /** Where the member ends. */
    int to() {
        return to;
    }
}

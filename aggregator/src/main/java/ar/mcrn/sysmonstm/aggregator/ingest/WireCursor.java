package ar.mcrn.sysmonstm.aggregator.ingest;

/**
 * Reads the protobuf wire format from a byte range without allocating and without throwing: what is malformed makes the
 * cursor {@link #failed} and ends it, every later read returns 0. Strict where the contract allows it: a group, a field
 * number 0 and a tag beyond 32 bits fail.
 *
 * <p>Source: protobuf.dev, "Encoding".
 */
final class WireCursor {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int FIXED32 = 5;

    private static final int TAG_TYPE_BITS = 3;

    private byte[] bytes = {};
    private int at;
    private int end;
    private boolean failed;

    /** Begins at {@code from} and ends before {@code to}. */
    void reset(byte[] source, int from, int to) {
        bytes = source;
        at = from;
        end = to;
        failed = false;
    }

    boolean hasMore() {
        return at < end;
    }

    boolean failed() {
        return failed;
    }

    /** Index of the next byte. */
    int at() {
        return at;
    }

    /** Ends the cursor as malformed. */
    void fail() {
        failed = true;
        at = end;
    }

    void moveTo(int position) {
        at = position;
    }

    /** Next tag; 0 when malformed. */
    int tag() {
        long tag = varint();
        int type = (int) tag & 7;
        if (tag >>> Integer.SIZE != 0 || tag >>> TAG_TYPE_BITS == 0 || type == 3 || type == 4 || type > FIXED32) {
            fail();
            return 0;
        }
        return (int) tag;
    }

    /** Next varint of up to ten bytes. */
    long varint() {
        if (at < end) {
            byte first = bytes[at];
            if (first >= 0) {
                at++;
                return first;
            }
        }
        long result = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at >= end) {
                fail();
                return 0;
            }
            byte next = bytes[at++];
            result |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return result;
            }
        }
        fail();
        return 0;
    }

    long fixed64() {
        if (end - at < Long.BYTES) {
            fail();
            return 0;
        }
        long result = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            result |= (bytes[at + i] & 0xffL) << (i * Byte.SIZE);
        }
        at += Long.BYTES;
        return result;
    }

    /** Length prefix of what lies wholly within the range; 0 when malformed. */
    int length() {
        long length = varint();
        if (length < 0 || length > end - at) {
            fail();
            return 0;
        }
        return (int) length;
    }

    /** Passes over the value of an unknown field. */
    void skip(int tag) {
        switch (tag & 7) {
            case VARINT -> varint();
            case LENGTH_DELIMITED -> {
                int length = length();
                at += length;
            }
            case FIXED64 -> advance(Long.BYTES);
            case FIXED32 -> advance(Integer.BYTES);
            default -> fail();
        }
    }

    private void advance(int count) {
        if (end - at < count) {
            fail();
        } else {
            at += count;
        }
    }
}

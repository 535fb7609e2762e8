package ar.mcrn.sysmonstm.aggregator.history;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of one table in PostgreSQL's binary COPY form, without its header and trailer, in chunks from a pool: growing
 * never copies, and steady use allocates nothing. One thread at a time.
 *
 * <pre>
 * row    int16 number of fields, then per field: int32 length (-1 = null), value in network order
 * chunk  [ row row row ... gap ]   a row never spans two chunks; position = chunk * 64 Ki + offset
 * </pre>
 *
 * Source: PostgreSQL manual, COPY, "Binary Format".
 */
final class CopyStream {
    private static final int CHUNK_BYTES = ChunkPool.CHUNK_BYTES;
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final ChunkPool pool;
    private final List<byte[]> chunks = new ArrayList<>();
    private int[] used = new int[16];
    private int chunk;
    private byte[] bytes;
    private int at;

    CopyStream(ChunkPool pool) {
        this.pool = pool;
        bytes = pool.take();
        chunks.add(bytes);
    }

    /** Takes a stretch of encoded rows. */
    interface Sink {
        void write(byte[] source, int offset, int length) throws SQLException;
    }

    /** Where the next row will begin, or the gap before it. */
    long position() {
        return (long) chunk * CHUNK_BYTES + at;
    }

    /** Begins a row of at most {@code mostBytes}, all in one chunk. */
    void beginRow(int fields, int mostBytes) {
        if (at + mostBytes >= CHUNK_BYTES) {
            nextChunk();
        }
        SHORTS.set(bytes, at, (short) fields);
        at += Short.BYTES;
    }

    private void nextChunk() {
        used[chunk] = at;
        chunk++;
        if (chunk == chunks.size()) {
            chunks.add(pool.take());
        }
        if (chunk == used.length) {
            used = java.util.Arrays.copyOf(used, used.length * 2);
        }
        bytes = chunks.get(chunk);
        at = 0;
    }

    void putNull() {
        INTS.set(bytes, at, -1);
        at += Integer.BYTES;
    }

    void putBoolean(boolean value) {
        INTS.set(bytes, at, 1);
        bytes[at + Integer.BYTES] = (byte) (value ? 1 : 0);
        at += Integer.BYTES + 1;
    }

    void putInt(int value) {
        INTS.set(bytes, at, Integer.BYTES);
        INTS.set(bytes, at + Integer.BYTES, value);
        at += Integer.BYTES + Integer.BYTES;
    }

    void putLong(long value) {
        INTS.set(bytes, at, Long.BYTES);
        LONGS.set(bytes, at + Integer.BYTES, value);
        at += Integer.BYTES + Long.BYTES;
    }

    /** A value of a column of 2, 4 or 8 bytes; one that does not fit is written so that the database refuses the row. */
    void putSized(long value, int width) {
        if (width == Short.BYTES && value == (short) value) {
            INTS.set(bytes, at, Short.BYTES);
            SHORTS.set(bytes, at + Integer.BYTES, (short) value);
            at += Integer.BYTES + Short.BYTES;
        } else if (width == Integer.BYTES && value == (int) value) {
            putInt((int) value);
        } else {
            putLong(value);
        }
    }

    void putBytes(byte[] source, int offset, int length) {
        INTS.set(bytes, at, length);
        System.arraycopy(source, offset, bytes, at + Integer.BYTES, length);
        at += Integer.BYTES + length;
    }

    /** Forgets what was written from a position on. */
    void rewind(long position) {
        chunk = (int) (position / CHUNK_BYTES);
        at = (int) (position % CHUNK_BYTES);
        bytes = chunks.get(chunk);
    }

    /** Empties it and gives all chunks but one back. */
    void clear() {
        rewind(0);
        while (chunks.size() > 1) {
            pool.giveBack(chunks.removeLast());
        }
    }

    /** Hands over all rows between two positions. */
    void write(long from, long to, Sink sink) throws SQLException {
        int last = (int) (to / CHUNK_BYTES);
        int offset = (int) (from % CHUNK_BYTES);
        for (int index = (int) (from / CHUNK_BYTES); index <= last; index++) {
            int end = index == last ? (int) (to % CHUNK_BYTES) : used[index];
            if (end > offset) {
                sink.write(chunks.get(index), offset, end - offset);
            }
            offset = 0;
        }
    }

    /** Hands over all rows between two positions, each with a number as one more field before the others. */
    void writeNumbered(long from, long to, int number, Sink sink) throws SQLException {
        byte[] start = new byte[Short.BYTES + 2 * Integer.BYTES];
        INTS.set(start, Short.BYTES, Integer.BYTES);
        INTS.set(start, Short.BYTES + Integer.BYTES, number);
        for (long at = rowAt(from); at < to; ) {
            byte[] source = chunks.get((int) (at / CHUNK_BYTES));
            int offset = (int) (at % CHUNK_BYTES);
            long end = skipRow(at);
            SHORTS.set(start, 0, (short) ((short) SHORTS.get(source, offset) + 1));
            sink.write(start, 0, start.length);
            sink.write(source, offset + Short.BYTES, (int) (end - at) - Short.BYTES);
            at = rowAt(end);
        }
    }

    /** Where the row really begins that was begun at a position: behind the gap, if there is one. */
    long rowAt(long position) {
        int index = (int) (position / CHUNK_BYTES);
        int offset = (int) (position % CHUNK_BYTES);
        return index < chunk && offset == used[index] ? (long) (index + 1) * CHUNK_BYTES : position;
    }

    /** The 4-byte value of a field whose length prefix lies {@code offset} bytes into the row at {@code row}. */
    int intField(long row, int offset) {
        return (int)
                INTS.get(chunks.get((int) (row / CHUNK_BYTES)), (int) (row % CHUNK_BYTES) + offset + Integer.BYTES);
    }

    /** Replaces such a value. */
    void setIntField(long row, int offset, int value) {
        INTS.set(chunks.get((int) (row / CHUNK_BYTES)), (int) (row % CHUNK_BYTES) + offset + Integer.BYTES, value);
    }

    /** Position behind the row at {@code row}. */
    long skipRow(long row) {
        byte[] source = chunks.get((int) (row / CHUNK_BYTES));
        int offset = (int) (row % CHUNK_BYTES);
        int fields = (short) SHORTS.get(source, offset);
        int next = offset + Short.BYTES;
        for (int field = 0; field < fields; field++) {
            int length = (int) INTS.get(source, next);
            next += Integer.BYTES + Math.max(length, 0);
        }
        return row - offset + next;
    }
}

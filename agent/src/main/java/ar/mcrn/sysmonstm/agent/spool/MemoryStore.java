package ar.mcrn.sysmonstm.agent.spool;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A segment in memory. Guarded by the spool. */
final class MemoryStore implements SegmentStore {
    private byte[] bytes = new byte[4 * 1024];
    private int size;

    @Override
    public long append(ByteBuffer more) {
        int at = size;
        int length = more.remaining();
        if (bytes.length - size < length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + length, bytes.length * 2));
        }
        more.get(bytes, size, length);
        size += length;
        return at;
    }

    @Override
    public int read(ByteBuffer into, long position) {
        int length = (int) Math.min(into.remaining(), size - position);
        if (length <= 0) {
            return -1;
        }
        into.put(bytes, (int) position, length);
        return length;
    }

    @Override
    public void doneReading() {}

    /** Everything but the file header. */
    ByteBuffer records() {
        return ByteBuffer.wrap(bytes, SegmentFormat.FILE_HEADER, size - SegmentFormat.FILE_HEADER);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void force() {}

    @Override
    public void close() {}

    @Override
    public void delete() {
        bytes = new byte[0];
        size = 0;
    }

    @Override
    public boolean isFile() {
        return false;
    }
}

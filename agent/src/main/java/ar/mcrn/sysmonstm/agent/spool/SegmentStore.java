package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a segment lie: in a file, or in memory while the disk takes none. */
interface SegmentStore {
    /** Writes at the end, all or (to a reader) nothing. Returns where it begins. */
    long append(ByteBuffer bytes) throws IOException;

    /** Reads what lies from {@code position} on; returns how much, -1 at the end. */
    int read(ByteBuffer into, long position) throws IOException;

    /** Reading is over for now. */
    void doneReading();

    /** Bytes appended. */
    long size();

    /** Makes what is appended survive a power cut. Needs no lock. */
    void force() throws IOException;

    /** Nothing is appended any more. */
    void close() throws IOException;

    /** Takes it away for good. */
    void delete() throws IOException;

    /** True where the end of this process does not take it along. */
    boolean isFile();
}

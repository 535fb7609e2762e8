package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments, oldest first; the last is the one written to. Writing always succeeds: where the disk is full the owner drops
 * its oldest segment; where that does not help, or the disk fails, new segments are kept in memory until heal brings
 * them to disk.
 *
 * <pre>
 *   file, file, file, file*            the disk works                   (* = written to)
 *   file, file, memory, memory*        it did not take the last records
 *   memory*                            there is no folder yet
 * </pre>
 *
 * <p>Guarded by the spool; what {@link #takeUnforced} gives is forced outside its lock.
 */
final class SegmentLog {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
    /** A segment in memory ends here, so that the bound drops little at a time. */
    private static final int MEMORY_SEGMENT = 256 * 1024;

    /** Room for a head at first; it may hold 4,096 segments, 256 events, 130 losses and an inventory. */
    private static final int FIRST_HEAD = 8 * 1024;

    private final Owner owner;
    private final int segmentBytes;
    private final List<Segment> segments = new ArrayList<>();
    private final List<SegmentStore> unforced = new ArrayList<>();
    private final List<SegmentStore> undeleted = new ArrayList<>();
    private Optional<SpoolFolder> folder = Optional.empty();
    private Segment active;
    private long nextNumber = 1;
    private int inventoryAt;
    private boolean closed;
    private long closedFileBytes;
    private long closedMemoryBytes;

    /** What the spool does for its log. */
    interface Owner {
        /**
         * Puts what a segment begins with; {@code complete} where all that is known is in it. Returns where the
         * inventory begins; -1 where there is none.
         */
        int putHead(RecordBuffer out, List<SegmentFormat.Kept> older, boolean complete);

        /** Another segment is the active one, its inventory at that offset. */
        void began(Segment segment, int inventoryAt);

        /** Makes room by dropping a segment; false where there is none to drop. */
        boolean dropOldest(boolean ofMemory);
    }

    /** An empty log in memory. */
    SegmentLog(Owner owner, int segmentBytes) {
        this.owner = owner;
        this.segmentBytes = segmentBytes;
    }

    List<Segment> segments() {
        return segments;
    }

    Segment active() {
        return active;
    }

    /** Bytes in files. */
    long fileBytes() {
        return closedFileBytes + (active.store().isFile() ? active.store().size() : 0);
    }

    /** Bytes in memory. */
    long memoryBytes() {
        return closedMemoryBytes + (active.store().isFile() ? 0 : active.store().size());
    }

    /** True while new samples go to the disk. */
    boolean onDisk() {
        return active.store().isFile();
    }

    Optional<SpoolFolder> folder() {
        return folder;
    }

    /** True where this many more bytes want a new segment. */
    boolean isFull(int bytes) {
        long limit = active.store().isFile() ? segmentBytes : Math.min(segmentBytes, MEMORY_SEGMENT);
        return active.store().size() + bytes > limit;
    }

    /** Writes a record to {@link #active()}, which may be another one afterwards. Returns where it begins there. */
    long write(ByteBuffer record) {
        int from = record.position();
        while (!closed) {
            try {
                return active.store().append(record);
            } catch (IOException e) {
                record.position(from);
                if (!makeRoom(e)) {
                    toMemory(e);
                }
            }
        }
        // What comes after the end is not kept: an outcome, which comes again.
        return 0;
    }

    private boolean makeRoom(IOException e) {
        String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        // What a broken or read-only disk refuses would not fit any better after something was given up for it.
        boolean broken = reason.contains("input/output error") || reason.contains("read-only");
        boolean full = reason.contains("no space left")
                || reason.contains("quota exceeded")
                || (!broken && folder.map(SpoolFolder::isFull).orElse(false));
        return full && owner.dropOldest(false);
    }

    /** Writes a record to {@link #active()} once, whatever comes of it. True where it is written. */
    boolean tryWrite(ByteBuffer record) {
        int from = record.position();
        if (active == null || closed) {
            return false;
        }
        try {
            active.store().append(record);
            return true;
        } catch (IOException ignored) {
            // The caller does without, or makes room and comes again.
            record.position(from);
            return false;
        }
    }

    private void toMemory(IOException e) {
        LOG.warn(
                "spool cannot be written, samples are kept in memory until it can: folder={}, reason={}",
                folder.map(SpoolFolder::toString).orElse("none"),
                e.toString());
        beginInMemory();
    }

    /** Begins another segment: as file where the disk takes it. */
    void roll() {
        while (folder.isPresent() && (active == null || active.store().isFile())) {
            try {
                beginInFile(folder.get());
                return;
            } catch (IOException e) {
                if (!makeRoom(e)) {
                    toMemory(e);
                    return;
                }
            }
        }
        beginInMemory();
    }

    private void beginInFile(SpoolFolder in) throws IOException {
        FileStore store = in.create(nextNumber);
        try {
            store.append(beginning());
        } catch (IOException e) {
            discard(store);
            throw e;
        }
        begin(store);
    }

    private void beginInMemory() {
        MemoryStore store = new MemoryStore();
        store.append(beginning());
        begin(store);
    }

    private ByteBuffer beginning() {
        List<SegmentFormat.Kept> older =
                segments.stream().map(SegmentFormat.Kept::of).toList();
        RecordBuffer head = new RecordBuffer(FIRST_HEAD);
        head.room(SegmentFormat.FILE_HEADER).put(SegmentFormat.fileHeader(nextNumber));
        inventoryAt = owner.putHead(head, older, folder.isPresent());
        return head.filled();
    }

    private void begin(SegmentStore store) {
        Segment before = active;
        active = new Segment(nextNumber++, store);
        segments.add(active);
        if (before != null) {
            unforced.add(before.store());
        }
        count();
        owner.began(active, inventoryAt);
        if (before != null && before.kept() == 0 && store.isFile()) {
            delete(before);
        }
    }

    private void count() {
        closedFileBytes = 0;
        closedMemoryBytes = 0;
        for (Segment segment : segments) {
            if (segment != active) {
                long bytes = segment.store().size();
                closedFileBytes += segment.store().isFile() ? bytes : 0;
                closedMemoryBytes += segment.store().isFile() ? 0 : bytes;
            }
        }
    }

    /** Takes a segment away that is not the active one; says so first, so that it is not missed later. */
    void delete(Segment segment) {
        RecordBuffer gone = new RecordBuffer(SegmentFormat.RECORD_HEADER + Long.BYTES);
        SegmentFormat.putNumber(gone, SegmentFormat.GONE, segment.number());
        tryWrite(gone.filled());
        segments.remove(segment);
        count();
        delete(segment.store());
    }

    private void delete(SegmentStore store) {
        try {
            store.delete();
        } catch (IOException ignored) {
            // Tried again with each heal; after a restart its samples are sent again and are duplicates.
            undeleted.add(store);
        }
    }

    private static void discard(SegmentStore store) {
        try {
            store.delete();
        } catch (IOException ignored) {
            // Its name is used again by the next attempt, which writes it anew.
        }
    }

    /** Puts what a folder holds before what is in memory, and brings that to disk. */
    void attach(SpoolFolder opened, List<Segment> found, long newest) throws IOException {
        folder = Optional.of(opened);
        nextNumber = newest + 1;
        for (Segment segment : segments) {
            segment.renumber(nextNumber++);
        }
        segments.addAll(0, found);
        count();
        heal();
    }

    /** Brings what is in memory to disk, and deletes what could not be deleted; does nothing where there is no such thing. */
    void heal() throws IOException {
        if (folder.isEmpty()) {
            return;
        }
        List<SegmentStore> again = List.copyOf(undeleted);
        undeleted.clear();
        again.forEach(this::delete);
        for (Segment segment : segments) {
            segment.setReadable(true);
            if (segment.store() instanceof MemoryStore memory) {
                FileStore file = folder.get().create(segment.number());
                try {
                    file.append(SegmentFormat.fileHeader(segment.number()));
                    file.append(memory.records());
                } catch (IOException e) {
                    discard(file);
                    throw e;
                }
                segment.moveTo(file);
                unforced.add(file);
            }
        }
        count();
    }

    /** Files to be forced to disk; those but the active one are closed after that. */
    List<SegmentStore> takeUnforced() {
        List<SegmentStore> taken = new ArrayList<>(unforced);
        taken.remove(active.store());
        unforced.clear();
        taken.add(active.store());
        return taken;
    }

    /** Nothing is written any more. */
    void close() {
        closed = true;
        folder.ifPresent(SpoolFolder::close);
    }
}

package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A segment file. Guarded by the spool, but for {@link #force}. Open only while it is written; a reader opens it for each read
 * of some records, so that a spool of thousands of segments needs no file handles.
 */
final class FileStore implements SegmentStore {
    private final Path path;
    private final FileOpener files;
    private volatile FileChannel writer;
    private FileChannel reader;
    private long size;

    private FileStore(Path path, FileOpener files, FileChannel writer, long size) {
        this.path = path;
        this.files = files;
        this.writer = writer;
        this.size = size;
    }

    /** A new file; one of that name, left by an attempt that failed, is written anew. */
    static FileStore create(Path path, FileOpener files) throws IOException {
        FileChannel writer = files.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING));
        return new FileStore(path, files, writer, 0);
    }

    /** A file that is there, to be read. */
    static FileStore existing(Path path, FileOpener files) throws IOException {
        return new FileStore(path, files, null, Files.size(path));
    }

    @Override
    public long append(ByteBuffer bytes) throws IOException {
        long at = size;
        int length = bytes.remaining();
        if (writer == null) {
            throw new ClosedChannelException();
        }
        try {
            // By position: what an attempt left that failed half-way is written over by the next.
            for (long position = at; bytes.hasRemaining(); ) {
                position += writer.write(bytes, position);
            }
        } catch (IOException e) {
            truncate(at);
            throw e;
        }
        size = at + length;
        return at;
    }

    private void truncate(long length) {
        try {
            writer.truncate(length);
        } catch (IOException ignored) {
            // A torn tail: recovery cuts it, and the next append writes over it.
        }
    }

    /** Cuts what lies behind the last intact record. */
    void cut(long length) throws IOException {
        size = length;
        try (FileChannel channel = files.open(path, Set.of(StandardOpenOption.WRITE))) {
            channel.truncate(length);
        }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        long left = size - position;
        if (left <= 0) {
            return -1;
        }
        if (reader == null) {
            reader = files.open(path, Set.of(StandardOpenOption.READ));
        }
        // What lies behind is the rest of an attempt that failed.
        int limit = into.limit();
        into.limit((int) Math.min(limit, into.position() + left));
        try {
            return reader.read(into, position);
        } finally {
            into.limit(limit);
        }
    }

    @Override
    public void doneReading() {
        FileChannel channel = reader;
        reader = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // It was only read.
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void force() throws IOException {
        FileChannel channel = writer;
        if (channel != null) {
            channel.force(false);
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel channel = writer;
        writer = null;
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void delete() throws IOException {
        doneReading();
        close();
        files.delete(path);
    }

    @Override
    public boolean isFile() {
        return true;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

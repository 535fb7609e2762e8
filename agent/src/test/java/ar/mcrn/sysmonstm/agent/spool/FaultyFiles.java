package ar.mcrn.sysmonstm.agent.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Real files behind a layer that fails when it is told to: as a disk that is full, read-only or broken. */
final class FaultyFiles implements FileOpener {
    private long bytesLeft = Long.MAX_VALUE;
    private String reason = "";
    private boolean opensFail;
    private boolean readsFail;
    private String unreadable = "";
    private boolean dead;

    /** After that many bytes more, writes end half-way with this reason; also for files opened before. */
    void failAfter(long bytes, String why) {
        bytesLeft = bytes;
        reason = why;
    }

    /** As after kill -9: that many bytes more reach the disk, and then nothing does anything. */
    void dieAfter(long bytes) {
        failAfter(bytes, "the process is dead");
        dead = true;
    }

    void opensFail(boolean fail) {
        opensFail = fail;
    }

    void readsFail(boolean fail) {
        readsFail = fail;
    }

    /** Reads of this file alone fail, beyond its head. */
    void readsFailOf(Path file) {
        unreadable = file.toString();
    }

    void heal() {
        unreadable = "";
        bytesLeft = Long.MAX_VALUE;
        opensFail = false;
        readsFail = false;
    }

    boolean isDead() {
        return dead && bytesLeft <= 0;
    }

    @Override
    public void delete(Path path) throws IOException {
        if (isDead() || opensFail) {
            throw new IOException(opensFail ? "Read-only file system" : reason);
        }
        Files.deleteIfExists(path);
    }

    @Override
    public FileChannel open(Path path, Set<OpenOption> options) throws IOException {
        if (isDead() || (opensFail && options.contains(StandardOpenOption.WRITE))) {
            throw new IOException(opensFail ? "Read-only file system" : reason);
        }
        return new Channel(path, FileChannel.open(path, options));
    }

    private final class Channel extends FileChannel {
        private final Path path;
        private final FileChannel real;

        Channel(Path path, FileChannel real) {
            this.path = path;
            this.real = real;
        }

        private ByteBuffer allowed(ByteBuffer source) {
            int length = (int) Math.min(source.remaining(), bytesLeft);
            return source.slice(source.position(), length);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            ByteBuffer part = allowed(source);
            int length = real.write(part, position);
            bytesLeft -= length;
            source.position(source.position() + length);
            if (source.hasRemaining()) {
                throw new IOException(reason);
            }
            return length;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int length = write(source, real.position());
            real.position(real.position() + length);
            return length;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            if (readsFail || (position > 0 && path.toString().equals(unreadable))) {
                throw new IOException("Input/output error");
            }
            return real.read(target, position);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            if (isDead()) {
                throw new IOException(reason);
            }
            real.truncate(size);
            return this;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return real.read(target);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return real.read(targets, offset, length);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            real.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public void force(boolean metaData) throws IOException {
            real.force(metaData);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return real.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }
    }
}

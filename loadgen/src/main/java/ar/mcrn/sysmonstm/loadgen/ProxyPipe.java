package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.loadgen.FaultProxy.Direction;
import ar.mcrn.sysmonstm.loadgen.FaultProxy.ProxyCounters;
import ar.mcrn.sysmonstm.loadgen.LinkFault.Passage;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One direction of a proxied connection: a reader takes what comes with the time it came, a writer passes it on as the
 * fault of the moment says. The end of the stream and a reset travel the same way, so that they are late, held or swallowed
 * like bytes.
 */
final class ProxyPipe {

    /** Bytes that wait in one direction before the reader stops reading. */
    static final int QUEUE_BYTES = 256 * 1024;

    private static final int READ_BYTES = 8 * 1024;
    /** What a chunk costs beside its bytes: many small ones are bounded too. */
    private static final int CHUNK_BYTES = 64;
    /** Under a rate limit bytes go in pieces of about so many nanoseconds' worth. */
    private static final long PIECE_NANOS = 20_000_000;

    private enum What {
        BYTES,
        END,
        RESET
    }

    private record Chunk(What what, byte[] bytes, long nanos) {
        int weight() {
            return bytes.length + CHUNK_BYTES;
        }
    }

    private static final byte[] NONE = {};

    private final ProxiedConnection connection;
    private final Socket in;
    private final Socket out;
    private final Direction direction;
    private final ProxyCounters counters;
    private final SplittableRandom random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Chunk> queue = new ArrayDeque<>();
    private LinkFault fault = LinkFault.NONE;
    private int queued;
    private volatile boolean readerDone;
    private boolean ended;
    private boolean outEnded;
    private boolean hole;
    private long bytesToFlip = -1;
    private long freeNanos;

    ProxyPipe(
            ProxiedConnection connection,
            Socket in,
            Socket out,
            Direction direction,
            long seed,
            ProxyCounters counters) {
        this.connection = connection;
        this.in = in;
        this.out = out;
        this.direction = direction;
        this.counters = counters;
        this.random = new SplittableRandom(seed);
    }

    void start(Executor threads) {
        threads.execute(this::read);
        threads.execute(this::write);
    }

    /** Another fault from now on, also for what waits. */
    void set(LinkFault now) {
        boolean broken;
        lock.lock();
        try {
            fault = now;
            bytesToFlip = -1;
            freeNanos = 0;
            broken = hole && now.passage() != Passage.SWALLOW;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (broken) {
            connection.cut();
        }
    }

    /** Tells the receiver the end of the stream, whatever the sender goes on to send. */
    void halfClose() {
        lock.lock();
        try {
            if (outEnded || ended) {
                return;
            }
            outEnded = true;
            counters.halfClosed.increment();
            out.shutdownOutput();
            changed.signalAll();
        } catch (IOException gone) {
            // The reader of the other direction hears of it.
        } finally {
            lock.unlock();
        }
    }

    /** The sockets are closed: both threads come to their end. */
    void end() {
        lock.lock();
        try {
            ended = true;
            queue.forEach(chunk -> counters.waiting.add(-chunk.bytes().length));
            queue.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void read() {
        byte[] buffer = new byte[READ_BYTES];
        try {
            InputStream stream = in.getInputStream();
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                byte[] bytes = new byte[read];
                System.arraycopy(buffer, 0, bytes, 0, read);
                put(new Chunk(What.BYTES, bytes, System.nanoTime()));
            }
            put(new Chunk(What.END, NONE, System.nanoTime()));
        } catch (IOException reset) {
            if (!connection.isClosed()) {
                put(new Chunk(What.RESET, NONE, System.nanoTime()));
            }
        } finally {
            readerDone = true;
        }
    }

    /** Nothing more is read from the sender: its end or a reset was read. */
    boolean isReaderDone() {
        return readerDone;
    }

    private void put(Chunk chunk) {
        lock.lock();
        try {
            while (queued + chunk.weight() > QUEUE_BYTES && !ended) {
                changed.awaitUninterruptibly();
            }
            if (!ended) {
                queue.add(chunk);
                queued += chunk.weight();
                counters.waiting.add(chunk.bytes().length);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        try {
            for (Chunk chunk = take(); chunk != null; chunk = take()) {
                switch (chunk.what()) {
                    case BYTES -> deliver(chunk.bytes());
                    case RESET -> {
                        connection.close();
                        return;
                    }
                    case END -> {
                        if (!isOutEnded()) {
                            out.shutdownOutput();
                        }
                        connection.finished();
                        return;
                    }
                }
            }
        } catch (IOException gone) {
            connection.receiverGone(direction);
        } catch (InterruptedException closing) {
            connection.close();
        }
    }

    private boolean isOutEnded() {
        lock.lock();
        try {
            return outEnded;
        } finally {
            lock.unlock();
        }
    }

    /** The next chunk that may go now; null when the pipe has ended. What is swallowed never comes out here. */
    private Chunk take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (ended) {
                    return null;
                }
                Chunk first = queue.peek();
                if (first == null || fault.passage() == Passage.HOLD) {
                    changed.await();
                    continue;
                }
                if (fault.passage() == Passage.SWALLOW) {
                    hole = true;
                    counters.swallowed.add(first.bytes().length);
                    remove();
                    continue;
                }
                long wait = Math.max(first.nanos() + fault.delay().toNanos(), freeNanos) - System.nanoTime();
                if (wait > 0) {
                    long _ = changed.awaitNanos(wait);
                    continue;
                }
                return outEnded && first.what() == What.BYTES ? swallowed() : piece(first);
            }
        } finally {
            lock.unlock();
        }
    }

    /** After a half-close: the sender goes on, and nobody receives it. */
    private Chunk swallowed() {
        Chunk chunk = remove();
        counters.swallowed.add(chunk.bytes().length);
        return new Chunk(What.BYTES, NONE, chunk.nanos());
    }

    /** The first chunk, or as much of it as the rate limit lets go at once. */
    private Chunk piece(Chunk first) {
        remove();
        if (fault.bytesPerSecond() == 0) {
            return first;
        }
        int most = Math.clamp(fault.bytesPerSecond() * PIECE_NANOS / 1_000_000_000, 1, READ_BYTES);
        int length = Math.min(most, first.bytes().length);
        freeNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(length) / fault.bytesPerSecond();
        if (length == first.bytes().length) {
            return first;
        }
        byte[] now = new byte[length];
        byte[] later = new byte[first.bytes().length - length];
        System.arraycopy(first.bytes(), 0, now, 0, length);
        System.arraycopy(first.bytes(), length, later, 0, later.length);
        Chunk rest = new Chunk(What.BYTES, later, first.nanos());
        queue.addFirst(rest);
        queued += rest.weight();
        counters.waiting.add(later.length);
        return new Chunk(What.BYTES, now, first.nanos());
    }

    private Chunk remove() {
        Chunk chunk = queue.remove();
        queued -= chunk.weight();
        counters.waiting.add(-chunk.bytes().length);
        changed.signalAll();
        return chunk;
    }

    private void deliver(byte[] bytes) throws IOException {
        corrupt(bytes);
        out.getOutputStream().write(bytes);
        counters.delivered(direction).add(bytes.length);
    }

    private void corrupt(byte[] bytes) {
        lock.lock();
        try {
            if (fault.corruptEvery() == 0) {
                return;
            }
            if (bytesToFlip < 0) {
                bytesToFlip = random.nextLong(2 * fault.corruptEvery());
            }
            while (bytesToFlip < bytes.length) {
                bytes[(int) bytesToFlip] ^= (byte) (1 << random.nextInt(8));
                counters.corrupted.increment();
                bytesToFlip += 1 + random.nextLong(2 * fault.corruptEvery());
            }
            bytesToFlip -= bytes.length;
        } finally {
            lock.unlock();
        }
    }
}

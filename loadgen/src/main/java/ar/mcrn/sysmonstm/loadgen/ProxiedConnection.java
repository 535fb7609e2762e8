package ar.mcrn.sysmonstm.loadgen;

import ar.mcrn.sysmonstm.loadgen.FaultProxy.Direction;
import ar.mcrn.sysmonstm.loadgen.FaultProxy.ProxyCounters;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One connection through a {@link FaultProxy}: two sockets and a pipe each way. Any thread may change or end it. */
final class ProxiedConnection {

    private final long number;
    private final Socket client;
    private final Socket target;
    private final ProxyPipe toTarget;
    private final ProxyPipe toClient;
    private final ProxyCounters counters;
    private final Consumer<ProxiedConnection> ended;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger finished = new AtomicInteger();

    ProxiedConnection(
            long number,
            Socket client,
            Socket target,
            long seed,
            ProxyCounters counters,
            Consumer<ProxiedConnection> ended) {
        this.number = number;
        this.client = client;
        this.target = target;
        this.counters = counters;
        this.ended = ended;
        long random = Mix.mix(seed, number);
        this.toTarget = new ProxyPipe(this, client, target, Direction.TO_TARGET, Mix.mix(random, 0), counters);
        this.toClient = new ProxyPipe(this, target, client, Direction.TO_CLIENT, Mix.mix(random, 1), counters);
    }

    /** Order in which it was accepted, from 0. */
    long number() {
        return number;
    }

    void start(Executor threads) {
        toTarget.start(threads);
        toClient.start(threads);
    }

    void set(Direction direction, LinkFault fault) {
        pipe(direction).set(fault);
    }

    void halfClose(Direction direction) {
        pipe(direction).halfClose();
    }

    private ProxyPipe pipe(Direction direction) {
        return switch (direction) {
            case TO_TARGET -> toTarget;
            case TO_CLIENT -> toClient;
        };
    }

    /** One direction has delivered its end; after the other has too, nothing is left. */
    void finished() {
        if (finished.incrementAndGet() == 2) {
            // No reset: it could come before what was delivered has been read.
            end(ProxiedConnection::closeQuietly);
        }
    }

    /**
     * Nobody takes the bytes of this direction any more. The sender hears of it by the reader of the other direction, under
     * that direction's fault; where that one has read the end already, there is nobody left to tell it.
     */
    void receiverGone(Direction direction) {
        if (pipe(direction == Direction.TO_TARGET ? Direction.TO_CLIENT : Direction.TO_TARGET)
                .isReaderDone()) {
            close();
        }
    }

    /** Resets both ends, as a fault. */
    void cut() {
        if (!closed.get()) {
            counters.cut.increment();
        }
        close();
    }

    /** Resets both ends. */
    void close() {
        end(ProxiedConnection::reset);
    }

    private void end(Consumer<Socket> how) {
        if (closed.compareAndSet(false, true)) {
            how.accept(client);
            how.accept(target);
            toTarget.end();
            toClient.end();
            ended.accept(this);
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Closes with RST instead of FIN. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            // Closing again is harmless.
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is given up in any case.
        }
    }
}

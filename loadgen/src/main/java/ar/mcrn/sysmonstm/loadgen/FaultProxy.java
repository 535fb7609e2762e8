package ar.mcrn.sysmonstm.loadgen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A TCP proxy on loopback that does to connections what a bad network does: delay, rate limit, cut, half-close, one way,
 * corrupt, refuse, flap. For any two ends: agents and aggregator, aggregator and PostgreSQL or Redis.
 *
 * <pre>
 *   client ──▶ reader ──▶ bounded queue ──▶ writer (fault) ──▶ target       TO_TARGET
 *          ◀── writer ◀── bounded queue ◀── reader         ◀──              TO_CLIENT
 * </pre>
 *
 * Four virtual threads a connection. Of each direction at most {@value ProxyPipe#QUEUE_BYTES} bytes wait in the proxy; then
 * it stops reading and the sender feels it. Faults can be changed at any time by any thread, for all connections or for a
 * share of them: whether connection n is among a share follows from the seed, and a larger share holds the smaller one.
 * A fault stays, also for connections to come, until it is replaced or {@link #heal()} ends it. {@link #counts()} proves
 * that a fault was really there.
 *
 * <p>Not possible from user space: the proxy's kernel always accepts a connection, so a new one to a silent peer opens and
 * then hears nothing, and a refused one opens and is reset at once. Closing cuts everything and waits for all threads.
 */
public final class FaultProxy implements AutoCloseable {

    /** A way through the proxy. */
    public enum Direction {
        /** From who connected to the target. */
        TO_TARGET,
        /** From the target to who connected. */
        TO_CLIENT
    }

    /**
     * What the proxy did since it began.
     *
     * @param connections accepted
     * @param open there now
     * @param refused reset at once because of {@link #refuse}
     * @param unreachable reset since the target took no connection
     * @param cut reset by the proxy: by {@link #cut}, flapping, or after swallowed bytes
     * @param halfClosed directions ended by {@link #halfClose}
     * @param flaps times that the link went down
     * @param bytesToTarget delivered to the target
     * @param bytesToClient delivered to who connected
     * @param bytesWaiting in the proxy now: delayed, held or limited
     * @param bytesSwallowed taken and never delivered
     * @param bytesCorrupted delivered with one bit flipped
     */
    public record Counts(
            long connections,
            long open,
            long refused,
            long unreachable,
            long cut,
            long halfClosed,
            long flaps,
            long bytesToTarget,
            long bytesToClient,
            long bytesWaiting,
            long bytesSwallowed,
            long bytesCorrupted) {}

    private record Applied(LinkFault fault, double share) {}

    private final InetSocketAddress target;
    private final long seed;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<Direction, Applied> faults = new EnumMap<>(Direction.class);
    private final ProxyCounters counters = new ProxyCounters();
    private Thread flapping;
    private volatile boolean refusing;
    private volatile boolean closed;

    /** Opens a port of its own on loopback. */
    public FaultProxy(InetSocketAddress target, long seed) {
        this.target = target;
        this.seed = seed;
        for (Direction direction : Direction.values()) {
            faults.put(direction, new Applied(LinkFault.NONE, 1));
        }
        try {
            server = new ServerSocket(0, 4_096, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            threads.shutdownNow();
            throw new UncheckedIOException("no port for the proxy", e);
        }
        threads.execute(this::accept);
    }

    /** In front of a port on loopback. */
    public static FaultProxy inFrontOf(int port, long seed) {
        return new FaultProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), seed);
    }

    /** The port to connect to. */
    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        for (long number = 0; !closed; number++) {
            Socket client;
            try {
                client = server.accept();
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException("proxy cannot accept", e);
                }
                return;
            }
            counters.connections.increment();
            if (refusing) {
                counters.refused.increment();
                ProxiedConnection.reset(client);
            } else {
                long connection = number;
                threads.execute(() -> open(client, connection));
            }
        }
    }

    private void open(Socket client, long number) {
        Socket there = new Socket();
        try {
            there.connect(target, 5_000);
        } catch (IOException e) {
            counters.unreachable.increment();
            ProxiedConnection.reset(there);
            ProxiedConnection.reset(client);
            return;
        }
        ProxiedConnection connection =
                new ProxiedConnection(number, client, there, seed, counters, connections::remove);
        synchronized (this) {
            // Under the lock: a fault applied meanwhile reaches this connection here or in its list, never neither.
            connections.add(connection);
            faults.forEach((direction, applied) -> {
                if (isAmong(number, applied.share())) {
                    connection.set(direction, applied.fault());
                }
            });
        }
        connection.start(threads);
        if (closed || refusing) {
            connection.cut();
        }
    }

    private boolean isAmong(long number, double share) {
        return (Mix.mix(seed, number) >>> 11) * 0x1p-53 < share;
    }

    private int each(double share, Consumer<ProxiedConnection> change) {
        int chosen = 0;
        for (ProxiedConnection connection : connections) {
            if (isAmong(connection.number(), share)) {
                change.accept(connection);
                chosen++;
            }
        }
        return chosen;
    }

    /** Does this to all connections in both directions, in place of what was done before. */
    public void apply(LinkFault fault) {
        for (Direction direction : Direction.values()) {
            apply(direction, fault, 1);
        }
    }

    /**
     * Does this to a share of the connections in one direction, in place of what was done in that direction before; the
     * others are healed.
     *
     * @param share 0 to 1
     */
    public synchronized void apply(Direction direction, LinkFault fault, double share) {
        faults.put(direction, new Applied(fault, share));
        for (ProxiedConnection connection : connections) {
            connection.set(direction, isAmong(connection.number(), share) ? fault : LinkFault.NONE);
        }
    }

    /** Resets a share of the connections, both ends; returns how many. New ones are taken. */
    public int cut(double share) {
        return each(share, ProxiedConnection::cut);
    }

    /**
     * Ends one direction of a share of the connections: the receiver sees the end of the stream, what the sender goes on
     * sending is swallowed, the other direction goes on. Returns how many.
     */
    public int halfClose(Direction direction, double share) {
        return each(share, connection -> connection.halfClose(direction));
    }

    /** From now on resets (or takes again) new connections; those open stay. */
    public void refuse(boolean refused) {
        this.refusing = refused;
    }

    /** Takes the link down and up in turn until {@link #heal()}: down = all connections are cut and new ones refused. */
    public synchronized void flap(Duration up, Duration down) {
        endFlapping();
        flapping = Thread.ofVirtual().name("fault-proxy-flap").start(() -> {
            try {
                while (true) {
                    refusing = true;
                    counters.flaps.increment();
                    cut(1);
                    Thread.sleep(down);
                    refusing = false;
                    Thread.sleep(up);
                }
            } catch (InterruptedException healed) {
                // The link stays up from here on.
            }
        });
    }

    private void endFlapping() {
        if (flapping != null) {
            flapping.interrupt();
            try {
                flapping.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            flapping = null;
        }
    }

    /** Ends every fault. Connections that lost bytes are cut, for nothing can mend them. */
    public synchronized void heal() {
        endFlapping();
        refusing = false;
        apply(LinkFault.NONE);
    }

    /** What was done so far. */
    public Counts counts() {
        return counters.counts(connections.size());
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            endFlapping();
        }
        try {
            server.close();
        } catch (IOException ignored) {
            // Nothing listens any more, which is all that was wanted.
        }
        each(1, ProxiedConnection::close);
        threads.shutdownNow();
        threads.close();
        each(1, ProxiedConnection::close);
    }

    /** What all connections count. */
    static final class ProxyCounters {
        final LongAdder connections = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder unreachable = new LongAdder();
        final LongAdder cut = new LongAdder();
        final LongAdder halfClosed = new LongAdder();
        final LongAdder flaps = new LongAdder();
        final LongAdder toTarget = new LongAdder();
        final LongAdder toClient = new LongAdder();
        final LongAdder waiting = new LongAdder();
        final LongAdder swallowed = new LongAdder();
        final LongAdder corrupted = new LongAdder();

        LongAdder delivered(Direction direction) {
            return switch (direction) {
                case TO_TARGET -> toTarget;
                case TO_CLIENT -> toClient;
            };
        }

        Counts counts(int open) {
            return new Counts(
                    connections.sum(),
                    open,
                    refused.sum(),
                    unreachable.sum(),
                    cut.sum(),
                    halfClosed.sum(),
                    flaps.sum(),
                    toTarget.sum(),
                    toClient.sum(),
                    waiting.sum(),
                    swallowed.sum(),
                    corrupted.sum());
        }
    }
}

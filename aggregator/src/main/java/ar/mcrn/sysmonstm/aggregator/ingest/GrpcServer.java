package ar.mcrn.sysmonstm.aggregator.ingest;

import ar.mcrn.sysmonstm.aggregator.IngestMetrics;
import ar.mcrn.sysmonstm.aggregator.history.HistoryIntake;
import ar.mcrn.sysmonstm.aggregator.ring.IngestRing;
import ar.mcrn.sysmonstm.contract.Limits;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.readiness.Dependency;
import io.dropwizard.lifecycle.Managed;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC port. Calls run directly on the event loops, which therefore never block.
 *
 * <p>Stops in two steps, since outcomes are told until the history has committed: {@link #refuse} lets nobody in and reads no
 * further message; {@link #stop}, when ring and history have stopped, waits up to 5 s until every stream has been told its
 * outcomes, then closes all connections.
 */
public final class GrpcServer implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    /** Beyond the contract's limit an agent is told so by name; beyond this gRPC cuts the stream. */
    private static final int HARD_MESSAGE_BYTES = 4 * Limits.MESSAGE_BYTES;

    private final IngestDoor door;
    private final Settings settings;
    private final Dependency readiness;
    private final EventLoopGroup acceptors;
    private final EventLoopGroup workers;
    private final List<IngestLoop> loops = new ArrayList<>();
    private Server server;

    /**
     * How the port is opened.
     *
     * @param bind address to listen on
     * @param port port to listen on; 0 = a free one
     * @param token what agents must show; empty = nothing
     * @param maxStreams streams open at the same time
     */
    public record Settings(String bind, int port, Secret token, int maxStreams) {}

    /**
     * Opens nothing yet.
     *
     * @param arrival hears of each machine before its first sample
     * @param identities says who speaks for a machine
     * @param readiness is up while the port is open
     */
    public GrpcServer(
            Settings settings,
            IngestRing ring,
            HistoryIntake history,
            Arrival arrival,
            IdentityExchange identities,
            IngestMetrics metrics,
            InstantSource clock,
            Dependency readiness) {
        this.settings = settings;
        this.readiness = readiness;
        this.door = new IngestDoor(
                ring, history, arrival, identities, metrics, clock, settings.token(), settings.maxStreams());
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        acceptors = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("grpc-accept", true), io);
        workers = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("grpc-loop", true), GatheringIoHandler.over(io, ring.beat()));
    }

    /** @throws ConfigurationProblem naming the port when it cannot be opened */
    @Override
    public void start() {
        QuietLoggers.quieten();
        for (EventExecutor executor : workers) {
            loops.add(new IngestLoop(executor));
        }
        Class<? extends ServerChannel> channel =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        InetSocketAddress address = new InetSocketAddress(settings.bind(), settings.port());
        server = NettyServerBuilder.forAddress(address)
                .channelType(channel)
                .bossEventLoopGroup(acceptors)
                .workerEventLoopGroup(workers)
                .directExecutor()
                .addService(new IngestService(door, this::current))
                .decompressorRegistry(DecompressorRegistry.emptyInstance())
                .maxInboundMessageSize(HARD_MESSAGE_BYTES)
                .flowControlWindow(64 * 1024)
                .maxConcurrentCallsPerConnection(4)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .maxConnectionIdle(5, TimeUnit.MINUTES)
                .maxConnectionAge(30, TimeUnit.MINUTES)
                .maxConnectionAgeGrace(30, TimeUnit.SECONDS)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .maxRstFramesPerWindow(200, 30)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            readiness.down("port " + settings.port() + " cannot be opened");
            shutDownLoops();
            throw new ConfigurationProblem("gRPC port cannot be opened, is it in use? AGGREGATOR_GRPC_PORT="
                    + settings.port() + ", bind=" + settings.bind() + ", reason=" + reason(e));
        }
        readiness.up();
        LOG.info("gRPC port is open: bind={}, port={}", settings.bind(), port());
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getMessage();
    }

    /** What belongs to the calling event loop; there are a few at most, and asking each costs less than a thread local. */
    private IngestLoop current() {
        for (IngestLoop loop : loops) {
            if (loop.isCurrent()) {
                return loop;
            }
        }
        throw new IllegalStateException("BUG: not on an event loop");
    }

    /** The port that is open. */
    public int port() {
        return server.getPort();
    }

    /** Streams open now. */
    public int streams() {
        return door.streams();
    }

    /** First step of stopping: nobody comes in, nothing more is read. */
    public void refuse() {
        readiness.down("stopping");
        door.stop();
        if (server != null) {
            server.shutdown();
        }
        for (IngestLoop loop : loops) {
            loop.execute(loop::stop);
        }
    }

    @Override
    public void stop() throws InterruptedException {
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        while (door.streams() > 0 && System.nanoTime() - deadline < 0) {
            Thread.sleep(10);
        }
        if (server != null) {
            server.shutdownNow();
            server.awaitTermination(1, TimeUnit.SECONDS);
        }
        shutDownLoops();
    }

    private void shutDownLoops() {
        acceptors.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}

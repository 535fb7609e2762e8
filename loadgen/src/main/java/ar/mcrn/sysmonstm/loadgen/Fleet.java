package ar.mcrn.sysmonstm.loadgen;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * All simulated agents of one run, on a few event loops: each agent has a connection of its own and no thread. Closing
 * cuts what is still connected.
 */
final class Fleet implements AutoCloseable {

    private final MultiThreadIoEventLoopGroup group;
    private final List<SimulatedAgent> agents = new ArrayList<>();
    private final List<AgentLoop> loops = new ArrayList<>();
    private final LoadCounters counters = new LoadCounters();
    private final CountDownLatch running;
    private final long startMillis;

    Fleet(LoadPlan plan) {
        boolean epoll = Epoll.isAvailable();
        group = new MultiThreadIoEventLoopGroup(
                plan.threads(),
                new DefaultThreadFactory("loadgen-agents", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Class<? extends Channel> type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        running = new CountDownLatch(plan.agents());
        AgentLoop.StartTime start = AgentLoop.StartTime.inMillis(200);
        startMillis = start.unixMillis();
        for (int i = 0; i < plan.threads(); i++) {
            EventLoop loop = (EventLoop) group.next();
            loops.add(new AgentLoop(
                    plan,
                    loop,
                    type,
                    () -> new InetSocketAddress(plan.host(), plan.port()),
                    start,
                    running::countDown,
                    counters::failed));
        }
        for (int i = 0; i < plan.agents(); i++) {
            AgentLoop loop = loops.get(i % loops.size());
            SimulatedAgent agent = new SimulatedAgent(Machine.of(plan, i, startMillis), plan, loop, counters);
            agents.add(agent);
            loop.add(agent);
        }
    }

    void start() {
        loops.forEach(AgentLoop::start);
    }

    /** Waits until all agents are done; false when the time ends first. */
    boolean await(long millis) throws InterruptedException {
        return running.await(millis, TimeUnit.MILLISECONDS);
    }

    LoadCounters counters() {
        return counters;
    }

    List<SimulatedAgent> agents() {
        return agents;
    }

    /** Intended start, Unix milliseconds. */
    long startMillis() {
        return startMillis;
    }

    @Override
    public void close() {
        stop();
    }

    /** Cuts what is still connected; the agents' state can be read afterwards. */
    void stop() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}

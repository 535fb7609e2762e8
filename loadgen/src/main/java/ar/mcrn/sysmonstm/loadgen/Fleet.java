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
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final ObligationLog log;
    private final CountDownLatch running;
    private final long startMillis;

    /** @throws IOException when the file for the obligations cannot be made */
    Fleet(LoadPlan plan) throws IOException {
        boolean epoll = Epoll.isAvailable();
        group = new MultiThreadIoEventLoopGroup(
                plan.threads(),
                new DefaultThreadFactory("loadgen-agents", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Class<? extends Channel> type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        running = new CountDownLatch(plan.machines());
        AgentLoop.StartTime start = AgentLoop.StartTime.inMillis(200);
        startMillis = start.unixMillis();
        log = plan.obligations().isPresent()
                ? ObligationLog.create(plan.obligations().get(), plan, startMillis)
                : ObligationLog.none();
        List<HostPort> targets = plan.targets();
        for (int i = 0; i < plan.threads(); i++) {
            EventLoop loop = (EventLoop) group.next();
            loops.add(new AgentLoop(
                    plan,
                    loop,
                    type,
                    machine -> targets.get(machine % targets.size()).address(),
                    start,
                    running::countDown,
                    counters::failed));
        }
        Map<Integer, Set<Integer>> restarts = restarts(plan);
        for (int i = 0; i < plan.machines(); i++) {
            AgentLoop loop = loops.get(i % loops.size());
            SimulatedAgent agent = new SimulatedAgent(
                    Machine.of(plan.seed(), i), plan, loop, counters, log, restarts.getOrDefault(i, Set.of()));
            agents.add(agent);
            loop.add(agent);
        }
    }

    /** Rounds in which agents are killed, by agent: as many as the plan says, none in the first or last tenth. */
    private static Map<Integer, Set<Integer>> restarts(LoadPlan plan) {
        Map<Integer, Set<Integer>> restarts = new HashMap<>();
        int edge = Math.max(1, plan.rounds() / 10);
        for (int i = 0; i < plan.behaviour().restarts(); i++) {
            long random = Mix.mix(Mix.mix(plan.seed(), 79), i);
            int agent = (int) Mix.below(random, plan.agents());
            int round = edge + (int) Mix.below(Mix.mix(random), Math.max(1, plan.rounds() - 2 * edge));
            restarts.computeIfAbsent(agent, ignored -> new HashSet<>()).add(round);
        }
        return restarts;
    }

    void start() {
        loops.forEach(AgentLoop::start);
    }

    /** Waits until all agents are done; false when the time ends first. */
    boolean await(long millis) throws InterruptedException {
        return running.await(millis, TimeUnit.MILLISECONDS);
    }

    ObligationLog log() {
        return log;
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
        log.close();
    }
}

package ar.mcrn.sysmonstm.loadgen;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * One event loop and its share of the agents: their ticks, their connections and all their state belong to its thread.
 *
 * <p>Ticks follow the intended schedule whatever happens (open loop): when the thread was held up, all that was due is
 * taken afterwards with the stamps intended, so that a stall shows in the latencies (HdrHistogram, coordinated omission).
 * Agents stand in the order of their phase; what falls due within 2 ms is done at one wake-up.
 */
final class AgentLoop {

    private static final long GRAIN_NANOS = 2_000_000;

    private final LoadPlan plan;
    private final EventLoop loop;
    private final Class<? extends Channel> channelType;
    private final IntFunction<SocketAddress> target;
    private final Runnable agentDone;
    private final Consumer<RuntimeException> failed;
    private final SplittableRandom random;
    private final List<SimulatedAgent> agents = new ArrayList<>();
    private final long startNanos;
    private final long startMillis;
    private final long intervalNanos;
    private int next;
    private int round;

    AgentLoop(
            LoadPlan plan,
            EventLoop loop,
            Class<? extends Channel> channelType,
            IntFunction<SocketAddress> target,
            StartTime start,
            Runnable agentDone,
            Consumer<RuntimeException> failed) {
        this.plan = plan;
        this.loop = loop;
        this.channelType = channelType;
        this.target = target;
        this.agentDone = agentDone;
        this.failed = failed;
        this.random = new SplittableRandom(Mix.mix(plan.seed(), start.nanos()));
        this.startNanos = start.nanos();
        this.startMillis = start.unixMillis();
        this.intervalNanos = plan.interval().toNanos();
    }

    /** When a run starts, on both clocks. */
    record StartTime(long nanos, long unixMillis) {
        static StartTime inMillis(long ahead) {
            return new StartTime(System.nanoTime() + ahead * 1_000_000, System.currentTimeMillis() + ahead);
        }
    }

    /** Before {@link #start} only. */
    void add(SimulatedAgent agent) {
        agents.add(agent);
    }

    void start() {
        agents.sort(Comparator.comparingInt(SimulatedAgent::phaseMillis));
        plan.phases()
                .storms()
                .forEach(storm -> schedule(
                        () -> agents.forEach(SimulatedAgent::cut),
                        startNanos + storm.toNanos() - nanos(),
                        TimeUnit.NANOSECONDS));
        run(this::pump);
    }

    private void pump() {
        while (round < plan.rounds() && !agents.isEmpty()) {
            SimulatedAgent agent = agents.get(next);
            long wait = startNanos + round * intervalNanos + agent.phaseMillis() * 1_000_000L - nanos();
            if (wait > 0) {
                schedule(this::pump, Math.max(wait, GRAIN_NANOS), TimeUnit.NANOSECONDS);
                return;
            }
            agent.tick(round);
            next++;
            if (next == agents.size()) {
                next = 0;
                round++;
            }
        }
        agents.forEach(SimulatedAgent::leave);
    }

    /** A time of the schedule, Unix milliseconds, on the clock of {@link #nanos}. */
    long nanosAt(long unixMillis) {
        return startNanos + (unixMillis - startMillis) * 1_000_000L;
    }

    /** Intended start of the schedule, Unix milliseconds. */
    long startMillis() {
        return startMillis;
    }

    long nanos() {
        return System.nanoTime();
    }

    long random(long most) {
        return random.nextLong(most + 1);
    }

    void schedule(Runnable task, long millis) {
        schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    private void schedule(Runnable task, long delay, TimeUnit unit) {
        Future<?> _ = loop.schedule(() -> guarded(task), delay, unit);
    }

    /** A task that fails would otherwise be silent, since nobody waits for it, or end its stream. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            failed.accept(e);
        }
    }

    /** Runs on this loop's thread: at once where the caller is on it. */
    void run(Runnable task) {
        if (loop.inEventLoop()) {
            guarded(task);
        } else {
            loop.execute(() -> guarded(task));
        }
    }

    /** Opens a connection of its own for one stream of this machine. */
    AgentStream open(int machine, AgentStream.Listener listener) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(target.apply(machine))
                .channelType(channelType)
                .eventLoopGroup(loop)
                .directExecutor()
                .usePlaintext()
                .disableRetry()
                .disableServiceConfigLookUp()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5_000)
                .flowControlWindow(64 * 1024)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
        return new AgentStream(channel, this, listener);
    }

    void done() {
        agentDone.run();
    }
}

package ar.mcrn.sysmonstm.agent;

import ar.mcrn.sysmonstm.agent.clock.RunClock;
import ar.mcrn.sysmonstm.agent.collect.CollectionCycle;
import ar.mcrn.sysmonstm.agent.collect.IntervalPhases;
import ar.mcrn.sysmonstm.agent.collect.Machine;
import ar.mcrn.sysmonstm.agent.send.Spool;
import ar.mcrn.sysmonstm.agent.send.Uplink;
import ar.mcrn.sysmonstm.agent.send.UplinkSettings;
import ar.mcrn.sysmonstm.agent.spool.DiskSpool;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples this machine and streams it to the aggregator, until closed. Owns the threads {@code agent-sampler},
 * {@code agent-timer}, which also does the short reads and writes of the spool that a message asks for, and
 * {@code agent-spool}, which alone forces to disk and opens anew what failed; besides those of slow readings, and two
 * of gRPC's while a connection stands. Closing says goodbye, waits for the outcomes of what was sent and for whoever
 * writes to the spool, and takes 5 s at most. An aggregator that cannot be reached is no error: samples are kept and
 * sent later.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    /** The first sample covers this little, so that a page shows something soon. */
    private static final Duration FIRST_INTERVAL = Duration.ofMillis(100);

    /** What the second covers at least, on the way to the machine's place within the interval. */
    private static final Duration SECOND_INTERVAL = Duration.ofMillis(250);

    private static final Duration AFTER_EXCEPTION = Duration.ofSeconds(5);
    private static final Duration MAINTAIN_EVERY = Duration.ofSeconds(5);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    /** For what the threads that write to the spool have begun. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(1);

    private static final Duration GOODBYE_LIMIT = CLOSE_LIMIT.minus(STOP_LIMIT);

    private final AgentConfig config;
    private final Spool spool;
    private final Supplier<Machine> machines;
    private final SecureRandom random = new SecureRandom();
    private final String install;
    private final ScheduledExecutorService timer;
    private final ScheduledExecutorService upkeep = newTimer("agent-spool");
    private final AggregatorChannels channels;
    private final IntervalPhases phases;
    private final Thread sampler;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * An agent that keeps its samples on disk; opens its spool, and connects meanwhile.
     *
     * @throws ConfigurationException where another agent holds the spool's folder, or it cannot be one
     */
    public static Agent open(AgentConfig config) {
        ScheduledExecutorService timer = newTimer("agent-timer");
        AggregatorChannels channels = new AggregatorChannels(config.aggregator(), timer);
        timer.execute(channels::connectAhead);
        try {
            DiskSpool spool = DiskSpool.open(
                    config.spool().folder(), config.spool().bytes(), config.machine(), config.hostRoot());
            return new Agent(config, spool, spool.install(), () -> Machine.ofHost(config.hostRoot()), timer, channels);
        } catch (RuntimeException e) {
            channels.close();
            timer.shutdownNow();
            throw e;
        }
    }

    /** An agent on a spool, timer and channels that become its own. */
    Agent(
            AgentConfig config,
            Spool spool,
            String install,
            Supplier<Machine> machines,
            ScheduledExecutorService timer,
            AggregatorChannels channels) {
        this.config = config;
        this.spool = spool;
        this.install = install;
        this.machines = machines;
        this.timer = timer;
        this.channels = channels;
        phases = new IntervalPhases(config.machine());
        sampler = Thread.ofPlatform()
                .name("agent-sampler")
                .uncaughtExceptionHandler(
                        (thread, e) -> LOG.error("BUG: sampling ended: machine={}", config.machine(), e))
                .unstarted(this::sample);
    }

    /** Once stopped it ends what it has begun and forgets the rest: gRPC may still have something to say then. */
    static ScheduledExecutorService newTimer(String name) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name(name).factory(), new ThreadPoolExecutor.DiscardPolicy());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
        return timer;
    }

    /** Begins; returns at once. */
    public void start() {
        LOG.info(
                "agent started: machine={}, aggregator={}, intervalMillis={}",
                config.machine(),
                config.aggregator(),
                config.interval().toMillis());
        var _ = upkeep.scheduleWithFixedDelay(
                this::maintain, MAINTAIN_EVERY.toMillis(), MAINTAIN_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        sampler.start();
    }

    private void maintain() {
        try {
            spool.maintain();
        } catch (RuntimeException e) {
            LOG.error("BUG: spool could not be looked after: machine={}", config.machine(), e);
        }
    }

    private void sample() {
        Machine machine = machines.get();
        RunClock clock = newClock(wallMicros(), spool.correctionMicros());
        while (closing.getCount() > 0) {
            AgentRun run = newRun(machine, clock);
            try {
                tickUntilEnd(run);
            } catch (RuntimeException e) {
                LOG.error("BUG: run ended by an exception, another one begins: machine={}", config.machine(), e);
                waitUntil(System.nanoTime() + AFTER_EXCEPTION.toNanos());
            }
            boolean wentBack = run.clock().endsRun();
            boolean told = run.end(wentBack ? "clock went back" : "stopped", GOODBYE_LIMIT);
            LOG.info("run ended: samples={}, told={}, kept={}", run.sequence(), told, spool.levels());
            clock = newClock(clock.machineMicros(), clock.correctionMicros());
        }
    }

    /**
     * A clock for another run. Its stamps begin after the last of the machine; where it is behind that, the last ones
     * were wrong, and its own begin where it stands.
     */
    private RunClock newClock(long wallMicros, long correctionMicros) {
        long last = spool.lastStampMillis();
        boolean behind = (wallMicros + correctionMicros) / 1_000 < last;
        return new RunClock(System::nanoTime, wallMicros, correctionMicros, behind ? 0 : last);
    }

    private AgentRun newRun(Machine machine, RunClock clock) {
        long id = random.nextLong() & Long.MAX_VALUE;
        long startMillis = clock.nowMicros() / 1_000;
        EventLog events = new EventLog(id, spool, clock, System::nanoTime);
        events.runStarted(machine.bootMillis(), startMillis);
        if (startMillis < spool.lastStampMillis()) {
            events.wentBack(spool.lastStampMillis(), startMillis);
        }
        CollectionCycle cycle = new CollectionCycle(
                machine, id, HostName.ofThisMachine(), AgentVersion.TEXT, config.labels(), phases, System::nanoTime);
        UplinkSettings settings = new UplinkSettings(
                config.machine(), id, startMillis, AgentVersion.TEXT, config.token(), install, config.interval());
        Uplink uplink = new Uplink(settings, spool, clock, channels::next, timer, random, new OutcomeLog(events));
        return new AgentRun(id, clock, cycle, spool, events, uplink, Agent::wallMicros);
    }

    /** Ticks at the machine's place within each interval, by the monotonic clock; a missed one is not made up for. */
    private void tickUntilEnd(AgentRun run) {
        run.begin();
        long interval = config.interval().toNanos();
        long next = System.nanoTime() + FIRST_INTERVAL.toNanos();
        boolean first = true;
        while (!waitUntil(next) && !run.clock().endsRun()) {
            run.tick();
            long now = System.nanoTime();
            if (first) {
                first = false;
                long wait = Duration.ofMillis(phases.untilTick(run.nowMillis(), config.interval()))
                        .toNanos();
                next = now + (wait < SECOND_INTERVAL.toNanos() ? wait + interval : wait);
            } else {
                next += interval;
                if (next <= now) {
                    next += (now - next) / interval * interval + interval;
                }
            }
        }
    }

    /** True when the agent is being closed. */
    private boolean waitUntil(long nanos) {
        try {
            return closing.await(Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            closing.countDown();
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** What the spool holds now. */
    public Spool.Levels levels() {
        return spool.levels();
    }

    /** Says goodbye, waits for outcomes, stops everything, within 5 s. Samples without outcome stay in the spool. */
    @Override
    public void close() {
        long limit = System.nanoTime() + CLOSE_LIMIT.toNanos();
        closing.countDown();
        upkeep.shutdown();
        try {
            if (sampler.isAlive()) {
                sampler.join(CLOSE_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channels.close();
        long stop = Math.min(limit, System.nanoTime() + STOP_LIMIT.toNanos());
        stop(timer, stop);
        stop(upkeep, stop);
        spool.close();
    }

    /** Lets it end what it has begun: a thread that is interrupted as it writes loses what it writes, and its file. */
    private static void stop(ScheduledExecutorService timer, long limitNanos) {
        timer.shutdown();
        try {
            var _ = timer.awaitTermination(limitNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        timer.shutdownNow();
    }

    private static long wallMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}

package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Deployment;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LiveDelay;
import ar.mcrn.sysmonstm.ops.systemtests.processes.LoadRun;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import ar.mcrn.sysmonstm.ops.systemtests.processes.ServiceProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Where one fault happens: stores, an aggregator that keeps its ports from life to life, whatever else the scenario starts,
 * and the loads. One thread. Closing ends all of it.
 */
public final class FaultStage implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    /** Load before the fault. */
    private static final long WARM_UP_SECONDS = 8;
    /** A load whose agents were acknowledged less than this on average proves nothing. */
    private static final long LEAST_SECONDS = 10;
    /** Waits for its tidy end after the scenario has judged what it had to. */
    private static final Duration CERTAIN = Duration.ofMinutes(3);

    private final Deployment deployment;
    private final FaultLoad load;
    private final PrintStream progress;
    private final Evidence evidence = new Evidence();
    private final Random random;
    private final List<LoadRun> loads = new ArrayList<>();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private ServiceProcess aggregator;
    /** The first life, which chose the ports; a later one may be killed before it prints them. */
    private ServiceProcess first;

    private Map<String, String> aggregatorEnvironment = Map.of();
    private URI admin;
    private long unacknowledgedAtFault = -1;
    private double recoverySeconds = -1;
    private Instant wellSince;
    private int furtherStreams;
    private boolean closed;

    FaultStage(Deployment deployment, FaultLoad load, PrintStream progress) {
        this.deployment = deployment;
        this.load = load;
        this.progress = progress;
        this.random = new Random(load.seed());
    }

    /** The stores, and what runs on them. */
    public Deployment deployment() {
        return deployment;
    }

    /** What is asked for. */
    public FaultLoad load() {
        return load;
    }

    /** Where what is seen goes. */
    public Evidence evidence() {
        return evidence;
    }

    /** Chance, the same for the same seed. */
    public Random random() {
        return random;
    }

    /** Tells people. */
    public void say(String line) {
        progress.println("  " + line);
    }

    /** Closes this with the stage, before the processes end. */
    public <T extends AutoCloseable> T closing(T resource) {
        closing.add(resource);
        return resource;
    }

    /** Starts an aggregator and waits until it is ready. */
    public ServiceProcess startAggregator(Map<String, String> environment) throws InterruptedException {
        aggregatorEnvironment = environment;
        aggregator = deployment.startReady(Part.AGGREGATOR, environment);
        first = aggregator;
        admin = aggregator.address("admin");
        return aggregator;
    }

    /** Makes a process that was started otherwise the aggregator of this stage. */
    public void adoptAggregator(ServiceProcess process, Map<String, String> environment) throws InterruptedException {
        aggregatorEnvironment = environment;
        aggregator = process;
        first = process;
        admin = process.address("admin");
    }

    /** The aggregator now. */
    public ServiceProcess aggregator() {
        return aggregator;
    }

    /** Starts it again on the same ports, after its end; does not wait. */
    public void restartAggregator() throws InterruptedException {
        aggregator = deployment.restart(first, aggregatorEnvironment);
    }

    /** Admin port of the aggregator, the same in every life. */
    public URI admin() {
        return admin;
    }

    /** What the aggregator counts. */
    public Metrics metrics() throws IOException, InterruptedException {
        return deployment.http().metrics(admin);
    }

    /** Starts an api and waits until it is ready; returns its address. */
    public ServiceProcess startApi() throws InterruptedException {
        return deployment.startReady(Part.API, Map.of());
    }

    /** A viewer at an api of this stage. */
    public LiveDelay watchLive(ServiceProcess api) throws InterruptedException {
        return closing(LiveDelay.watch(deployment.http(), api.address("http"), "load-" + load.seed() + "-", "before"));
    }

    /** How full the ring gets from now on. */
    public RingWatch watchRing() throws IOException, InterruptedException {
        return closing(new RingWatch(this));
    }

    /** Brings the writer inside a transaction. */
    public WriterHold writerHold() {
        return new WriterHold(this);
    }

    /** Waits until the aggregator, in whatever life, commits something more. */
    public void awaitCommit() {
        AtomicLong committed = new AtomicLong(-1);
        await("something is committed", () -> {
            if (isOver()) {
                return true;
            }
            long stored = metrics().sum("sysmonstm_history_stored_samples_total");
            committed.compareAndSet(-1, stored);
            return stored > committed.get();
        });
    }

    /** Newest lines of all loads. */
    public String progress() {
        return loads.stream().map(run -> run.progress().line()).collect(Collectors.joining(" | "));
    }

    /** The database as an operator has it. */
    public Sql sql() {
        return new Sql(deployment);
    }

    /** The answer of {@code /ready} at a port, as text; its status before it. */
    public String ready(URI port) throws IOException, InterruptedException {
        HttpResponse<String> answer = deployment.http().get(port.resolve("/ready"));
        return answer.statusCode() + " " + answer.body();
    }

    /** Says how many agents there are beside the simulated ones. */
    void furtherStreams(int streams) {
        furtherStreams = streams;
    }

    /** Begins the load against the aggregator. */
    public LoadRun startLoad(String... more) throws IOException, InterruptedException {
        return startLoad(aggregator.port("grpc"), load.agents(), load.seed(), more);
    }

    /** Begins a load against a port on this machine. */
    public LoadRun startLoad(int port, int agents, long seed, String... more) throws IOException {
        LoadRun run = LoadRun.start(deployment, port, agents, load.duration(), seed, more);
        loads.add(run);
        return run;
    }

    /** Waits until all agents are connected and enough samples wait for their outcome. */
    public void awaitFlowing() throws InterruptedException {
        awaitFlowing(1);
    }

    /**
     * The same where some agents are always away.
     *
     * @param share of the agents that have to be connected at the same time, 0 to 1
     */
    public void awaitFlowing(double share) throws InterruptedException {
        for (LoadRun run : loads) {
            long least = load.unacknowledged() * run.agents() / load.agents();
            run.awaitProgress(
                    now -> now.seconds() >= WARM_UP_SECONDS
                            && now.connected() >= run.agents() * share
                            && now.unacknowledged() >= least,
                    load.duration());
        }
    }

    /** Notes how many samples wait for their outcome at the moment of the fault, which proves that something can be lost. */
    public void atFault() {
        unacknowledgedAtFault = unacknowledged();
        say("before: " + loads.getFirst().progress().line());
        evidence.proof(
                unacknowledgedAtFault >= load.unacknowledged(),
                "%,d unacknowledged at the fault",
                unacknowledgedAtFault);
    }

    /** Samples without an outcome as the loads told last. */
    public long unacknowledged() {
        return loads.stream().mapToLong(run -> run.progress().unacknowledged()).sum();
    }

    /** Samples acknowledged as the loads told last. */
    public long acknowledged() {
        return loads.stream().mapToLong(run -> run.progress().acknowledged()).sum();
    }

    /** Agents that have a stream as the loads told last. */
    public long connected() {
        return loads.stream().mapToLong(run -> run.progress().connected()).sum();
    }

    /** Connections beyond one for each agent as the loads told last. */
    public long reconnects() {
        return loads.stream().mapToLong(run -> run.progress().reconnects()).sum();
    }

    /** Lets the loads run on for this long. */
    public void goOnFor(Duration time) throws InterruptedException {
        loads.getFirst().goOnFor(time);
    }

    /**
     * From now, which is the end of the fault, until all agents have a stream and something more was committed; or until
     * all is done, when an agent came back after its schedule was over.
     */
    public void awaitBack(Duration limit) {
        long begin = System.nanoTime();
        int agents = furtherStreams + loads.stream().mapToInt(LoadRun::agents).sum();
        AtomicLong committed = new AtomicLong(-1);
        AtomicLong mostBackMillis = new AtomicLong(-1);
        await("all agents back", () -> {
            if (isOver()) {
                return true;
            }
            Metrics metrics = metrics();
            long streams = metrics.sum("sysmonstm_ingest_streams");
            long stored = metrics.sum("sysmonstm_history_stored_samples_total");
            committed.compareAndSet(-1, stored);
            if (streams >= agents * 0.95) {
                mostBackMillis.compareAndSet(-1, Math.round(1_000 * seconds(begin)));
            }
            return streams >= agents && stored > committed.get();
        });
        double all = seconds(begin);
        double most = mostBackMillis.get() < 0 ? all : mostBackMillis.get() / 1_000.0;
        recoverySeconds = Math.max(recoverySeconds, all);
        itIsWell();
        evidence.figure("backSeconds95", most);
        evidence.figure("backSeconds", all);
        evidence.expect(
                all <= limit.toSeconds(),
                "all agents back after %.1f s (95 %% after %.1f s), at most %d",
                all,
                most,
                limit.toSeconds());
    }

    /**
     * From now, which is the end of the fault, until no more samples wait for their outcome than at any time, or all is done.
     *
     * @param times least rate of acknowledgements meanwhile, as a multiple of what the agents take; 0 = any
     */
    public void awaitDrained(Duration limit, double times) {
        long begin = System.nanoTime();
        int agents = loads.stream().mapToInt(LoadRun::agents).sum();
        long waiting = unacknowledged();
        long before = acknowledged();
        await("drained", () -> isOver() || unacknowledged() <= agents * 6L);
        double seconds = Math.max(0.1, seconds(begin));
        double rate = (acknowledged() - before) / seconds / agents;
        recoverySeconds = Math.max(recoverySeconds, seconds);
        itIsWell();
        evidence.figure("drainSeconds", seconds);
        evidence.figure("drainTimesIntake", rate);
        evidence.expect(
                seconds <= limit.toSeconds(),
                "%,d waiting were drained in %.1f s, at most %d",
                waiting,
                seconds,
                limit.toSeconds());
        if (times > 0) {
            // Drained faster than progress is told in: the rate then says nothing.
            boolean fast = seconds <= 5;
            evidence.expect(fast || rate >= times, "at %.1f times the intake, at least %.1f", rate, times);
        }
    }

    /** Whether every load has ended. */
    public boolean isOver() {
        return !loads.isEmpty() && loads.stream().noneMatch(LoadRun::isAlive);
    }

    /** When the schedule of the first load that ends is over: from then on machines are silent, and nothing is wrong with that. */
    public Instant endOfLoad() {
        return loads.stream().map(LoadRun::end).min(Instant::compareTo).orElseGet(Instant::now);
    }

    /** A condition to ask again and again. */
    @FunctionalInterface
    public interface Condition {
        /** Whether it holds; a failure of the network is a no. */
        boolean holds() throws IOException, InterruptedException;
    }

    /**
     * Waits until something holds, for as long as a scenario ever waits; how long it took is for the caller to judge.
     *
     * @throws IllegalStateException when it does not come to be
     */
    public void await(String what, Condition condition) {
        try {
            Awaitility.await(what)
                    .atMost(CERTAIN)
                    .pollInterval(POLL)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(condition::holds);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    what + ": not within " + CERTAIN.toSeconds() + " s; loads: " + loads + "; aggregator: "
                            + aggregator,
                    e);
        }
    }

    /** Seconds since a moment of the monotonic clock. */
    public static double seconds(long sinceNanos) {
        return Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis() / 1_000.0;
    }

    /** Keeps how long it took until all was as before, where the stage did not measure it itself. */
    public void recoveredIn(double seconds) {
        recoverySeconds = Math.max(recoverySeconds, seconds);
        itIsWell();
    }

    double recoverySeconds() {
        return recoverySeconds;
    }

    long unacknowledgedAtFault() {
        return unacknowledgedAtFault;
    }

    List<LoadRun.Report> reports() throws IOException, InterruptedException {
        List<LoadRun.Report> reports = new ArrayList<>();
        for (LoadRun run : loads) {
            reports.add(run.report());
        }
        return reports;
    }

    /**
     * Holds the database against the obligations of every load once more, from outside, and sees to it that new samples pass
     * after the fault wherever the load went on for long enough.
     */
    void verify() throws IOException, InterruptedException {
        for (LoadRun run : loads) {
            Instant since = wellSince == null ? run.end() : wellSince;
            LoadRun.Report verdict =
                    run.verify(deployment, since, "--at-least", "acknowledged=" + LEAST_SECONDS * run.agents());
            evidence.expect(
                    verdict.exitCode() == 0,
                    "obligations: %s%s",
                    verdict.json().path("verdict").asText("no verdict"),
                    verdict.exitCode() == 0
                            ? ""
                            : " " + verdict.json().path("finding").asText());
            if (since.plusSeconds(LEAST_SECONDS).isBefore(run.end())) {
                long fresh = verdict.count("freshMachines");
                evidence.figure("freshMachines", fresh);
                evidence.expect(
                        fresh >= run.agents() * 0.95,
                        "%d of %d machines with samples taken after it",
                        fresh,
                        run.agents());
            }
        }
    }

    private void itIsWell() {
        wellSince = Instant.now();
    }

    /** A second time it does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (AutoCloseable resource : closing.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                say("not closed: " + e);
            }
        }
        deployment.close();
    }
}

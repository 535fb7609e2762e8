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
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Where one fault happens: stores, an aggregator that keeps its ports from life to life, whatever else the scenario starts,
 * and the loads. One thread. Closing ends all of it.
 */
public final class FaultStage implements AutoCloseable {
    /** Services that have just been started are compiled while they work, beside all else that starts. */
    private static final long CALM_MILLIS = 500;

    private static final Duration LOOK = Duration.ofSeconds(3);
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
    private final Loads loads = new Loads();
    private final Recovery recovery = new Recovery(this, loads);
    private final List<AutoCloseable> closing = new ArrayList<>();
    private ServiceProcess aggregator;
    /** The first life, which chose the ports; a later one may be killed before it prints them. */
    private ServiceProcess first;

    private Map<String, String> aggregatorEnvironment = Map.of();
    private URI admin;
    private long unacknowledgedAtFault = -1;
    private long reconnectsAtFault;
    private boolean keepsConnections;
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

    /** Lets the loads run on until the live view has caught up with their start, but not for longer than this. */
    public void awaitCalm(LiveDelay live, Duration longest) throws InterruptedException {
        for (int look = 1; look <= longest.dividedBy(LOOK); look++) {
            String stretch = "start " + look;
            live.begin(stretch);
            goOnFor(LOOK);
            if (live.of(stretch).p99Millis() < CALM_MILLIS) {
                return;
            }
        }
    }

    /** How full the ring gets from now on. */
    public RingWatch watchRing() throws IOException, InterruptedException {
        return closing(new RingWatch(this));
    }

    /** Brings the writer inside a transaction. */
    public WriterHold writerHold() {
        return new WriterHold(this);
    }

    /** Watches it become well. */
    public Recovery recovery() {
        return recovery;
    }

    /** Newest lines of all loads. */
    public String progress() {
        return loads.lines();
    }

    /** The database as an operator has it. */
    public Sql sql() {
        return new Sql(deployment);
    }

    /** The status of {@code /ready} at a port. */
    public int status(URI port) throws IOException, InterruptedException {
        return deployment.http().get(port.resolve("/ready")).statusCode();
    }

    /** The answer of {@code /ready} at a port, as text; its status before it. */
    public String ready(URI port) throws IOException, InterruptedException {
        HttpResponse<String> answer = deployment.http().get(port.resolve("/ready"));
        return answer.statusCode() + " " + answer.body();
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
        for (LoadRun run : loads.runs()) {
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
        reconnectsAtFault = reconnects();
        say("before: " + loads.first().progress().line());
        evidence.proof(
                unacknowledgedAtFault >= load.unacknowledged(),
                "%,d unacknowledged at the fault",
                unacknowledgedAtFault);
    }

    /** Samples without an outcome as the loads told last. */
    public long unacknowledged() {
        return loads.sum(LoadRun.Progress::unacknowledged);
    }

    /** Samples acknowledged as the loads told last. */
    public long acknowledged() {
        return loads.sum(LoadRun.Progress::acknowledged);
    }

    /** Agents that have a stream as the loads told last. */
    public long connected() {
        return loads.sum(LoadRun.Progress::connected);
    }

    /** Connections beyond one for each agent as the loads told last. */
    public long reconnects() {
        return loads.sum(LoadRun.Progress::reconnects);
    }

    /** Lets the loads run on for this long. */
    public void goOnFor(Duration time) throws InterruptedException {
        loads.goOnFor(time);
    }

    /** From the fault on no agent may connect again, to the end of the loads: it is judged then. */
    public void expectConnectionsKept() {
        keepsConnections = true;
    }

    /** When the schedule of the first load that ends is over: from then on machines are silent, and nothing is wrong with that. */
    public Instant endOfLoad() {
        return loads.end();
    }

    /** A condition to ask again and again. */
    @FunctionalInterface
    public interface Condition {
        /** Whether it holds; a failure of the network or the database is a no. */
        boolean holds() throws IOException, InterruptedException, SQLException;
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
                    .ignoreExceptionsMatching(e -> e instanceof IOException || e instanceof SQLException)
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

    long unacknowledgedAtFault() {
        return unacknowledgedAtFault;
    }

    List<LoadRun.Report> reports() throws IOException, InterruptedException {
        List<LoadRun.Report> reports = loads.reports();
        if (keepsConnections) {
            long again = reports.stream()
                            .mapToLong(report -> report.count("reconnects"))
                            .sum()
                    - reconnectsAtFault;
            evidence.expect(again == 0, "%d agents connected again since the fault", again);
        }
        return reports;
    }

    /**
     * Holds the database against the obligations of every load once more, from outside, and sees to it that new samples pass
     * after the fault, where its end was seen. Returns the verdicts: {@code holds}, or what is wrong.
     */
    String verify() throws IOException, InterruptedException {
        List<String> verdicts = new ArrayList<>();
        for (LoadRun run : loads.runs()) {
            LoadRun.Report verdict = run.verify(
                    deployment,
                    recovery.wellSince().orElse(run.end()),
                    "--at-least",
                    "acknowledged=" + LEAST_SECONDS * run.agents() + ",eventsAcknowledged=" + run.agents());
            String said = verdict.json().path("verdict").asText("no verdict");
            if (verdict.exitCode() != 0) {
                said += " " + verdict.json().path("findings");
            }
            verdicts.add(said);
            evidence.expect(verdict.exitCode() == 0, "obligations: %s", said);
            if (recovery.wellSince().isPresent()) {
                long fresh = verdict.count("freshMachines");
                evidence.figure("freshMachines", fresh);
                evidence.expect(
                        fresh >= run.agents() * 0.95,
                        "%d of %d machines with samples taken after it",
                        fresh,
                        run.agents());
            }
        }
        return verdicts.stream().distinct().collect(Collectors.joining("; "));
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

package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Watches a system become well after its fault. Only what is seen while the loads go on counts: where one is over before, the row
 * fails. One thread.
 */
public final class Recovery {
    private static final String LOAD_ENDED = "load ended before recovery was seen: ";
    /**
     * Samples that are out, per agent, where nothing is wrong: acknowledgements gather for up to 5 s and go with the message after
     * that. 500 agents in step have 1.6 to 4.4, out of step 3.
     */
    private static final long IN_FLIGHT = 4;

    private final FaultStage stage;
    private final Loads loads;
    private final Evidence evidence;
    private int furtherStreams;
    private double seconds = -1;
    private Instant wellSince;

    Recovery(FaultStage stage, Loads loads) {
        this.stage = stage;
        this.loads = loads;
        this.evidence = stage.evidence();
    }

    /** Says how many agents there are beside the simulated ones. */
    void furtherStreams(int streams) {
        furtherStreams = streams;
    }

    /**
     * Waits until the aggregator, in whatever life, commits something more.
     *
     * @throws IllegalStateException when it does not, or a load ends before
     */
    public void awaitCommit() {
        AtomicLong committed = new AtomicLong(-1);
        boolean seen = awaitUnderLoad("something is committed", () -> {
            long stored = stage.metrics().sum("sysmonstm_history_stored_samples_total");
            committed.compareAndSet(-1, stored);
            return stored > committed.get();
        });
        if (!seen) {
            throw new IllegalStateException(LOAD_ENDED + "nothing was committed");
        }
    }

    /** From now, which is the end of the fault, until all agents have a stream and something more was committed. */
    public void awaitBack(Duration limit) {
        long begin = System.nanoTime();
        int agents = furtherStreams + loads.agents();
        AtomicLong committed = new AtomicLong(-1);
        AtomicLong mostBackMillis = new AtomicLong(-1);
        AtomicLong streams = new AtomicLong();
        boolean back = awaitUnderLoad("all agents back", () -> {
            Metrics metrics = stage.metrics();
            streams.set(metrics.sum("sysmonstm_ingest_streams"));
            long stored = metrics.sum("sysmonstm_history_stored_samples_total");
            committed.compareAndSet(-1, stored);
            if (streams.get() >= agents * 0.95) {
                mostBackMillis.compareAndSet(-1, Math.round(1_000 * FaultStage.seconds(begin)));
            }
            return streams.get() >= agents && stored > committed.get();
        });
        if (!back) {
            evidence.expect(false, LOAD_ENDED + "%d of %d agents were back", streams.get(), agents);
            return;
        }
        double all = FaultStage.seconds(begin);
        double most = mostBackMillis.get() / 1_000.0;
        recoveredIn(all);
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
     * From now, which is the end of the fault, until nothing waits for backfill and no more samples are out than at other times.
     *
     * @param times least rate of acknowledgements meanwhile, as a multiple of what the agents take; 0 = any
     */
    public void awaitDrained(Duration limit, double times) {
        long begin = System.nanoTime();
        int agents = loads.agents();
        long waiting = stage.unacknowledged();
        long before = stage.acknowledged();
        boolean drained = awaitUnderLoad(
                "drained",
                () -> loads.sum(progress -> progress.waiting()) == 0 && stage.unacknowledged() <= agents * IN_FLIGHT);
        if (!drained) {
            evidence.expect(false, LOAD_ENDED + "%,d of %,d still waited", stage.unacknowledged(), waiting);
            return;
        }
        double took = Math.max(0.1, FaultStage.seconds(begin));
        double rate = (stage.acknowledged() - before) / took / agents;
        recoveredIn(took);
        evidence.figure("drainSeconds", took);
        evidence.figure("drainTimesIntake", rate);
        evidence.expect(
                took <= limit.toSeconds(),
                "%,d waiting were drained in %.1f s, at most %d",
                waiting,
                took,
                limit.toSeconds());
        if (times > 0) {
            // Drained faster than progress is told in: the rate then says nothing.
            boolean fast = took <= 5;
            evidence.expect(fast || rate >= times, "at %.1f times the intake, at least %.1f", rate, times);
        }
    }

    /** Keeps how long it took until all was as before, where it was not measured here. */
    public void recoveredIn(double took) {
        seconds = Math.max(seconds, took);
        wellSince = Instant.now();
    }

    /** True once it holds; false where a load was over before. */
    private boolean awaitUnderLoad(String what, FaultStage.Condition condition) {
        AtomicBoolean held = new AtomicBoolean();
        stage.await(what, () -> {
            if (loads.isOver()) {
                return true;
            }
            held.set(condition.holds());
            return held.get();
        });
        return held.get();
    }

    /** Longest of what was measured; -1 where nothing was. */
    double seconds() {
        return seconds;
    }

    /** When all was well again; empty where that was not seen. */
    Optional<Instant> wellSince() {
        return Optional.ofNullable(wellSince);
    }
}

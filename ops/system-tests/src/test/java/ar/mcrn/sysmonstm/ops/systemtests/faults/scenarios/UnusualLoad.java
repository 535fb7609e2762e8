package ar.mcrn.sysmonstm.ops.systemtests.faults.scenarios;

import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultScenario;
import ar.mcrn.sysmonstm.ops.systemtests.faults.FaultStage;
import ar.mcrn.sysmonstm.ops.systemtests.processes.Metrics;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Simulated agents that are themselves the fault: nothing else happens. What was seen of it is what the aggregator counted. */
final class UnusualLoad implements FaultScenario {
    private static final String NEWEST =
            "select count(*) from (select max(time) as newest from host_sample group by machine_id) as m where newest ";

    private static final Duration LENGTH = Duration.ofSeconds(45);

    private final String id;
    private final String fault;
    private final String expected;
    private final List<String> options;
    private final Proof proof;

    /** Looks at what the aggregator counted when the load has run for most of its time. */
    @FunctionalInterface
    private interface Proof {
        void look(FaultStage stage, Metrics metrics) throws SQLException;
    }

    private UnusualLoad(String id, String fault, String expected, Proof proof, String... options) {
        this.id = id;
        this.fault = fault;
        this.expected = expected;
        this.proof = proof;
        this.options = List.of(options);
    }

    /** F19: processes that end without a word, and new runs that send what the old ones left. */
    static UnusualLoad restarts() {
        return new UnusualLoad(
                "F19/simulated",
                "100 simulated agents end without a word and come back as new runs",
                "what the old runs left is stored under their own numbers",
                (stage, metrics) -> {
                    long backfill = metrics.sum("sysmonstm_history_stored_samples_total", "lane=\"backfill\"")
                            + metrics.sum("sysmonstm_history_duplicate_samples_total", "lane=\"backfill\"");
                    stage.evidence().proof(backfill > 0, "%,d samples came from earlier runs", backfill);
                },
                "--restarts",
                "100",
                "--at-least",
                "restarts=90");
    }

    /** F20: clocks that are wrong by a constant. */
    static UnusualLoad skew() {
        return new UnusualLoad(
                "F20/simulated",
                "simulated agents with clocks wrong by up to 2 min either way, never corrected",
                "stored with the stamps they were given",
                (stage, metrics) -> {
                    long ahead = stage.sql().number(NEWEST + "> now() + interval '20 s'");
                    long behind = stage.sql().number(NEWEST + "< now() - interval '40 s'");
                    // Of clocks spread evenly over 4 min, 42 and 33 of 100 are that wrong.
                    long least = stage.load().agents() / 5;
                    stage.evidence()
                            .proof(
                                    ahead >= least && behind >= least,
                                    "newest samples of %d machines 20 s ahead, of %d 40 s behind",
                                    ahead,
                                    behind);
                },
                "--clock-skew",
                "2m");
    }

    /** I8: every message three times. */
    static UnusualLoad copies() {
        return new UnusualLoad(
                "I8",
                "every message with samples is sent three times",
                "copies recognised",
                (stage, metrics) -> {
                    long stored = metrics.sum("sysmonstm_history_stored_samples_total");
                    long copies = metrics.sum("sysmonstm_history_duplicate_samples_total");
                    stage.evidence().proof(copies >= stored, "%,d copies of %,d samples", copies, stored);
                },
                "--copies",
                "3");
    }

    /** I9: the highest rate, a message for each. */
    static UnusualLoad single() {
        return new UnusualLoad(
                "I9/single",
                "4 samples a second and agent, each in a message of its own",
                "no loss",
                (stage, metrics) -> received(stage, metrics, 3.5),
                "--interval",
                "250ms",
                "--batch",
                "1");
    }

    /** I9: the highest rate, gathered. */
    static UnusualLoad gathered() {
        return new UnusualLoad(
                "I9/gathered",
                "4 samples a second and agent, 32 gathered in a message",
                "no loss",
                (stage, metrics) -> received(stage, metrics, 2),
                "--interval",
                "250ms",
                "--batch",
                "32");
    }

    private static void received(FaultStage stage, Metrics metrics, double rate) {
        double received = metrics.sum("sysmonstm_ingest_received_samples_total")
                / (LENGTH.toSeconds() * 0.6)
                / stage.load().agents();
        stage.evidence().proof(received >= rate * 0.8, "at least %.1f samples a second and agent received", received);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String fault() {
        return fault;
    }

    @Override
    public String expected() {
        return expected;
    }

    @Override
    public void run(FaultStage stage) throws IOException, InterruptedException, SQLException {
        stage.startAggregator(Map.of());
        stage.startLoad(options.toArray(String[]::new));
        // Agents that end and come back are seldom all there at once.
        stage.awaitFlowing(0.95);
        stage.atFault();
        stage.goOnFor(LENGTH.multipliedBy(6).dividedBy(10));
        proof.look(stage, stage.metrics());
    }
}

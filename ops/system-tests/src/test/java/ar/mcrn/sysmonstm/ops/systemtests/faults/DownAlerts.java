package ar.mcrn.sysmonstm.ops.systemtests.faults;

import ar.mcrn.sysmonstm.ops.systemtests.processes.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * The alerts service with a rule for silent machines that is quicker than the stock one, so that a fault of half a minute could
 * make a false alarm. No machine is judged in the first minute of an aggregator, nor in the first after it stood still: that nobody
 * is called down counts only where a machine that truly falls silent afterwards, the witness, is.
 */
public final class DownAlerts {
    /** How long an aggregator that began, or stood still, judges no machine, in seconds. */
    public static final long GRACE_SECONDS = 60;
    /** Silence after which a machine is down, in seconds. */
    public static final long SILENCE_SECONDS = 20;
    /** From then to the row of its episode. */
    private static final long TOLD_SECONDS = 15;
    /** Longest that {@link #expectWitness} takes where all is well and judging begins anew. */
    public static final Duration WITNESSED = Duration.ofSeconds(GRACE_SECONDS + SILENCE_SECONDS + TOLD_SECONDS);

    private static final String WITNESS = "witness";

    /** An episode starts at the machine's last stamp: of one that ended with the load, in the last seconds of that. */
    private static final Duration LAST_SAMPLES = Duration.ofSeconds(5);

    private static final String RULES = """
            rules:
              - {name: machine-down, kind: machineDown, for: %ds}
              - {name: cpu-high, enabled: false}
              - {name: memory-high, enabled: false}
              - {name: disk-full, enabled: false}
            """.formatted(SILENCE_SECONDS);

    private final FaultStage stage;
    private final Path rules;
    private RealAgents agents;

    /** Prepares the rule file. */
    public DownAlerts(FaultStage stage) {
        this.stage = stage;
        try {
            rules = Files.writeString(Files.createTempFile("sysmonstm-rules", ".yaml"), RULES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stage.closing(() -> Files.deleteIfExists(rules));
    }

    /** For the aggregator's environment. */
    public Map<String, String> environment() {
        return Map.of("ALERT_RULES_FILE", rules.toString());
    }

    /** Starts the service that keeps episodes, and the witness at the stage's aggregator. */
    public void start() throws InterruptedException {
        stage.deployment().startReady(Part.ALERTS, Map.of());
        agents = stage.closing(new RealAgents(stage, stage.aggregator().port("grpc"), Duration.ofSeconds(1)));
        agents.start(WITNESS, Map.of());
    }

    /**
     * Kills the witness and waits until it is told to be down.
     *
     * @param judgingSeconds until machines are judged again: 0 where that never ceased
     */
    public void expectWitness(long judgingSeconds) throws InterruptedException {
        agents.awaitSampling(WITNESS);
        agents.kill(WITNESS);
        long begin = System.nanoTime();
        stage.await(
                "the witness is down",
                () -> stage.sql()
                                .number(
                                        "select count(*) from alert_episode where rule = 'machine-down' and machine = ?"
                                                + " and fired_at is not null",
                                        RealAgents.id(WITNESS))
                        > 0);
        double seconds = FaultStage.seconds(begin);
        long limit = Math.max(judgingSeconds, SILENCE_SECONDS) + TOLD_SECONDS;
        stage.evidence().figure("witnessSeconds", seconds);
        stage.evidence()
                .expect(
                        seconds <= limit && seconds > SILENCE_SECONDS - 5,
                        "a machine that went down then was told after %.1f s, at most %d",
                        seconds,
                        limit);
    }

    /** Says that nobody else was told to be down, but for those that fell silent when the load was over. */
    public static void expectNone(FaultStage stage) throws SQLException {
        long episodes = stage.sql()
                .number(
                        "select count(*) from alert_episode where rule = 'machine-down' and machine <> ?"
                                + " and started_at < to_timestamp(? / 1000.0)",
                        RealAgents.id(WITNESS),
                        stage.endOfLoad().minus(LAST_SAMPLES).toEpochMilli());
        stage.evidence().figure("downAlerts", episodes);
        stage.evidence().expect(episodes == 0, "%d false down alerts", episodes);
    }
}

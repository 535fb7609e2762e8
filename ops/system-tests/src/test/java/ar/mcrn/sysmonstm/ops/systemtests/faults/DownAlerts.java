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
 * make a false alarm. No machine is judged in the first minute of an aggregator.
 */
public final class DownAlerts {
    /** How long an aggregator that began judges no machine, in seconds. */
    public static final long GRACE_SECONDS = 60;

    /** An episode starts at the machine's last stamp: of one that ended with the load, in the last seconds of that. */
    private static final Duration LAST_SAMPLES = Duration.ofSeconds(5);

    private static final String RULES = """
            rules:
              - {name: machine-down, kind: machineDown, for: 20s}
              - {name: cpu-high, enabled: false}
              - {name: memory-high, enabled: false}
              - {name: disk-full, enabled: false}
            """;

    private final FaultStage stage;
    private final Path rules;

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

    /** Starts the service that keeps episodes. */
    public void start() throws InterruptedException {
        stage.deployment().startReady(Part.ALERTS, Map.of());
    }

    /** Says that nobody was told of a machine that is down, but for those that fell silent when the load was over. */
    public void expectNone() throws SQLException {
        long episodes = stage.sql()
                .number(
                        "select count(*) from alert_episode where rule = 'machine-down'"
                                + " and started_at < to_timestamp(? / 1000.0)",
                        stage.endOfLoad().minus(LAST_SAMPLES).toEpochMilli());
        stage.evidence().figure("downAlerts", episodes);
        stage.evidence().expect(episodes == 0, "%d false down alerts", episodes);
    }
}

package ar.mcrn.sysmonstm.aggregator.alerting;

import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of alerting.
 *
 * <pre>
 * component          default  effect
 * rulesFile          none     rule file (ALERT_RULES_FILE); stock rules alone without one; looked at again every look
 * announceInterval   30 s     how often machines evaluated and open episodes are announced; at least 50 ms
 * lookInterval       2 s      how often last-seen stamps are judged and the rule file is looked at; at least 50 ms
 * grace              60 s     how long after the start, or hot state's return, no machine is judged down
 * </pre>
 */
public record AlertingSettings(
        Optional<Path> rulesFile, Duration announceInterval, Duration lookInterval, Duration grace) {
    private static final Duration SHORTEST = Duration.ofMillis(50);

    /** @throws ConfigurationProblem naming setting, value and range */
    public AlertingSettings {
        if (announceInterval.compareTo(SHORTEST) < 0) {
            throw new ConfigurationProblem("announceInterval=" + announceInterval + ", allowed: at least 50 ms");
        }
        if (lookInterval.compareTo(SHORTEST) < 0) {
            throw new ConfigurationProblem("lookInterval=" + lookInterval + ", allowed: at least 50 ms");
        }
        if (grace.isNegative()) {
            throw new ConfigurationProblem("grace=" + grace + ", allowed: at least 0 s");
        }
    }

    /** The usual intervals. */
    public static AlertingSettings of(Optional<Path> rulesFile) {
        return new AlertingSettings(rulesFile, Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(60));
    }
}

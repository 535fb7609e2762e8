package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.aggregator.alerting.AlertingSettings;
import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.ingest.GrpcServer;
import ar.mcrn.sysmonstm.aggregator.retention.RetentionSettings;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Setting;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Configuration of the aggregator as a process of its own, beside what every service has ({@link ServiceConfiguration}).
 * Each key has its {@link Setting}; {@code aggregator.yaml} names variables and defaults.
 */
public final class AggregatorConfiguration extends ServiceConfiguration {
    @Min(0)
    @Max(65_535)
    @JsonProperty
    @Setting("port for agents; 0 = a free one, printed")
    private int grpcPort = 50_051;

    @JsonProperty
    @Setting(value = "its name in alert transitions", absent = "host name and process id")
    private String name;

    @JsonProperty
    @Setting(value = "token that agents must show (`COLLECTOR_TOKEN` there)", absent = "every agent is taken")
    private Secret token;

    @Min(1)
    @Max(100_000)
    @JsonProperty
    @Setting("agents connected at the same time; more are told to come again in 5 s")
    private int maxStreams = AggregatorSettings.MAX_STREAMS;

    @JsonProperty
    @Setting(
            value =
                    "how long samples gather before the live view gets them, while many come; shorter = sooner and more CPU",
            allowed = "1ms to 20ms")
    private Duration tick;

    @JsonProperty
    @Setting(
            value = "[rules](../../alerts/README.md#rule-file) beside the stock rules",
            allowed = "a file",
            absent = "stock rules alone")
    private String rulesFile;

    @JsonProperty
    @Setting(
            value =
                    "how history is cut by time; recorded at the first start, and a mode that is not the recorded one ends the start",
            allowed = "`plain`, `timescale`",
            absent = "what the database can do at the first start")
    private String historyMode;

    @JsonProperty
    @Setting(
            value = "how long samples are kept as they came; those older than this less 2 h are refused",
            allowed = "3h to 3660d")
    private Duration historyRawRetention;

    @JsonProperty
    @Setting(value = "how long history by the minute is kept", allowed = "longer than raw")
    private Duration historyMinuteRetention;

    @JsonProperty
    @Setting(
            value = "how long history by the hour and coverage are kept",
            allowed = "longer than by the minute, at most `36600d`")
    private Duration historyHourRetention;

    @JsonProperty
    @Setting(
            value =
                    "what the database may take; the [disk guard](../../aggregator/README.md#what-is-kept) works at 85 % of it",
            allowed = "a size, `200GiB`",
            absent = "what its file system has, where that can be seen, otherwise no guard")
    private String historyDiskLimit;

    /** Port for agents; 0 = any free one. */
    public int grpcPort() {
        return grpcPort;
    }

    /**
     * The same as the assembly takes it.
     *
     * @throws ConfigurationProblem naming key, value and range
     */
    public AggregatorSettings settings() {
        Optional<Path> rules =
                rulesFile == null || rulesFile.isBlank() ? Optional.empty() : Optional.of(Path.of(rulesFile));
        try {
            return new AggregatorSettings(
                    name,
                    new GrpcServer.Settings(bind(), grpcPort, token == null ? Secret.NONE : token, maxStreams),
                    tick == null ? AggregatorSettings.TICK : tick,
                    HistorySettings.of(historyMode, historyRawRetention),
                    RetentionSettings.of(
                            historyRawRetention, historyMinuteRetention, historyHourRetention, historyDiskLimit),
                    AlertingSettings.of(rules));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationProblem(e.getMessage());
        }
    }
}

package ar.mcrn.sysmonstm.aggregator;

import ar.mcrn.sysmonstm.aggregator.alerting.AlertingSettings;
import ar.mcrn.sysmonstm.aggregator.history.HistorySettings;
import ar.mcrn.sysmonstm.aggregator.ingest.GrpcServer;
import ar.mcrn.sysmonstm.aggregator.retention.RetentionSettings;
import ar.mcrn.sysmonstm.ops.runtime.configuration.ConfigurationProblem;
import ar.mcrn.sysmonstm.ops.runtime.configuration.Secret;
import ar.mcrn.sysmonstm.ops.runtime.service.ServiceConfiguration;
import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Configuration of the aggregator as a process of its own, beside what every service has ({@link ServiceConfiguration}).
 *
 * <pre>
 * key                   environment               default        unit, limits         effect
 * grpcPort              AGGREGATOR_GRPC_PORT      50051          0..65535, 0 = free   port for agents
 * name                  AGGREGATOR_NAME           host and pid                        name in alert transitions
 * token                 AGGREGATOR_TOKEN          none                                what agents must show (COLLECTOR_TOKEN)
 * maxStreams            AGGREGATOR_MAX_STREAMS    20000          1..100000            streams open at the same time
 * tick                  AGGREGATOR_TICK           20ms           1ms..20ms            sleep of the hot handler without work
 * rulesFile             ALERT_RULES_FILE          none           a file               rules beside the stock rules
 * historyMode           HISTORY_MODE              as recorded    plain, timescale     how history is cut by time
 * historyRawRetention   HISTORY_RAW_RETENTION     50h            3h..3660d            how long raw samples are kept
 * historyMinuteRetention HISTORY_MINUTE_RETENTION 30d            above raw            how long minutes are kept
 * historyHourRetention  HISTORY_HOUR_RETENTION    730d           above minute         how long hours are kept
 * historyDiskLimit      HISTORY_DISK_LIMIT        none           a size, 200GiB       what the database may take
 * </pre>
 */
public final class AggregatorConfiguration extends ServiceConfiguration {
    @Min(0)
    @Max(65_535)
    @JsonProperty
    private int grpcPort = 50_051;

    @JsonProperty
    private String name;

    @JsonProperty
    private Secret token;

    @Min(1)
    @Max(100_000)
    @JsonProperty
    private int maxStreams = AggregatorSettings.MAX_STREAMS;

    @JsonProperty
    private Duration tick;

    @JsonProperty
    private String rulesFile;

    @JsonProperty
    private String historyMode;

    @JsonProperty
    private Duration historyRawRetention;

    @JsonProperty
    private Duration historyMinuteRetention;

    @JsonProperty
    private Duration historyHourRetention;

    @JsonProperty
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
